// `clients` of a tunnel: which machines at home go through it, whatever the main routing table says.
import { clientAddress, interfaceLink } from '../grammar/clients.ts';
import { groupName, peerName } from '../grammar/names.ts';
import { prefix } from '../grammar/net.ts';
import { choice, flag, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const client = z
  .strictObject({
    address: word(clientAddress, 'An IPv4 address, a range or a network of clients.').optional(),
    group: word(groupName, 'An address group or a network group that is on the router.').optional(),
    interface: word(
      interfaceLink,
      'The interface by which they come in: alone, everything that comes in by it; beside `address` or `group`, where these are found.',
    ).optional(),
    destinations: listOf(
      word(prefix, 'An IPv4 prefix.'),
      'Only what goes there takes the tunnel. Default: everything but ownNetworks.',
    ).optional(),
    destinationGroup: word(
      groupName,
      'The same as an address group or a network group that is on the router.',
    ).optional(),
    rule: whole(
      1,
      9999,
      'The number of its rule, with several destinations of the first. The smaller comes first where two take the same packets. Default: the next that is free and right.',
    ).optional(),
  })
  .meta({ description: 'Some clients: an address, a group or an interface.' });

export const clients = z
  .strictObject({
    from: mapOf(
      peerName,
      'A name for some clients.',
      z.union([word(clientAddress, 'An IPv4 address, a range or a network of clients.'), client]).meta({
        description:
          'An address, a range or a network, or { address, group, interface, destinations, destinationGroup, rule }.',
      }),
      'The clients, by name: one rule each.',
    ),
    ownNetworks: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'Networks that they reach as before, past the tunnel. The same for all tunnels. Default: all private ones.',
    ).optional(),
    whenDown: choice(
      ['drop', 'wan'],
      'What becomes of their packets when the tunnel is gone: dropped, or sent to the internet in clear. Default: drop.',
    ).optional(),
    ipv6: choice(
      ['drop', 'wan'],
      'Their IPv6, which EdgeOS sends through no tunnel by a rule: dropped where it leaves home, or sent to the internet in clear. Default: drop.',
    ).optional(),
    masquerade: z
      .union([flag('Whether they get it.'), whole(5000, 9999, 'The number of its rule.')])
      .meta({
        description:
          "Give what they send into the tunnel the tunnel's address, as the other end of a provider needs it: true, false, or the number of the NAT rule. Default: true; nothing is made where `nat` or the router has such a rule.",
      })
      .optional(),
    table: whole(
      1,
      250,
      'The number of the routing table. Default: the one that the router has for it, or the next that is free.',
    ).optional(),
  })
  .meta({ description: 'Machines at home that go through this tunnel.' });
