// What OSPF and OSPFv3 have at an interface; areas are the router's own, under protocols.
import { choice, flag, whole } from './leaf.ts';
import { z } from './shape.ts';

const shared = {
  cost: whole(1, 65535, 'What the link costs. Default: from the bandwidth.').optional(),
  helloInterval: whole(1, 65535, 'Seconds between hellos; both ends the same. Default: 10.').optional(),
  deadInterval: whole(
    1,
    65535,
    'Seconds without a hello after which the neighbour counts as gone; both ends the same. Default: 40.',
  ).optional(),
  retransmitInterval: whole(3, 65535, 'Seconds until an update is sent again. Default: 5.').optional(),
  transmitDelay: whole(1, 65535, 'Seconds that an update ages on the link. Default: 1.').optional(),
  priority: whole(0, 255, 'Of a router on a broadcast network. Default: 1.').optional(),
  mtuIgnore: flag('Neighbours with another MTU are taken too.').optional(),
};

export const ospf = z
  .strictObject({
    network: choice(
      ['broadcast', 'non-broadcast', 'point-to-multipoint', 'point-to-point'],
      'The kind of network: point-to-point for a tunnel with one peer.',
    ).optional(),
    ...shared,
  })
  .meta({ description: 'OSPF on the interface (ip ospf). Its area is set under protocols ospf, by hand.' });

export const ospfv3 = z
  .strictObject({
    ...shared,
    ifMtu: whole(1, 65535, 'The MTU that is told to neighbours, in bytes.').optional(),
    instanceId: whole(0, 255, 'The instance of OSPFv3 on the link.').optional(),
    passive: flag('No hellos are sent or taken.').optional(),
  })
  .meta({
    description: 'OSPFv3 on the interface (ipv6 ospfv3). Its area is set under protocols ospfv3, by hand.',
  });
