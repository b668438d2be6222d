// `protocols` and `policy` as edgewg manages and checks them (docs/edgeos.md 'Static routes', 'BGP').
import { container, leaf, type Nodes, number, oneOf, tag, valueless } from './node.ts';

const distance = number(1, 255);
const hop: Nodes = { description: leaf('txt'), disable: valueless, distance };

const routes: Nodes = {
  'interface-route': tag('ipv4net', { 'next-hop-interface': tag('txt', hop) }),
  'interface-route6': tag('ipv6net', { 'next-hop-interface': tag('txt', hop) }),
  route: tag('ipv4net', {
    blackhole: container({ description: leaf('txt'), disable: valueless, distance }),
    'next-hop': tag('ipv4', hop),
  }),
  route6: tag('ipv6net', {
    blackhole: container({ description: leaf('txt'), disable: valueless, distance }),
    'next-hop': tag('ipv6', { ...hop, interface: leaf('txt') }),
  }),
};

const seconds = (least: number, standard: string) => number(least, 65535, { default: standard });

/** Of both versions of OSPF, at an interface (docs/edgeos.md 'OSPF on an interface'). */
const ospfTimers: Nodes = {
  cost: number(1, 65535),
  'dead-interval': seconds(1, '40'),
  'hello-interval': seconds(1, '10'),
  'mtu-ignore': valueless,
  priority: number(0, 255, { default: '1' }),
  'retransmit-interval': seconds(3, '5'),
  'transmit-delay': seconds(1, '1'),
};

export const ospf = container({
  ...ospfTimers,
  authentication: container({
    md5: container({ 'key-id': tag('u32', { 'md5-key': leaf('txt', { secret: true }) }) }),
    'plaintext-password': leaf('txt', { secret: true }),
  }),
  network: oneOf('broadcast', 'non-broadcast', 'point-to-multipoint', 'point-to-point'),
});

export const ospfv3 = container({
  ...ospfTimers,
  ifmtu: number(1, 65535),
  'instance-id': number(0, 255),
  passive: valueless,
});

/** What a neighbour of each family of routes may have; those of IPv4 stand at the neighbour itself. */
const unicast: Nodes = {
  'prefix-list': container({ export: leaf('txt'), import: leaf('txt') }),
  'route-map': container({ export: leaf('txt'), import: leaf('txt') }),
  'soft-reconfiguration': container({ inbound: valueless }),
};

const neighbor: Nodes = {
  'address-family': container({ 'ipv6-unicast': container(unicast) }),
  description: leaf('txt'),
  'ebgp-multihop': number(1, 255),
  'maximum-prefix': leaf('u32'),
  password: leaf('txt', { secret: true }),
  interface: leaf('txt'),
  'remote-as': number(1, 4294967294),
  shutdown: valueless,
  timers: container({ connect: number(0, 65535), holdtime: number(0, 65535), keepalive: number(1, 65535) }),
  'update-source': leaf('txt'),
  ...unicast,
};

export const protocols = container({
  static: container({ ...routes, table: tag('u32', { description: leaf('txt'), ...routes }) }),
  bgp: tag(
    'u32',
    {
      'maximum-paths': container({ ebgp: number(1, 255), ibgp: number(1, 255) }),
      neighbor: tag('ip', neighbor),
      network: tag('ipv4net', {}),
      parameters: container({ 'router-id': leaf('ipv4') }),
    },
    { range: [1, 4294967294] },
  ),
});

const prefixRule = (type: 'ipv4net' | 'ipv6net', size: number): Nodes => ({
  action: oneOf('permit', 'deny'),
  description: leaf('txt'),
  ge: number(0, size),
  le: number(0, size),
  prefix: leaf(type),
});

export const policy = container({
  'prefix-list': tag('txt', {
    description: leaf('txt'),
    rule: tag('u32', prefixRule('ipv4net', 32), { range: [1, 65535] }),
  }),
  'prefix-list6': tag('txt', {
    description: leaf('txt'),
    rule: tag('u32', prefixRule('ipv6net', 128), { range: [1, 65535] }),
  }),
});
