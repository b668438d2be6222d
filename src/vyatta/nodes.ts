// The one table of nodes that edgewg manages or checks: kinds, defaults, types, ranges, secrets (docs/edgeos.md).
// Everything else on a router is foreign: read as words, never written.
import { attachment, firewall } from './firewall-nodes.ts';
import {
  container,
  leaf,
  multi,
  multiOfObjects,
  type Node,
  type Nodes,
  number,
  oneOf,
  tag,
  valueless,
} from './node.ts';
import { ospf, ospfv3, policy, protocols } from './protocol-nodes.ts';
import { service } from './service-nodes.ts';
import type { Path } from './tree.ts';

const description = leaf('txt', { range: [1, 256] });

const peer: Nodes = {
  'allowed-ips': multi('ipOrNetList'),
  description,
  disable: valueless,
  endpoint: leaf('endpoint'),
  'persistent-keepalive': number(1, 65535),
  'preshared-key': leaf('keyOrFile', { secret: true }),
};

const wireguard = tag('txt', {
  address: multi('ipnet'),
  description,
  disable: valueless,
  'down-command': leaf('txt'),
  firewall: attachment,
  fwmark: leaf('txt'),
  ip: container({ ospf, 'source-validation': oneOf('loose', 'strict', 'disable') }),
  ipv6: container({ ospfv3 }),
  'listen-port': number(1, 65535),
  mtu: number(64, 8024, { default: '1420' }),
  peer: tag('key', peer),
  'private-key': leaf('keyOrFile', { secret: true }),
  'route-allowed-ips': leaf('bool', { default: 'true' }),
  'up-command': leaf('txt'),
});

const common: Nodes = {
  address: multi('txt'),
  description,
  disable: valueless,
  firewall: attachment,
  mtu: number(68, 9000),
};
const pppoe = tag('u32', {
  ...common,
  'default-route': oneOf('auto', 'force', 'none'),
  mtu: number(68, 1500, { default: '1492' }),
  'name-server': oneOf('auto', 'none'),
  password: leaf('txt', { secret: true }),
  'user-id': leaf('txt'),
});
const vif = tag('u32', { ...common, pppoe }, { range: [0, 4095] });
const link: Nodes = { ...common, pppoe, vif };

const interfaces = container({
  bonding: tag('txt', link),
  bridge: tag('txt', link),
  ethernet: tag('txt', link),
  loopback: tag('txt', { address: multi('txt'), description }),
  openvpn: tag('txt', { ...common, 'local-port': leaf('port') }),
  switch: tag('txt', link),
  tunnel: tag('txt', common),
  wireguard,
});

const system = container({
  'task-scheduler': container({
    task: tag('task', {
      executable: container({ path: leaf('helper') }),
      interval: leaf('interval'),
    }),
  }),
});

/** The root of the table. */
export const nodes = container({
  firewall,
  interfaces,
  policy,
  protocols,
  service,
  system,
  'zone-policy': container({ zone: tag('txt', { interface: multiOfObjects('txt') }) }),
});

/** What a path names: a node of the table, or a value (an instance, for a tag) of one. */
export interface Found {
  readonly node: Node;
  readonly isValue: boolean;
}

/** What the empty path names. */
export const top: Found = { node: nodes, isValue: false };

/** Undefined for what the table doesn't know, and for values that can't be (`disable true`). */
export function lookup(path: Path): Found | undefined {
  let found: Found | undefined = top;
  for (const word of path) {
    found = step(found, word);
    if (found === undefined) return undefined;
  }
  return found;
}

/** What the word names below what was found, for those who go down a path themselves. */
export function step({ node, isValue }: Found, word: string): Found | undefined {
  const opens = node.kind === 'container' || (node.kind === 'tag' && isValue);
  if (opens) {
    const child = Object.hasOwn(node.children, word) ? node.children[word] : undefined;
    return child && { node: child, isValue: false };
  }
  return node.kind === 'valueless' || isValue ? undefined : { node, isValue: true };
}

/** A value that says what holds anyway: the `log disable` that the GUI writes into every rule. */
export function isIdle(path: Path): boolean {
  const found = lookup(path);
  return found?.isValue === true && found.node.kind === 'leaf' && found.node.value.idle === path.at(-1);
}

/** The node is a leaf with several values, whose order the router keeps. */
export function isMulti(path: Path): boolean {
  const found = lookup(path);
  return found?.node.kind === 'multi' && !found.isValue;
}
