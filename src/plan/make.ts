// Site file, running configuration and facts in; a plan out. Pure: everything it needs is an argument.
import { deriveWanted, ownership, presumedProbes } from '../objects/all.ts';
import type { KeyPath } from '../objects/wanted.ts';
import type { Tree } from '../vyatta/tree.ts';
import { configurationAfter } from './after.ts';
import { difference } from './difference.ts';
import { durationOf } from './duration.ts';
import { planHelpers } from './helper-steps.ts';
import { tunnelImpacts, withImpact } from './impact.ts';
import { planKeys } from './key-steps.ts';
import { withoutLiterals } from './literal-keys.ts';
import { commitsOf } from './order.ts';
import { peerNames } from './peer-names.ts';
import { proofsOf } from './proofs.ts';
import { withSilences } from './silence.ts';
import { touchedInterfaces } from './touched.ts';
import type { Check, CheckInput, IdentityOf, PlanInput } from './types/check.ts';
import { type Change, type Commit, formatVersion, type Plan, type Summary } from './types/plan.ts';

export function makePlan(input: PlanInput, checks: readonly Check[] = []): Plan {
  const { site, placeOf, running, facts } = input;
  const version = facts?.version ?? input.version ?? '';
  const identityOf: IdentityOf = input.identityOf ?? (() => undefined);
  const keyPath: KeyPath = (source, at) => (source.kind === 'router' ? source.path : identityOf(at)?.path);
  const wanted = deriveWanted(
    site,
    placeOf,
    running,
    keyPath,
    facts?.probes ?? presumedProbes(version, running),
  );
  const owns = ownership(site, running, wanted.tree);
  const found = difference(running, wanted.tree, owns, node => wanted.place(node));
  const keys = planKeys(site, placeOf, { running, facts }, identityOf);
  const helpers = planHelpers(site, placeOf, { running, facts });
  const { commits, steps } = withoutLiterals(commitsOf(running, found), keys.steps);
  const after = configurationAfter(running, commits);
  const both = { before: running, after, facts, version, keys: steps };
  const changes = withImpact(found.changes, both);
  const impacts = tunnelImpacts(changes, both);
  const observed = [...wanted.observed, ...keys.observed];
  const isChange = commits.length > 0 || steps.length > 0;
  const proofs = isChange ? proofsOf({ site, placeOf, after, touched: touchedInterfaces({ commits }) }) : [];
  const checkInput: CheckInput = {
    ...input,
    wanted: wanted.tree,
    after,
    changes,
    impacts,
    commits,
    observed,
  };
  return {
    format_version: formatVersion,
    router: site.router.host,
    changes,
    impacts,
    peers: peerNames(site, running),
    keys: steps,
    ...(helpers.length === 0 ? {} : { helpers }),
    commits,
    ...(proofs.length > 0 && { proofs }),
    diagnostics: withSilences(
      checks.flatMap(check => check.find(checkInput)),
      site.silences,
      Object.assign({}, ...checks.map(({ explanations }) => explanations)),
    ),
    running_digest: facts?.digest ?? null,
    summary: summarize(changes, commits),
    ...(facts?.readSeconds !== undefined &&
      commits.length > 0 && {
        duration: durationOf(commits, running, { seconds: facts.readSeconds, lines: countLeaves(running) }),
      }),
  };
}

function countLeaves(tree: Tree): number {
  let count = 0;
  for (const node of tree.children.values()) count += node.children.size === 0 ? 1 : countLeaves(node);
  return count;
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
