// `rulesets`: firewall rulesets that are the file's as a whole, in EdgeOS's own terms.
import { icmpName, macAddress, matchAddress, ports, protocol as protocolName } from '../grammar/firewall.ts';
import { groupName, ruleNumber, rulesetName } from '../grammar/names.ts';
import { description } from '../grammar/texts.ts';
import { choice, flag, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const port = z
  .union([whole(1, 65535, 'A port.'), word(ports, 'A port, a name, a range or a list, perhaps after a !.')])
  .meta({ description: 'A port, or a text such as 80,443 or 8000-8010 or "!22".' });

export const group = z
  .strictObject({
    address: word(groupName, 'An address group on the router.').optional(),
    network: word(groupName, 'A network group on the router.').optional(),
    port: word(groupName, 'A port group on the router.').optional(),
  })
  .meta({ description: 'Groups that are on the router, of the family of the ruleset.' });

export const addressAndPort = {
  address: word(matchAddress, 'An address, a prefix or a range, perhaps after a !.').optional(),
  port: port.optional(),
};

export const protocol = z
  .union([word(protocolName, 'A protocol, perhaps after a !.'), whole(0, 255, 'The number of a protocol.')])
  .meta({ description: 'tcp, udp, tcp_udp, icmp, ipv6-icmp, all … or a number, perhaps after a !.' });

const icmp = z
  .union([
    word(icmpName, 'A name such as echo-request.'),
    z.strictObject({
      type: whole(0, 255, 'The type.'),
      code: whole(0, 255, 'The code.').optional(),
    }),
  ])
  .meta({ description: 'A name such as echo-request, or { type, code }.' });

const action = choice(['accept', 'drop', 'reject'], 'What happens to the packet.');

const rule = z
  .strictObject({
    action,
    description: word(description, 'A text that the router keeps with the rule.').optional(),
    disable: flag('The rule stays in the configuration, but not in force.').optional(),
    log: flag('Log packets that match.').optional(),
    protocol: protocol.optional(),
    state: listOf(
      choice(['established', 'related', 'new', 'invalid'], 'A state of the connection.'),
      'The packet is in one of these states.',
    ).optional(),
    source: z
      .strictObject({
        ...addressAndPort,
        macAddress: word(macAddress, 'The sender on the link.').optional(),
        group: group.optional(),
      })
      .meta({ description: 'Where the packet comes from.' })
      .optional(),
    destination: z
      .strictObject({ ...addressAndPort, group: group.optional() })
      .meta({ description: 'Where the packet goes to.' })
      .optional(),
    icmp: icmp.optional(),
  })
  .meta({ description: 'A rule; the first that matches decides.' });

const ruleset = z
  .strictObject({
    family: choice(['ipv4', 'ipv6'], 'Which packets it is for.'),
    default: action.meta({ description: 'What happens to packets that no rule matches.' }),
    description: word(description, 'A text that the router keeps with the ruleset.').optional(),
    log: flag('Log packets that no rule matches (enable-default-log).').optional(),
    rules: mapOf(
      ruleNumber,
      '1 to 9999; the smallest comes first.',
      rule,
      'The rules, by number.',
    ).optional(),
  })
  .meta({ description: 'A firewall ruleset that is ours as a whole: what does not stand here is deleted.' });

export const rulesets = mapOf(
  rulesetName,
  'The name; IPv4 and IPv6 share one space of names.',
  ruleset,
  'Rulesets that are ours as a whole, by name.',
);
