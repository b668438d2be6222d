// What was committed but never saved: the save at the end of an apply would make it last, unseen.
import type { Check } from '../make.ts';

/** Who applies at the moment, from edgewg's own files on the router (read.sh, `applies`). */
function atWork(applies: string): string | undefined {
  const state = applies.split(/^== /m).find(part => /^\S+\.state alive$/m.test(part));
  if (state === undefined) return undefined;
  const word = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(state)?.[1] ?? 'unknown';
  return `${word('who')} since ${word('since')}, apply ${word('id')}, ${word('state')}`;
}

export const drift: Check = ({ facts }) => {
  if (facts === undefined || facts.drift.length === 0) return [];
  const shown = facts.drift.slice(0, 5).join('; ');
  const other = atWork(facts.applies);
  const more = facts.drift.length > 5 ? `; and ${facts.drift.length - 5} more` : '';
  return [
    {
      code: 'EW025',
      severity: 'error',
      message: `running and saved configuration differ, and the save of an apply would make that last: ${shown}${more}`,
      hint:
        other === undefined
          ? 'save or undo it on the router first, or give --allow drift'
          : `another edgewg is at work on this router: ${other}; wait until it has saved or put back`,
      allow: 'drift',
    },
  ];
};
