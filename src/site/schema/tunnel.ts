// `tunnels`: WireGuard interfaces with their peers and routes, in WireGuard's own names.
import { mark } from '../grammar/firewall.ts';
import { keySource, publicKey } from '../grammar/keys.ts';
import { interfaceName, peerName, rulesetName, zoneName } from '../grammar/names.ts';
import { endpoint, interfaceAddress, prefix } from '../grammar/net.ts';
import { description, interval, reason } from '../grammar/texts.ts';
import { clients } from './clients.ts';
import { flag, listOf, mapOf, perFamily, whole, word } from './leaf.ts';
import { ospf, ospfv3 } from './ospf.ts';
import { z } from './shape.ts';

const peer = z
  .strictObject({
    publicKey: word(publicKey, 'The public key of the other end: 32 bytes in base64.'),
    endpoint: word(
      endpoint,
      'Where the peer is reached: host:port, 192.0.2.1:port or "[2001:db8::1]:port". It must not be routed into the tunnel itself.',
    ).optional(),
    resolve: word(
      interval,
      'How often the router looks the name of the endpoint up again, while the peer is silent: 1m to 59m, or 1h to 23h. Of the peers of a tunnel the shortest counts. Without it a name is looked up at commit and at boot alone.',
    ).optional(),
    allowedIPs: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'What this peer may send, and what is sent to it. Each prefix belongs to one peer of an interface.',
    ).optional(),
    persistentKeepalive: whole(
      1,
      65535,
      'Seconds between packets that keep a NAT open. Leave it out to send none.',
    ).optional(),
    presharedKey: word(
      keySource,
      'Where a preshared key comes from: a file below /config/auth on the router, or env:NAME, file:PATH, command:WORDS.',
    ).optional(),
    description: word(description, 'A text that the router keeps with the peer.').optional(),
    disable: flag('The peer stays in the configuration, but not in WireGuard.').optional(),
  })
  .meta({ description: 'The other end of a tunnel.' });

const routeOptions = z
  .strictObject({
    description: word(description, 'A text that the router keeps with the route.').optional(),
    distance: whole(
      1,
      255,
      'Of several routes to a prefix the one with the smallest distance counts. Default: 1.',
    ).optional(),
    disable: flag('The route stays in the configuration, but not in force.').optional(),
    guard: flag(
      'Also a blackhole at distance 254, so that the prefix never leaves in clear when the tunnel is gone.',
    ).optional(),
  })
  .meta({ description: 'A route with options.' });

const route = z
  .union([word(description, 'A text that the router keeps with the route.'), routeOptions])
  .meta({ description: 'A description, or { description, distance, disable, guard }.' });

const rulesets = (direction: string) =>
  perFamily(
    word(rulesetName, `The ruleset for IPv4 packets ${direction}.`),
    word(rulesetName, `The ruleset for IPv6 packets ${direction}.`),
    `The rulesets for packets ${direction}.`,
  ).optional();

const openPort = z
  .strictObject({
    rule: whole(1, 9999, 'The rule number, for whichever families the endpoints need.').optional(),
    ipv4: whole(1, 9999, 'The rule number in the IPv4 ruleset of the uplink.').optional(),
    ipv6: whole(1, 9999, 'The rule number in the IPv6 ruleset of the uplink.').optional(),
  })
  .check(context => {
    const { rule, ipv4, ipv6 } = context.value;
    const given = [ipv4, ipv6].filter(number => number !== undefined).length;
    if ((rule === undefined) === given > 0) return;
    const hint = 'write { rule: 24 }, or { ipv4: 24, ipv6: 54 }';
    const message = rule === undefined ? 'names no rule number' : 'says both `rule` and a family of its own';
    context.issues.push({
      code: 'custom',
      input: context.value,
      message,
      params: { fault: { message, hint } },
    });
  })
  .meta({ description: 'The rule that lets packets to `listenPort` in, in the rulesets of the uplink.' });

const tunnel = z
  .strictObject({
    description: word(description, 'A text that the router keeps with the interface.').optional(),
    address: listOf(
      word(interfaceAddress, 'An address with its prefix length.'),
      'The addresses of the interface. Append new ones at the end: the router adds those behind a removed one again.',
    ).optional(),
    listenPort: whole(
      1,
      65535,
      'The UDP port that WireGuard listens on; each interface needs its own.',
    ).optional(),
    privateKey: word(
      keySource,
      'Where the private key comes from: a file below /config/auth on the router (made there when the interface is new and the file is missing), or env:NAME, file:PATH, command:WORDS. Never the key itself.',
    ).optional(),
    mtu: z
      .union([z.literal('auto'), whole(64, 8024, 'Bytes.')])
      .meta({ description: "`auto`, from the uplink's MTU and the family of the endpoint, or a number." })
      .optional(),
    fwmark: z
      .union([whole(1, 2147483647, 'The mark.'), word(mark, 'The mark in hexadecimal.')])
      .meta({
        description:
          "The mark of WireGuard's own packets: what rules and policy tables of the router know them by. Leave it out for none.",
      })
      .optional(),
    routeAllowedIPs: flag(
      'Let the router make kernel routes of all AllowedIPs. Default for interfaces that are ours: false, so that `routes` says all.',
    ).optional(),
    disable: flag('The interface stays in the configuration, but down.').optional(),
    openPort: openPort.optional(),
    firewall: z
      .strictObject({
        in: rulesets('from the tunnel to other networks'),
        out: rulesets('from other networks into the tunnel'),
        local: rulesets('from the tunnel to the router itself'),
      })
      .meta({ description: 'The rulesets that guard the interface.' })
      .optional(),
    zone: word(
      zoneName,
      'The zone of the router that it is in; none: in no zone. Without it, whatever zone it is in stays.',
    ).optional(),
    ospf: ospf.optional(),
    ospfv3: ospfv3.optional(),
    unfiltered: word(
      reason,
      'Why no ruleset guards this interface. Silences the warning about it.',
    ).optional(),
    peers: mapOf(
      peerName,
      'A name for the peer; the router knows it by its key.',
      peer,
      'The peers of the interface, by name.',
    ).optional(),
    routes: mapOf(
      prefix,
      'A prefix, host bits zero.',
      route,
      'What is routed into the tunnel, by prefix.',
    ).optional(),
    clients: clients.optional(),
  })
  .meta({ description: 'A WireGuard interface of the router.' });

export const tunnels = mapOf(
  interfaceName,
  'wg0 to wg999.',
  tunnel,
  'The tunnels, by interface. Of an interface that `manages` does not name, only what stands here is ours.',
);
