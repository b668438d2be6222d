// Groups of the file: each member is what its type says, and there once.
import { memberFault } from '../grammar/groups.ts';
import type { Rule } from './rule.ts';

export const soundGroups: Rule = ({ site, report, line }) => {
  for (const { at, type, members } of site.groups)
    for (const [i, member] of members.entries()) {
      const fault = memberFault(type, member);
      const first = members.indexOf(member);
      if (fault !== undefined)
        report([...at, 'members', i], {
          code: 'bad-value',
          message: `${member} ${fault.message}`,
          hint: fault.hint ?? 'take it out',
        });
      else if (first < i)
        report([...at, 'members', i], {
          code: 'duplicate-member',
          message: `${member} is in the group already${line([...at, 'members', first])}`,
          hint: 'keep one',
        });
    }
};
