// What was committed but never saved: the save at the end of an apply would make it last, unseen.
import type { Check } from '../make.ts';

export const drift: Check = ({ facts }) => {
  if (facts === undefined || facts.drift.length === 0) return [];
  const shown = facts.drift.slice(0, 5).join('; ');
  const more = facts.drift.length > 5 ? `; and ${facts.drift.length - 5} more` : '';
  return [
    {
      code: 'EW025',
      severity: 'error',
      message: `running and saved configuration differ, and the save of an apply would make that last: ${shown}${more}`,
      hint: 'save or undo it on the router first, or give --allow drift',
      allow: 'drift',
    },
  ];
};
