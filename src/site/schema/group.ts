// `groups`: firewall groups that are the file's as a whole, in EdgeOS's own terms.
import { definedGroup, groupMember, groupTypes } from '../grammar/groups.ts';
import { description } from '../grammar/texts.ts';
import { choice, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const group = z
  .strictObject({
    type: choice(groupTypes, 'What it holds; rulesets for IPv6 take those of IPv6 and those of ports.'),
    description: word(description, 'A text that the router keeps with the group.').optional(),
    members: listOf(
      z
        .union([whole(1, 65535, 'A port.'), word(groupMember, 'An address, a range, a prefix or a port.')])
        .meta({
          description:
            'An address or a range of them, a prefix, or a port or a range of them: what the type says.',
        }),
      'What is in it.',
    ).optional(),
  })
  .meta({ description: 'A firewall group that is ours as a whole: what does not stand here is deleted.' });

export const groups = mapOf(
  definedGroup,
  'The name; all types share one space of names.',
  group,
  'Firewall groups that are ours as a whole, by name.',
);
