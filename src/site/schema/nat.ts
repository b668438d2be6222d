// `nat`: rules of `service nat`, in EdgeOS's own terms. NAT is of IPv4 alone there.
import { matchAddress, ports } from '../grammar/firewall.ts';
import { anyInterface, ruleNumber } from '../grammar/names.ts';
import { description } from '../grammar/texts.ts';
import { choice, flag, mapOf, whole, word } from './leaf.ts';
import { addressAndPort, group, protocol } from './ruleset.ts';
import { z } from './shape.ts';

const end = (description: string) =>
  z
    .strictObject({ ...addressAndPort, group: group.optional() })
    .meta({ description })
    .optional();

const translation = (description: string) =>
  z
    .strictObject({
      address: word(matchAddress, 'An address, a range, or a prefix of the same length.').optional(),
      port: z
        .union([whole(1, 65535, 'A port.'), word(ports, 'A port or a range.')])
        .meta({ description: 'A port, or a range such as 8000-8010.' })
        .optional(),
    })
    .meta({ description })
    .optional();

const rule = z
  .strictObject({
    type: choice(
      ['masquerade', 'source', 'destination'],
      'masquerade: the address of the interface becomes the source; source: outsideAddress does; destination: insideAddress becomes the destination.',
    ),
    description: word(description, 'A text that the router keeps with the rule.').optional(),
    disable: flag('The rule stays in the configuration, but not in force.').optional(),
    exclude: flag('Packets that match are not translated, and no later rule looks at them.').optional(),
    log: flag('Log packets that match.').optional(),
    outboundInterface: word(
      anyInterface,
      'Of masquerade and source: the interface that the packet leaves by.',
    ).optional(),
    inboundInterface: word(
      anyInterface,
      'Of destination: the interface that the packet comes in by.',
    ).optional(),
    protocol: protocol.optional(),
    source: end('Where the packet comes from, before it is translated.'),
    destination: end('Where the packet goes to, before it is translated.'),
    outsideAddress: translation('Of source: what the packet comes from afterwards.'),
    insideAddress: translation('Of destination: where the packet goes to afterwards.'),
  })
  .meta({ description: 'A NAT rule; of each kind the first that matches decides.' });

export const nat = mapOf(
  ruleNumber,
  'destination: 1 to 4999; masquerade and source: 5000 to 9999. The smallest comes first.',
  rule,
  'NAT rules of IPv4 that are ours, by number.',
);
