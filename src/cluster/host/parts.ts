// What must be there on a node beside WireGuard's own settings, as data: the script asks the kernel for each (watch.ts), and `cluster check` looks for each in
// what somebody fetched there (live-state.ts).
import { alone, type NodeSetup } from '../setup.ts';

export type Part =
  | { readonly kind: 'link'; readonly device: string }
  | { readonly kind: 'address'; readonly device: string; readonly address: string }
  | { readonly kind: 'rule'; readonly mark: number; readonly table: number; readonly isV6: boolean }
  | { readonly kind: 'default'; readonly table: number; readonly source: string }
  | { readonly kind: 'route'; readonly device: string; readonly prefix: string }
  | { readonly kind: 'guard'; readonly prefix: string };

/** Behind all other routes: packets to home networks meet it only while the tunnel is down. */
export const guardMetric = 4096;

/** Of the rule for WireGuard's own packets. */
export const rulePriority = 5181;

/** What is sent into the tunnel: the router's own addresses there, and the networks at home. */
export const routedInto = (setup: NodeSetup): string[] => [
  ...setup.routerAddresses.map(alone),
  ...setup.cluster.homeNetworks,
];

/** In the order in which they are told. `hasGuards`: netplan can't give them to a node without an endpoint of its own. */
export function partsOf(setup: NodeSetup, hasGuards = true): Part[] {
  const { link: device, cluster, endpoint, node } = setup;
  const { fwmark: mark, routingTable: table, homeNetworks } = cluster;
  return [
    { kind: 'link', device },
    ...node.address.map((text): Part => ({ kind: 'address', device, address: text.split('/')[0] ?? text })),
    ...routedInto(setup).map((prefix): Part => ({ kind: 'route', device, prefix })),
    ...(endpoint === undefined
      ? []
      : ([
          { kind: 'address', device: endpoint.interface, address: endpoint.address },
          { kind: 'rule', mark, table, isV6: endpoint.family === 6 },
          { kind: 'default', table, source: endpoint.address },
        ] satisfies Part[])),
    ...(hasGuards ? homeNetworks.map((prefix): Part => ({ kind: 'guard', prefix })) : []),
  ];
}

export function nameOf(part: Part): string {
  switch (part.kind) {
    case 'link':
      return `link ${part.device}`;
    case 'address':
      return `address ${part.address} of ${part.device}`;
    case 'rule':
      return `rule ${rulePriority}`;
    case 'default':
      return `default route of table ${part.table}`;
    case 'route':
      return `route to ${part.prefix}`;
    case 'guard':
      return `guard for ${part.prefix}`;
  }
}
