// The package's check of allowed IPs in a commit: twice on one interface, or in the way of a route (docs/edgeos.md 'Allowed IPs').
import { parseInterfaceAddress, printAddress } from '../../../wireguard/prefix.ts';
import type { Act } from '../action.ts';
import { childrenAt, type View, valueAt, valuesAt } from '../config.ts';
import { printRoute } from '../ip-routes.ts';

/** Undefined when all is well; `peer` undefined checks the whole interface. */
export function allowedIpsProblem(act: Act, name: string, peer: string | undefined): string | undefined {
  const path = ['interfaces', 'wireguard', name];
  if (peer !== undefined) return peerProblem(act, name, peer);
  const peers = childrenAt(act.working, [...path, 'peer']).sort();
  const all: string[] = [];
  for (const one of peers) {
    const wrong = peerProblem(act, name, one);
    if (wrong !== undefined) return wrong;
    all.push(...allowedIps(act.working, [...path, 'peer', one]));
  }
  const twice = repeated(all);
  if (twice.length === 0) return undefined;
  return twice
    .map(ip => `Error: Allowed IP ${short(ip)} assigned to multiple peers on interface ${name}`)
    .join('\n');
}

function peerProblem(act: Act, name: string, peer: string): string | undefined {
  const path = ['interfaces', 'wireguard', name];
  const ips = allowedIps(act.working, [...path, 'peer', peer]);
  const twice = repeated(ips);
  const where = `on interface ${name} peer ${peer}`;
  if (twice.length > 0)
    return twice.map(ip => `Error: Allowed IP ${short(ip)} appears multiple times ${where}`).join('\n');
  if (valueAt(act.working, [...path, 'route-allowed-ips']) !== 'true') return undefined;
  const routes = act.world.kernel
    .routes(4)
    .map(route => printRoute(route))
    .filter(line => !line.includes(name))
    .map(line => line.split(' ')[0] ?? '');
  for (const ip of ips) {
    const wanted = ip === '0.0.0.0/0' ? 'default' : ip;
    if (routes.some(route => route.startsWith(wanted)))
      return `Error: Allowed IP ${wanted} ${where} conflicts with an existing route. route-allowed-ips cannot be enabled.`;
  }
  return undefined;
}

/** Every element of the comma lists, with its length, host bits kept. */
function allowedIps(view: View, peer: readonly string[]): string[] {
  return valuesAt(view, [...peer, 'allowed-ips'])
    .flatMap(value => value.split(','))
    .map(text => {
      const ip = parseInterfaceAddress(text);
      return ip === undefined ? text : `${printAddress(ip.family, ip.address)}/${ip.length}`;
    });
}

function repeated(texts: readonly string[]): string[] {
  const seen = new Set<string>();
  return texts.filter(text => {
    const isKnown = seen.has(text);
    seen.add(text);
    return isKnown;
  });
}

/** IPv6 is printed without its length: the script's own slip. */
function short(ip: string): string {
  return ip.includes(':') ? (ip.split('/')[0] ?? ip) : ip;
}
