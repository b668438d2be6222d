// What the checks of routing share: which line of the site file makes a route, and a route in words with that line.
import type { Entry } from '../../model/routing/entry.ts';
import { tellRoute } from '../../model/routing/trace.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath, Tunnel } from '../../site/site.ts';
import { has, type Path } from '../../vyatta/tree.ts';
import { type Prefix, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';
import { lineOf, onRouter } from '../view.ts';

/** Where the site file says the route; undefined when somebody else made it. */
export function placeOfRoute({ site }: CheckInput, entry: Entry): SitePath | undefined {
  const tunnel = site.tunnels.find(one => one.name === entry.out);
  if (tunnel === undefined) return undefined;
  const text = printPrefix(entry.prefix);
  if (entry.origin === 'interface') return tunnel.routes.find(one => one.prefix === text)?.at;
  const index = tunnel.address.findIndex(address => sameAs(entry.prefix, address));
  if (entry.origin === 'connected') return index === -1 ? undefined : [...tunnel.at, 'address', index];
  for (const peer of tunnel.peers) {
    const found = peer.allowedIPs.indexOf(text);
    if (found !== -1) return [...peer.at, 'allowedIPs', found];
  }
  return undefined;
}

function sameAs(prefix: Prefix, text: string): boolean {
  const other = parsePrefix(text);
  return other !== undefined && printPrefix(other) === printPrefix(prefix);
}

/** `10.42.4.0/24 → eth1 (line 12)`: the line of the site file, or none where only the router has it. */
export function tellEntry(input: CheckInput, entry: Entry): string {
  const at = placeOfRoute(input, entry);
  const how =
    entry.origin === 'connected'
      ? ' (connected)'
      : entry.origin === 'allowedIPs'
        ? ' (route-allowed-ips)'
        : '';
  return `${tellRoute(entry)}${how}${at === undefined ? '' : lineOf(input, at)}`;
}

/** The other side of a finding, where the router has it already; what the plan itself makes stands in the file. */
export function alreadyThere(input: CheckInput, path: Path): Pick<Finding, 'running'> {
  return has(input.running, path) ? { running: onRouter(input, path) } : {};
}

/** Tunnels of the file that are on after the plan. */
export const livingTunnels = ({ site }: CheckInput): Tunnel[] =>
  site.tunnels.filter(tunnel => !tunnel.disable);

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
