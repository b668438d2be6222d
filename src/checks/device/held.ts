// An apply that is committed and proven, and waits for somebody's word: until then the router is nobody else's.
import type { Check } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';

export const held: Check = {
  explanations: {
    EW027: {
      title: 'an apply is held for the word of a person',
      why: `Somebody applied with --hold: the change runs and was proven, and is not saved. When its time is up the router puts back what
      was there before. Another change on top of it could not tell what it goes back to, so the router's lock stays with the first.`,
      way: `Whoever may decide says edgewg confirm ID, edgewg undo ID, or edgewg extend ID for more time, from any machine that may log in;
      or wait until the router undoes it. Then plan again. Nothing lifts this.`,
    },
  },
  find: ({ facts }) => (facts === undefined ? [] : appliesHeld(facts)),
};

/** For a rollback, too. */
export function appliesHeld(facts: Pick<RouterFacts, 'held'>): Finding[] {
  return facts.held.map(({ id, who, since, secondsLeft, isWatched }) => ({
    code: 'EW027',
    severity: 'error',
    message: isWatched
      ? `apply ${id} of ${who} since ${since} is held for a word, for ${secondsLeft} s more: until then the router takes no other`
      : `apply ${id} of ${who} since ${since} is held for a word, and the switch that undoes it does not run`,
    hint: `edgewg confirm ${id}, or edgewg undo ${id}`,
  }));
}
