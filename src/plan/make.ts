// Site file, running configuration and facts in; a plan out. Pure: everything it needs is an argument.
import { masked } from '../vyatta/redact.ts';
import { type Path, type Tree, value, values } from '../vyatta/tree.ts';
import { difference } from './difference.ts';
import { tunnelImpacts, withImpact } from './impact.ts';
import { planKeys } from './key-steps.ts';
import { literalsLeft, onLine, unrestorable, withoutLiterals } from './literal-keys.ts';
import { applied, commitsOf } from './order.ts';
import { ownership } from './ownership.ts';
import { withSilences } from './silence.ts';
import type { Check, CheckInput, IdentityOf, PlanInput } from './types/check.ts';
import {
  type Change,
  type Commit,
  type Diagnostic,
  formatVersion,
  type Plan,
  type Summary,
} from './types/plan.ts';
import type { KeyPath } from './wanted/tunnel.ts';
import { deriveWanted } from './wanted/wanted.ts';

export function makePlan(input: PlanInput, checks: readonly Check[] = []): Plan {
  const { site, placeOf, running, facts } = input;
  const identityOf: IdentityOf = input.identityOf ?? (() => undefined);
  const keyPath: KeyPath = (source, at) => (source.kind === 'router' ? source.path : identityOf(at)?.path);
  const wanted = deriveWanted(site, placeOf, running, keyPath, facts?.probes);
  const owns = ownership(site, running, wanted.tree);
  const found = difference(running, wanted.tree, owns, node => wanted.place(node));
  const keys = planKeys(site, placeOf, { running, facts }, identityOf);
  const { commits, steps } = withoutLiterals(commitsOf(running, found), keys.steps);
  const after = applied(
    running,
    commits.flatMap(commit => commit.run),
  );
  const both = { before: running, after, facts, keys: steps };
  const changes = withImpact(found.changes, both);
  const impacts = tunnelImpacts(changes, both);
  const checkInput: CheckInput = { ...input, wanted: wanted.tree, after, changes, impacts };
  return {
    format_version: formatVersion,
    router: site.router.host,
    changes,
    impacts,
    keys: steps,
    commits,
    diagnostics: withSilences(
      [
        ...unreadableKeys(running),
        ...wanted.diagnostics,
        ...keys.diagnostics,
        ...literalsLeft(after),
        ...unrestorable(commits),
        ...checks.flatMap(check => check(checkInput)),
      ],
      site.silences,
    ),
    running_digest: facts?.digest ?? null,
    summary: summarize(changes, commits),
  };
}

/** How much a plan does, leaf by leaf. */
export function summarize(changes: readonly Change[], commits: readonly Commit[]): Summary {
  const count = (action: Change['action']): number =>
    changes.filter(change => change.action === action).length;
  const commands = commits.flatMap(commit => commit.run).length;
  return {
    create: count('create'),
    update: count('update'),
    delete: count('delete'),
    keep: count('keep'),
    commands,
  };
}

/** `show configuration` hides even the paths of key files: such an input can't be compared. */
function unreadableKeys(running: Tree): Diagnostic[] {
  const base = ['interfaces', 'wireguard'];
  const leaves: Path[] = values(running, base).flatMap(name => [
    [...base, name, 'private-key'],
    ...values(running, [...base, name, 'peer']).map(key => [...base, name, 'peer', key, 'preshared-key']),
  ]);
  return leaves
    .filter(leaf => value(running, leaf) === masked)
    .map(leaf => ({
      code: 'EW013',
      severity: 'error' as const,
      message: `${leaf.slice(2).join(' ')} is hidden (${masked}) in the running configuration`,
      hint: 'read it with `show configuration commands`, which hides nothing; edgewg takes the secrets out itself',
      running: onLine(running, leaf),
    }));
}
