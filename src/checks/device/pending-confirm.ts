// Somebody's commit-confirm that nobody has confirmed: minutes later the router restarts into what was saved before it, whatever is saved
// meanwhile (docs/edgeos.md 'commit-confirm').
import type { Check } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';

export const pendingConfirm: Check = {
  explanations: {
    EW026: {
      title: 'a commit-confirm of somebody is pending',
      why: `Somebody at the router typed commit-confirm and has not confirmed yet. When its time is up the router writes the saved
      configuration from before that command over config.boot and restarts. Whatever an apply saves until then is lost with it,
      tunnels and all, although it was proven and saved.`,
      way: `Ask who is at work. Whoever means the change types confirm (in configure mode) and then save; whoever doesn't, waits for the
      restart. Then plan again. Nothing lifts this: the router's own timer would win.`,
    },
  },
  find: ({ facts }) => (facts === undefined ? [] : confirmsPending(facts)),
};

/** For a rollback and a heal, too: their saves would be lost the same. */
export function confirmsPending({ pendingConfirms }: RouterFacts): Finding[] {
  return pendingConfirms.map(due => ({
    code: 'EW026',
    severity: 'error',
    message: `somebody's commit-confirm is pending: at ${due} the router restarts into what was saved before it, and what an apply saves until then is lost`,
    hint: 'whoever began it types confirm and save on the router, or waits for the restart; then plan again',
  }));
}
