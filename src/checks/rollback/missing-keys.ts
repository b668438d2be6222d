// EW019: a key file that a rotation took away: the router would refuse its path, and the whole commit with it.
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { RollbackCheck } from '../../plan/types/check.ts';
import { isSecretLeaf } from '../../vyatta/redact.ts';

export const missingKeys: RollbackCheck = {
  explanations: {
    EW019: {
      title: 'a rollback needs a key file that is gone',
      why: `The apply that is to be undone gave an interface another key, and the file of the one before isn't on the router any more:
      edgewg keys rotate --finish takes it away once the peers work with the new one. The router refuses a path without a file
      (Private key … not found), and with it the whole commit.`,
      way: `Go forward: make a next key with edgewg keys rotate and give its public half to the peers. If the file is there and
      edgewg just can't see it (a folder below /config/auth that this user can't read), --allow missing-key tries all the same.`,
    },
  },
  find({ commits, keyFiles }) {
    if (keyFiles === undefined) return [];
    return commits
      .flatMap(({ run }) => run)
      .filter(
        ({ op, path }) =>
          op === 'set' && tunnelKind.match(path) !== undefined && isSecretLeaf(path.slice(0, -1)),
      )
      .filter(({ path }) => path.at(-1)?.startsWith('/') === true && !keyFiles.has(path.at(-1) ?? ''))
      .map(({ path }) => ({
        code: 'EW019',
        severity: 'error',
        message: `the rollback needs ${path.at(-1)}, which isn't on the router: ${path.slice(1, -1).join(' ')} can't have that key again`,
        hint: 'a rotation took it away, or somebody did; go forward with a new key instead: `edgewg keys rotate`',
        running: { path: path.slice(0, -1) },
        allow: 'missing-key',
      }));
  },
};
