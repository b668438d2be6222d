// EW159: a group that goes, or becomes another type, while rules name it.
import { groups, groupUses } from '../../objects/group.ts';
import type { Check } from '../../plan/types/check.ts';
import type { SitePath } from '../../site/site.ts';
import { printCommand } from '../../vyatta/words.ts';
import { finding, onRouter } from '../view.ts';

export const groupInUse: Check = {
  explanations: {
    EW159: {
      title: 'a group goes that rules still name',
      why: `EdgeOS deletes no group that a rule names ('Group [X] has not been defined', 'still in use'), and makes none of another type under the
        name of one. The commit fails, and keeps the rest.`,
      way: 'Take it out of the rules first, in this file or on the router; for another type take another name.',
    },
  },
  find: input =>
    groups.flatMap(kind =>
      kind
        .names(input.running)
        .filter(name => !kind.has(input.after, name))
        .flatMap(name => {
          const node = kind.path(name).at(-2) ?? '';
          const uses = groupUses(input.after).filter(use => use.node === node && use.name === name);
          const said = input.site.groups.find(one => one.name === name);
          if (uses.length === 0 && said === undefined) return [];
          const at: SitePath = said?.at ?? [
            ...input.site.absent.at,
            'groups',
            input.site.absent.groups.indexOf(name),
          ];
          const shown = uses.slice(0, 5).map(({ path }) => printCommand('set', path).replace(/^set /, ''));
          return finding(input, at, {
            code: 'EW159',
            severity: 'error',
            message:
              said === undefined
                ? `${node} ${name} goes, and is still named by ${shown.join('; ')}${uses.length > 5 ? ` and ${uses.length - 5} more` : ''}`
                : `${name} is ${node} on the router, and can't become ${said.type}-group`,
            hint:
              said === undefined
                ? 'take it out of these rules first'
                : 'take another name, or remove the old group first',
            running: onRouter(input, kind.path(name)),
          });
        }),
    ),
};
