// The router's BGP neighbours behind its tunnels.
import { find, has, type Path, type Tree, value, values } from '../vyatta/tree.ts';
import { covers, parsePrefix } from '../wireguard/prefix.ts';
import type { Data, Draft } from './draft.ts';

export function draftBgp(draft: Draft, running: Tree): void {
  const asn = values(running, ['protocols', 'bgp'])[0];
  if (asn === undefined) return;
  const base = ['protocols', 'bgp', asn];
  const behind = values(running, [...base, 'neighbor']).flatMap(address => {
    const tunnel = tunnelTo(running, address);
    return tunnel === undefined ? [] : [{ address, tunnel }];
  });
  if (behind.length === 0) return;
  // the system and what it says of itself go with the neighbours: alone they are nobody's business here
  draft.set(['bgp', 'asn'], Number(asn));
  const id = value(running, [...base, 'parameters', 'router-id']);
  if (id !== undefined) draft.set(['bgp', 'routerId'], id, [...base, 'parameters', 'router-id']);
  const paths = ['ebgp', 'ibgp'].flatMap(kind => values(running, [...base, 'maximum-paths', kind]));
  if (paths[0] !== undefined && new Set(paths).size === 1)
    draft.set(['bgp', 'maximumPaths'], Number(paths[0]), [...base, 'maximum-paths']);
  for (const { address, tunnel } of behind) {
    const path = [...base, 'neighbor', address];
    draft.set(['bgp', 'neighbors', address], neighborData(running, path, tunnel), path);
  }
}

/** The interface whose route or address is the nearest to `address`. */
function tunnelTo(running: Tree, address: string): string | undefined {
  const target = parsePrefix(address);
  if (target === undefined) return undefined;
  const routes = ['interface-route', 'interface-route6'].flatMap(kind =>
    values(running, ['protocols', 'static', kind]).flatMap(prefix =>
      values(running, ['protocols', 'static', kind, prefix, 'next-hop-interface']).map(hop => ({
        prefix,
        hop,
      })),
    ),
  );
  const links = values(running, ['interfaces', 'wireguard']).flatMap(hop =>
    values(running, ['interfaces', 'wireguard', hop, 'address']).map(prefix => ({ prefix, hop })),
  );
  const found = [...routes, ...links]
    .flatMap(({ prefix, hop }) => {
      const network = parsePrefix(prefix);
      return network !== undefined && covers(network, target) ? [{ length: network.length, hop }] : [];
    })
    .sort((a, b) => b.length - a.length)[0];
  return found?.hop.startsWith('wg') ? found.hop : undefined;
}

function neighborData(running: Tree, path: Path, tunnel: string): Data {
  const node = find(running, path) ?? { children: new Map() };
  const number = (...leaf: string[]): number | undefined => {
    const word = value(node, leaf);
    return word === undefined ? undefined : Number(word);
  };
  const list = value(node, ['prefix-list', 'import']);
  const kind = path.at(-1)?.includes(':') ? 'prefix-list6' : 'prefix-list';
  const rules = list === undefined ? [] : values(running, ['policy', kind, list, 'rule']);
  const accept = rules
    .sort((a, b) => Number(a) - Number(b))
    .flatMap(rule => value(running, ['policy', kind, list ?? '', 'rule', rule, 'prefix']) ?? []);
  const keepalive = number('timers', 'keepalive');
  const holdtime = number('timers', 'holdtime');
  const data = {
    tunnel,
    remoteAsn: number('remote-as'),
    description: value(node, ['description']),
    disable: has(node, ['shutdown']) || undefined,
    accept: accept.length === 0 ? undefined : accept,
    updateSource: value(node, ['update-source']),
    ebgpMultihop: number('ebgp-multihop'),
    softReconfiguration: has(node, ['soft-reconfiguration', 'inbound']) || undefined,
    timers: keepalive === undefined || holdtime === undefined ? undefined : { keepalive, holdtime },
  };
  return Object.fromEntries(Object.entries(data).filter(([, found]) => found !== undefined));
}
