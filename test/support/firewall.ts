// Rulesets as a person types them, and packets as a person says them.
import assert from 'node:assert/strict';
import { allAddresses, addresses as read } from '../../src/model/firewall/conditions.ts';
import { type Packets, states } from '../../src/model/firewall/packets.ts';
import { only, type Ranges } from '../../src/model/firewall/ranges.ts';
import { type Ruleset, readRuleset } from '../../src/model/firewall/ruleset.ts';
import { ask, passage, ruleOf } from '../../src/model/firewall/verdict.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import type { Family } from '../../src/wireguard/prefix.ts';

/** `WAN_LOCAL rule 10 action accept` per line becomes `set firewall name WAN_LOCAL rule 10 action accept`. */
export function treeOf(text: string): Tree {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  return parseCommands(lines.map(line => `set ${line}\n`).join(''));
}

/** A ruleset named TEST from lines such as `rule 10 action accept`; lines that begin with `group` are its groups. */
export function rulesetOf(text: string, family: Family = 4): Ruleset {
  const node = family === 4 ? 'name' : 'ipv6-name';
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => (line.startsWith('group') ? `firewall ${line}` : `firewall ${node} TEST ${line}`));
  return (
    readRuleset(treeOf([`firewall ${node} TEST`, ...lines].join('\n')), family, 'TEST') ?? assert.fail(text)
  );
}

export interface Said {
  protocol?: number;
  state?: keyof typeof states;
  from?: string;
  to?: string;
  sourcePort?: number;
  port?: number;
  icmp?: [type: number, code: number];
  flags?: number;
}

const where = (text: string | undefined, family: Family): Ranges =>
  text === undefined ? allAddresses(family) : (read(text, family) ?? assert.fail(text));

/** `udp({port: 51820})` and the like: packets for {@link ask}. */
export function packets(said: Said, family: Family = 4): Packets {
  return {
    state: only(states[said.state ?? 'new']),
    source: where(said.from, family),
    destination: where(said.to, family),
    ...(said.protocol !== undefined && { protocol: only(said.protocol) }),
    ...(said.sourcePort !== undefined && { sourcePort: only(said.sourcePort) }),
    ...(said.port !== undefined && { destinationPort: only(said.port) }),
    ...(said.icmp !== undefined && { icmp: only(said.icmp[0] * 256 + said.icmp[1]) }),
    ...(said.flags !== undefined && { tcpFlags: only(said.flags) }),
  };
}

export const udp = (said: Said = {}, family: Family = 4): Packets =>
  packets({ protocol: 17, ...said }, family);
export const tcp = (said: Said = {}, family: Family = 4): Packets =>
  packets({ protocol: 6, ...said }, family);

/** What happens, in one line: `all: 10 accept` or `some: 10 accept, default drop (20?)`. */
export function told(ruleset: Ruleset, question: Packets): string {
  const parts = ask(ruleset, question);
  const each = parts.map(part => {
    const doubts = part.doubts.map(rule => `${rule.number}?`).join(' ');
    return `${ruleOf(part)?.number ?? 'default'} ${part.action}${doubts === '' ? '' : ` (${doubts})`}`;
  });
  return `${passage(parts)}: ${[...new Set(each)].join(', ')}`;
}
