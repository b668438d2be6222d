// What `confirm` proves besides: the proofs that the router keeps of the apply that is held, and those of the site file.
import { dirname, resolve } from 'node:path';
import { Refused } from '../errors.ts';
import { proofsOf } from '../plan/proofs.ts';
import type { Proof } from '../plan/types/proof.ts';
import type { AskedProbes } from '../router/apply-input.ts';
import type { Deciding } from '../router/deciding.ts';
import { runProofs } from '../router/proof/run.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Io } from './io.ts';
import { clientChecks, refuseCommands, subject } from './proofs.ts';

interface Asked {
  readonly file: string;
  readonly 'skip-proofs': boolean | undefined;
  readonly 'run-commands': boolean | undefined;
}

/** Undefined where there is nothing to ask. Throws {@link Refused} when it can't be asked from here. */
export async function proofsAgain(
  { held, reading }: Deciding,
  loaded: LoadedSite | undefined,
  args: Asked,
  io: Io,
): Promise<Deciding['moreProbes']> {
  if (args['skip-proofs'] === true) return undefined;
  if (loaded === undefined && held.otherProofs > 0)
    throw new Refused(
      'proof-elsewhere',
      `apply ${held.id} did ${held.otherProofs} more ${held.otherProofs === 1 ? 'proof' : 'proofs'} from the machine that applied; only its site file tells ${held.otherProofs === 1 ? 'it' : 'them'}; nothing was done`,
      'give the site file with -f, or --skip-proofs',
    );
  const proofs = together(ofSite(loaded, held.tunnels, reading.running), held.proofs);
  refuseCommands(proofs, args['run-commands'] === true);
  if (proofs.length === 0) return undefined;
  const withheld = loaded === undefined ? [] : await withheldOf(loaded);
  const client = clientChecks(io, dirname(resolve(io.cwd, args.file)), withheld);
  return (asked: AskedProbes) => runProofs(proofs, { ...asked, now: io.now, client });
}

function ofSite(
  loaded: LoadedSite | undefined,
  touched: readonly string[],
  after: Deciding['reading']['running'],
): Proof[] {
  if (loaded === undefined) return [];
  return proofsOf({ site: loaded.site, placeOf: path => loaded.place(path), after, touched });
}

/** The file's, and of what was proven what the file says nothing of: flags of the apply. */
function together(file: readonly Proof[], told: readonly Proof[]): Proof[] {
  const said = new Set(file.map(subject));
  return [...file, ...told.filter(proof => !said.has(subject(proof)))];
}

async function withheldOf({ site }: LoadedSite): Promise<readonly string[]> {
  const { secretVariables } = await import('../keys/references.ts');
  return secretVariables(site);
}
