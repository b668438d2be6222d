// EW216: policy routing that takes packets from home past the route into a tunnel, and past its guard: `firewall modify` rules
// of the interface they come in by are asked before the main table.
import { type Detour, detoursTo, waysOf } from '../../model/routing/policy.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding, Operation } from '../../plan/types/plan.ts';
import type { SitePath, Tunnel } from '../../site/site.ts';
import { isEncrypted } from '../../vyatta/interfaces.ts';
import { values } from '../../vyatta/tree.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, livingTunnels } from './routes.ts';

export const pastTunnel: Check = {
  explanations: {
    EW216: {
      title: 'policy routing sends packets past a tunnel',
      ignorable: true,
      why: `A firewall modify rule on the interface by which packets come in from home picks a table or a load-balance group before
        the main table is looked at. The tunnel's route and the guard behind it stand in the main table: what the rule takes
        never sees them, and leaves by the provider's line, unencrypted. The router's own packets still take the tunnel, so that
        a ping from the router tells nothing.`,
      way: `Put a rule before it that sends the prefix by the main table (modify table main), as load-balancing wizards do for
        private networks. If those packets are meant to go another way, say so: # edgewg-ignore EW216: REASON.`,
    },
  },
  find: input =>
    livingTunnels(input).flatMap(tunnel =>
      destinations(input, tunnel).flatMap(target => departures(input, tunnel, target)),
    ),
};

interface Target {
  readonly text: string;
  readonly at: SitePath;
  readonly guard: boolean;
}

/** What the file means to go into a tunnel: by its routes, its allowed IPs as routes, and its BGP neighbours. */
function destinations({ site }: CheckInput, tunnel: Tunnel): Target[] {
  const routes = tunnel.routes
    .filter(({ disable }) => !disable)
    .map(({ prefix: text, at, guard }) => ({ text, at, guard }));
  const allowed =
    tunnel.routeAllowedIPs === true
      ? tunnel.peers.flatMap(peer =>
          peer.allowedIPs.map((text, i) => ({ text, at: [...peer.at, 'allowedIPs', i], guard: false })),
        )
      : [];
  const announced = (site.bgp?.neighbors ?? [])
    .filter(neighbor => neighbor.tunnel === tunnel.name && !neighbor.disable)
    .flatMap(neighbor =>
      neighbor.accept.map((text, i) => ({ text, at: [...neighbor.at, 'accept', i], guard: false })),
    );
  const all = [...routes, ...allowed, ...announced];
  return all.filter(({ text }, i) => all.findIndex(other => other.text === text) === i);
}

function departures(input: CheckInput, tunnel: Tunnel, { text, at, guard }: Target): Finding[] {
  const { after } = viewOf(input);
  const prefix = parsePrefix(text);
  if (prefix === undefined) return [];
  return detoursTo(after.routing, prefix).flatMap(detour => {
    const outs = waysOf(after.routing, detour, prefix).filter(name => name !== tunnel.name);
    if (outs.length === 0 || detour.from.name === tunnel.name) return [];
    const isClear = outs.some(name => !isEncrypted(after.iface(name)));
    const part = detour.isSure ? '' : 'some ';
    const way = isClear ? 'leave in clear' : 'leave';
    return finding(input, at, {
      code: 'EW216',
      severity: isClear && (detour.isSure || guard) ? 'warning' : 'note',
      message: `${tunnel.name}: ${part}packets of ${detour.from.name} to ${text} ${way} by ${tell(detour)} (${outs.join(', ')}): rule ${detour.number} of ${detour.ruleset} takes them past the route${guard ? ' and its guard' : ''}`,
      ...wayBack(input, detour, text),
      ...alreadyThere(input, detour.path),
    });
  });
}

const tell = ({ by }: Detour): string =>
  'group' in by ? `load-balance group ${by.group}` : `table ${by.table}`;

/** A rule before it that leaves the prefix to the main table. */
function wayBack(
  { after }: CheckInput,
  { path, number }: Detour,
  text: string,
): Pick<Finding, 'hint' | 'fix'> {
  const rules = path.slice(0, -1);
  const taken = new Set(values(after, rules).map(Number));
  const free = Array.from({ length: number - 1 }, (_, i) => number - 1 - i).find(one => !taken.has(one));
  if (free === undefined) return { hint: `let rule ${number} leave ${text} to the main table` };
  const rule = [...rules, String(free)];
  const commands: Operation[] = [
    ['action', 'modify'],
    ['destination', 'address', text],
    ['modify', 'table', 'main'],
  ].map(words => ({ op: 'set', path: [...rule, ...words] }));
  return {
    hint: `let a rule before it leave ${text} to the main table: ${rule.join(' ')} (action modify, destination address ${text}, modify table main)`,
    fix: { kind: 'router', commands },
  };
}
