// An apply that a restart of the router met: what is there now is what was saved, whatever had been committed.
import type { Check } from '../../plan/types/check.ts';
import type { InterruptedApply } from '../../plan/types/facts.ts';

export const interrupted: Check = {
  explanations: {
    EW028: {
      title: 'the router restarted during an apply',
      why: `The router's log has the beginning of an apply and no end of it, and names another restart of the router than this one. A
      commit lives in memory until it is saved: the router came up with config.boot as it was, and the apply is gone.`,
      way: `Look at the plan: it says what is missing now. Apply again if you still mean it. The next apply takes away what that one left
      in /config, key files that nothing names among it, and says so in the log.`,
    },
  },
  find: ({ facts }) =>
    (facts?.interrupted ?? []).map(one => ({ code: 'EW028', severity: 'warning', message: toldOf(one) })),
};

/** Of what was seen alone: the two restarts, and config.boot where its digest was noted. */
export function toldOf({ id, began, wasHeld, isSavedAsBefore }: InterruptedApply): string {
  const what = wasHeld ? 'was held for a word' : 'was under way';
  const boot =
    isSavedAsBefore === undefined
      ? 'whether config.boot is the one from before it is unknown'
      : isSavedAsBefore
        ? 'config.boot is the one from before it'
        : 'config.boot is not the one from before it: somebody has saved';
  return `the router has restarted since ${began}, when apply ${id} began, which ${what}: it came up with what was saved, and the apply is gone; ${boot}`;
}
