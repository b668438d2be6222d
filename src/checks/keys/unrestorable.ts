// EW014: an undo that would have to know a secret: edgewg takes nothing away that it can't put back.
import type { Check } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { isHidden, isSecretLeaf, redacted } from '../../vyatta/redact.ts';
import type { Path } from '../../vyatta/tree.ts';

export const unrestorable: Check = {
  explanations: {
    EW014: {
      title: 'a secret would be deleted that could not be put back',
      why: `The plan deletes a node below which a secret stands that isn't a WireGuard key, or
      a text that edgewg doesn't read since it may hold one, such as up-command. Should the apply fail half way, the
      undo commands would have to name that secret, and edgewg keeps no secret anywhere.`,
      way: `Delete that leaf by hand first, or take the interface out of manages.`,
    },
  },
  find: ({ commits }) =>
    commits
      .flatMap(commit => commit.undo)
      .filter(({ op, path }) => op === 'set' && path.at(-1) === redacted && isHidden(path.slice(0, -1)))
      .map(({ path }) => ({
        code: 'EW014',
        severity: 'error',
        message: `${path.slice(0, -1).join(' ')} holds ${isSecretLeaf(path.slice(0, -1)) ? 'a secret' : 'what may be a secret'}, and would go with what the plan deletes: it could not be put back`,
        hint: 'take it out by hand first, or leave the interface to the router',
        running: { path: path.slice(0, -1) },
      })),
};

/** The same for a heal: a secret that only config.boot has. */
export const unhealable = (leaf: Path): Finding => ({
  code: 'EW014',
  severity: 'error',
  message: `${leaf.join(' ')} holds a secret in config.boot, which edgewg can't put back`,
  hint: 'on the router: configure; load; commit; save',
  running: { path: leaf },
});
