// Which nodes a reading asks the firmware's templates for, and under which name a fact tells whether they are there.

/** By name: the end of the verb of cli-shell-api (`validateTmplPath`, `validateTmplValPath`), and the words of the node. */
const nodes = {
  wireguard: 'Path interfaces wireguard',
  'mss-clamp': 'Path firewall options mss-clamp',
  'mss-clamp-wg': 'ValPath firewall options mss-clamp interface-type wg',
  'mss-clamp6-wg': 'ValPath firewall options mss-clamp6 interface-type wg',
  'ubnt-discover': 'Path service ubnt-discover interface wg0 disable',
  'route-description':
    'Path protocols static interface-route 192.0.2.0/24 next-hop-interface wg0 description',
  'route6-description':
    'Path protocols static interface-route6 2001:db8::/64 next-hop-interface wg0 description',
  'interface-route6': 'Path protocols static interface-route6',
  'route6-blackhole': 'Path protocols static route6 2001:db8::/64 blackhole distance',
  'prefix-list6': 'Path policy prefix-list6',
  'bgp-prefix-list': 'Path protocols bgp 64512 neighbor 192.0.2.1 prefix-list import',
  'bgp-maximum-paths': 'Path protocols bgp 64512 maximum-paths ebgp',
} as const;

/** As words of a shell, each quoted. */
export const probedNodes = (): string =>
  Object.values(nodes)
    .map(words => `'${words}'`)
    .join(' ');

/** From the exit codes, in the nodes' order; one that is missing is unknown. */
export const readProbes = (codes: readonly string[]): Map<string, boolean> =>
  new Map(
    Object.keys(nodes).flatMap((name, i) =>
      codes[i] === undefined ? [] : [[name, codes[i] === '0'] as const],
    ),
  );
