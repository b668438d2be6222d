// What the tunnels have of the firewall: rulesets of their own, the rules that open their ports, the MSS clamp.
import { stagesToRouter, usesOf } from '../model/firewall/attached.ts';
import { treeOf } from '../model/firewall/ruleset.ts';
import { facingWan } from '../model/firewall/wan.ts';
import { interfacesOf } from '../vyatta/interfaces.ts';
import { find, has, type Tree, value, values } from '../vyatta/tree.ts';
import type { Family } from '../wireguard/prefix.ts';
import type { Data, Draft } from './draft.ts';

const families = [
  { name: 'ipv4', family: 4, clamp: 'mss-clamp' },
  { name: 'ipv6', family: 6, clamp: 'mss-clamp6' },
] as const;

/** Which rulesets guard the router where the internet begins; each once. */
export function uplinkRulesets(running: Tree, family: Family): string[] {
  const found = facingWan(running, family).flatMap(({ iface }) =>
    stagesToRouter(running, iface, family).flatMap(stage => (stage.kind === 'ruleset' ? [stage.name] : [])),
  );
  return [...new Set(found)];
}

/** The uplink's rulesets, and for every tunnel the rules in them that open its port. */
export function draftPorts(draft: Draft, running: Tree): void {
  const ports = new Map(
    values(running, ['interfaces', 'wireguard']).flatMap(name => {
      const port = value(running, ['interfaces', 'wireguard', name, 'listen-port']);
      return port === undefined ? [] : [[name, Number(port)] as const];
    }),
  );
  for (const { name: family, family: number } of families) {
    const opened = uplinkRulesets(running, number).map(ruleset => {
      const base = ['firewall', treeOf(number), ruleset, 'rule'];
      const rules = values(running, base).flatMap(rule => {
        const tunnel = [...ports].find(([, port]) => opens(find(running, [...base, rule]), port))?.[0];
        return tunnel === undefined ? [] : [{ tunnel, rule, path: [...base, rule] }];
      });
      return { ruleset, rules };
    });
    const best = opened.sort((a, b) => b.rules.length - a.rules.length)[0];
    if (best === undefined) continue;
    draft.set(['uplink', 'rulesets', family], best.ruleset);
    for (const { tunnel, rule, path } of best.rules)
      if (!draft.has(['tunnels', tunnel, 'openPort', family]))
        draft.set(['tunnels', tunnel, 'openPort', family], Number(rule), path);
  }
}

/** A rule that does what `openPort` would: the plan adopts it. */
function opens(rule: Tree | undefined, port: number): boolean {
  return (
    rule !== undefined &&
    value(rule, ['action']) === 'accept' &&
    ['udp', '17'].includes(value(rule, ['protocol']) ?? '') &&
    Number(value(rule, ['destination', 'port'])) === port
  );
}

/** EdgeOS has one number for all types: what holds for wg is said, and nothing is asked for where nothing does. */
export function draftClamp(draft: Draft, running: Tree): void {
  for (const { name, clamp } of families) {
    const path = ['firewall', 'options', clamp];
    const types = values(running, [...path, 'interface-type']);
    const mss = value(running, [...path, 'mss']);
    const holds = mss !== undefined && (types.includes('wg') || types.includes('all'));
    draft.set(['mssClamp', name], holds ? Number(mss) : 'off', holds ? path : undefined, 'off');
  }
}

/** Rulesets that nothing but WireGuard interfaces is guarded by: they can be the file's as a whole. */
export function draftRulesets(draft: Draft, running: Tree): void {
  const ifaces = interfacesOf(running);
  const tunnels = ifaces.filter(iface => iface.kind === 'wireguard');
  const others = ifaces.filter(iface => iface.kind !== 'wireguard');
  for (const { family, name: word } of families) {
    const elsewhere = new Set(usesOf(running, others, family).map(use => use.name));
    const names = usesOf(running, tunnels, family)
      .filter(use => use.path[0] === 'interfaces')
      .map(use => use.name);
    for (const name of new Set(names)) {
      const path = ['firewall', treeOf(family), name];
      const node = find(running, path);
      if (node === undefined || elsewhere.has(name) || draft.has(['rulesets', name])) continue;
      draft.set(['rulesets', name], rulesetData(node, word, family), path);
    }
  }
}

function rulesetData(node: Tree, family: string, number: Family): Data {
  const rules = values(node, ['rule']).sort((a, b) => Number(a) - Number(b));
  return {
    family,
    // EdgeOS drops where nothing is said
    default: value(node, ['default-action']) ?? 'drop',
    ...text(node, 'description'),
    ...(has(node, ['enable-default-log']) ? { log: true } : {}),
    ...(rules.length === 0
      ? {}
      : {
          rules: Object.fromEntries(
            rules.map(rule => [rule, ruleData(find(node, ['rule', rule]) ?? node, number)]),
          ),
        }),
  };
}

function text(node: Tree, leaf: string, key = leaf): Data {
  const found = value(node, [leaf]);
  return found === undefined ? {} : { [key]: found };
}

function ruleData(rule: Tree, family: Family): Data {
  const states = values(rule, ['state']).filter(state => value(rule, ['state', state]) === 'enable');
  const protocol = value(rule, ['protocol']);
  return {
    action: value(rule, ['action']) ?? 'drop',
    ...text(rule, 'description'),
    ...(has(rule, ['disable']) ? { disable: true } : {}),
    ...(value(rule, ['log']) === 'enable' ? { log: true } : {}),
    ...(protocol === undefined ? {} : { protocol: numberOr(protocol) }),
    ...(states.length === 0 ? {} : { state: states }),
    ...matchData(rule, 'source', family),
    ...matchData(rule, 'destination', family),
    ...icmpData(rule, family),
  };
}

const numberOr = (word: string): unknown => (/^\d{1,5}$/.test(word) ? Number(word) : word);

function matchData(rule: Tree, end: 'source' | 'destination', family: Family): Data {
  const node = find(rule, [end]);
  if (node === undefined) return {};
  const prefix = family === 4 ? '' : 'ipv6-';
  const groups = [
    ['address', `${prefix}address-group`],
    ['network', `${prefix}network-group`],
    ['port', 'port-group'],
  ].flatMap(([key = '', name = '']) => {
    const found = value(node, ['group', name]);
    return found === undefined ? [] : [[key, found] as const];
  });
  const port = value(node, ['port']);
  const match = {
    ...text(node, 'address'),
    ...(port === undefined ? {} : { port: numberOr(port) }),
    ...text(node, 'mac-address', 'macAddress'),
    ...(groups.length === 0 ? {} : { group: Object.fromEntries(groups) }),
  };
  return Object.keys(match).length === 0 ? {} : { [end]: match };
}

function icmpData(rule: Tree, family: Family): Data {
  const node = find(rule, [family === 4 ? 'icmp' : 'icmpv6']);
  if (node === undefined) return {};
  const name = value(node, [family === 4 ? 'type-name' : 'type']);
  const type = value(node, ['type']);
  const code = value(node, ['code']);
  if (name !== undefined && !/^\d+$/.test(name)) return { icmp: name };
  if (type === undefined) return {};
  return { icmp: { type: Number(type), ...(code === undefined ? {} : { code: Number(code) }) } };
}
