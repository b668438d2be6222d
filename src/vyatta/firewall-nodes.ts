// `firewall` as edgewg manages and checks it (docs/edgeos.md 'Clamps', 'Rulesets').
import { container, leaf, multi, type Nodes, number, oneOf, tag, valueless } from './node.ts';

const enable = oneOf('enable', 'disable');
const enabled = leaf('txt', { oneOf: ['enable', 'disable'], idle: 'disable' });
const switches: Nodes = Object.fromEntries(
  [
    'all-ping',
    'broadcast-ping',
    'ip-src-route',
    'ipv6-receive-redirects',
    'ipv6-src-route',
    'log-martians',
    'receive-redirects',
    'send-redirects',
    'syn-cookies',
  ].map(name => [name, enable]),
);

/** What one end of a packet is matched by. */
export const matchNodes = (family: 4 | 6): Nodes => ({
  address: leaf('txt'),
  port: leaf('txt'),
  'mac-address': leaf('txt'),
  group: container(
    family === 4
      ? { 'address-group': multi('txt'), 'network-group': multi('txt'), 'port-group': multi('txt') }
      : {
          'ipv6-address-group': multi('txt'),
          'ipv6-network-group': multi('txt'),
          'port-group': multi('txt'),
        },
  ),
});

const icmp: Nodes = { code: number(0, 255), type: leaf('txt'), 'type-name': leaf('txt') };

const rule = (family: 4 | 6, actions: string[]): Nodes => ({
  action: oneOf(...actions),
  description: leaf('txt', { range: [1, 256] }),
  destination: container(matchNodes(family)),
  disable: valueless,
  ...(family === 4 ? { icmp: container(icmp) } : { icmpv6: container(icmp) }),
  ipsec: container({ 'match-ipsec': valueless, 'match-none': valueless }),
  fragment: container({ 'match-frag': valueless, 'match-non-frag': valueless }),
  limit: container({ burst: leaf('u32'), rate: leaf('txt') }),
  log: enabled,
  p2p: container({ all: valueless }),
  protocol: leaf('txt'),
  recent: container({ count: number(1, 255), time: leaf('u32') }),
  source: container(matchNodes(family)),
  state: container({ established: enabled, invalid: enabled, new: enabled, related: enabled }),
  statistic: container({ probability: leaf('txt') }),
  tcp: container({ flags: leaf('txt'), mss: leaf('txt') }),
  time: container({
    monthdays: leaf('txt'),
    startdate: leaf('txt'),
    starttime: leaf('txt'),
    stopdate: leaf('txt'),
    stoptime: leaf('txt'),
    utc: valueless,
    weekdays: leaf('txt'),
  }),
});

const modify = container({
  connmark: container({ 'restore-mark': valueless, 'save-mark': valueless, 'set-mark': leaf('txt') }),
  dscp: leaf('txt'),
  'lb-group': leaf('txt'),
  mark: leaf('txt'),
  table: leaf('txt'),
  'tcp-mss': leaf('txt'),
});

const ruleset = (family: 4 | 6, actions: string[], more: Nodes = {}) =>
  tag(
    'txt',
    {
      'default-action': { ...oneOf(...actions.filter(a => a !== 'modify')) },
      description: leaf('txt', { range: [1, 256] }),
      'enable-default-log': valueless,
      rule: tag('u32', { ...rule(family, actions), ...more }, { range: [1, 9999] }),
    },
    { range: [1, 28] },
  );

const filter = ['accept', 'drop', 'reject'];
const mangle = ['accept', 'drop', 'modify'];

const group = (type: 'address' | 'network' | 'port' | 'ipv6-address' | 'ipv6-network'): Nodes => ({
  [`${type}-group`]: tag('txt', { description: leaf('txt'), [type]: multi('txt') }),
});

/** The interface types of the two clamps: EdgeOS has `wg` only with the WireGuard package (docs/edgeos.md 'Clamps'). */
const clampTypes = ['pppoe', 'pptp', 'tun', 'vti', 'wg', 'all'];
const clamp6Types = ['pppoe', 'pptp', 'tun', 'v6tun', 'wg', 'all'];

export const firewall = container({
  ...switches,
  'source-validation': oneOf('strict', 'loose', 'disable'),
  group: container({
    ...group('address'),
    ...group('network'),
    ...group('port'),
    ...group('ipv6-address'),
    ...group('ipv6-network'),
  }),
  name: ruleset(4, filter),
  'ipv6-name': ruleset(6, filter),
  modify: ruleset(4, mangle, { modify }),
  'ipv6-modify': ruleset(6, mangle, { modify }),
  options: container({
    'mss-clamp': container({ 'interface-type': multi('txt', { oneOf: clampTypes }), mss: number(500, 1460) }),
    'mss-clamp6': container({
      'interface-type': multi('txt', { oneOf: clamp6Types }),
      mss: number(1280, 1492),
    }),
  }),
});

/** How a ruleset is attached to an interface. */
export const attachment = container({
  in: container({
    name: leaf('txt'),
    'ipv6-name': leaf('txt'),
    modify: leaf('txt'),
    'ipv6-modify': leaf('txt'),
  }),
  local: container({ name: leaf('txt'), 'ipv6-name': leaf('txt') }),
  out: container({
    name: leaf('txt'),
    'ipv6-name': leaf('txt'),
    modify: leaf('txt'),
    'ipv6-modify': leaf('txt'),
  }),
});
