// One tunnel's part of a plan first: its own commits before the others, in one apply with one undo. Pure.
import { Refused } from '../errors.ts';
import { deriveWanted, nameOf } from '../objects/all.ts';
import { groups, groupUses } from '../objects/group.ts';
import { bgp, neighbor } from '../objects/neighbor.ts';
import { tunnel } from '../objects/tunnel.ts';
import type { Site } from '../site/site.ts';
import { has, type Path, type Tree } from '../vyatta/tree.ts';
import { configurationAfter } from './after.ts';
import { withoutLiterals } from './literal-keys.ts';
import { commitsOf } from './order.ts';
import type { PlaceOf } from './types/check.ts';
import type { Commit, Operation, Plan } from './types/plan.ts';
import type { Proof } from './types/proof.ts';

/** A plan whose first commits are the canary's. */
export interface CanaryPlan extends Plan {
  readonly canary: { readonly tunnel: string; readonly commits: number };
}

interface Input {
  readonly site: Site;
  readonly placeOf: PlaceOf;
  readonly running: Tree;
}

/**
 * The same commands with what belongs to the tunnel in front: its interface, peers and routes, and of what it shares with others (rules,
 * rulesets, the MSS clamp) what it can't be without. BGP stays with the rest. Throws {@link Refused} where the plan has nothing to do
 * for it, or where it takes what another tunnel gives up.
 */
export function withCanary(plan: Plan, name: string, input: Input): CanaryPlan {
  const { running } = input;
  const isIts = partOf(name, input, configurationAfter(running, plan.commits));
  const all = operationsOf(plan.commits);
  const [first, rest] = [all.filter(({ path }) => isIts(path)), all.filter(({ path }) => !isIts(path))];
  if (first.length === 0)
    throw new Refused(
      'canary-unchanged',
      `the plan changes nothing of ${name}, so it can't go first`,
      `it changes ${[...new Set(plan.commits.flatMap(({ run }) => run).flatMap(({ path }) => tunnel.match(path)?.instance ?? []))].join(', ') || 'no tunnel'}`,
    );
  refuseTaken(first, rest, name, running);
  const its = commitsOf(running, split(first));
  const others = rest.length === 0 ? [] : commitsOf(configurationAfter(running, its), split(rest));
  const { commits } = withoutLiterals([...its, ...others], plan.keys);
  return { ...plan, commits, canary: { tunnel: name, commits: its.length } };
}

/** The canary's own part of it, for its proof. */
export const canaryPart = (plan: CanaryPlan): Plan => ({
  ...plan,
  commits: plan.commits.slice(0, plan.canary.commits),
});

/** Of the proofs those that are about it; of its BGP sessions those that were there before, for BGP comes with the rest. */
export function proofsOfCanary({ canary }: CanaryPlan, proofs: readonly Proof[], running: Tree): Proof[] {
  const wasThere = (address: string): boolean =>
    bgp
      .names(running)
      .some(asn => neighbor.has(running, asn, address) && !neighbor.says(running, 'disable', asn, address));
  return proofs.filter(one => one.tunnel === canary.tunnel && (one.do !== 'bgp' || wasThere(one.neighbor)));
}

/** What a plan that was made anew has of the canary's part: without what is still to come. */
export function leftOfCanary(plan: CanaryPlan, again: Plan): Plan {
  const later = new Set(plan.commits.slice(plan.canary.commits).flatMap(({ run }) => run.map(keyOf)));
  const commits = again.commits
    .map(({ run, undo }) => ({ run: run.filter(one => one.op !== 'prune' && !later.has(keyOf(one))), undo }))
    .filter(({ run }) => run.length > 0);
  return {
    ...again,
    commits,
    helpers: [],
    keys: again.keys.filter(step => step.tunnel === plan.canary.tunnel),
  };
}

const keyOf = ({ op, path }: Operation): string => [op, ...path].join('\0');

function operationsOf(commits: readonly Commit[]): Operation[] {
  const found = new Map<string, Operation>();
  for (const one of commits.flatMap(({ run }) => run)) if (one.op !== 'prune') found.set(keyOf(one), one);
  return [...found.values()];
}

const split = (all: readonly Operation[]) => ({
  changes: [],
  deletes: all.filter(({ op }) => op === 'delete'),
  sets: all.filter(({ op }) => op === 'set'),
});

/**
 * By the owner that reports name, or by what the file would want if it had this tunnel alone. `after` the plan the tunnel's table, rules
 * and masquerade are known by their names: alone they would get the numbers that others have.
 */
function partOf(name: string, { site, placeOf }: Input, after: Tree): (path: Path) => boolean {
  const alone = deriveWanted(siteOf(site, name), placeOf, after, () => undefined).tree;
  const isNamed = new Set(groupUses(alone).map(({ node, name: group }) => `${node} ${group}`));
  const isOthers = (object: Path): boolean =>
    groups.some(kind => kind.match(object) !== undefined) && !isNamed.has(object.slice(-2).join(' '));
  const isThere = site.tunnels.some(one => one.name === name);
  // as a whole: half a clamp is refused by the router
  return path => {
    const named = nameOf(path);
    const object = named?.object ?? path;
    return named?.order[1] === name || (isThere && has(alone, object) && !isOthers(object));
  };
}

/** The file with one tunnel, and of what is said beside tunnels what names it. */
function siteOf(site: Site, name: string): Site {
  const tunnels = site.tunnels.filter(one => one.name === name);
  const named = JSON.stringify(tunnels.map(({ firewall }) => firewall));
  const { bgp: _, dns, ...others } = site;
  const its = (names: readonly string[]): string[] => names.filter(one => one === name);
  return {
    ...others,
    tunnels,
    rulesets: site.rulesets.filter(ruleset => named.includes(`"${ruleset.name}"`)),
    nat: site.nat.filter(rule => [rule.outboundInterface, rule.inboundInterface].includes(name)),
    ...(dns && { dns: { ...dns, listenOn: its(dns.listenOn), exceptInterface: its(dns.exceptInterface) } }),
  };
}

/** A port that another tunnel gives up in the same plan is not free yet. */
function refuseTaken(
  first: readonly Operation[],
  rest: readonly Operation[],
  name: string,
  running: Tree,
): void {
  const isOf = (path: Path, other: string): boolean => tunnel.match(path)?.instance.includes(other) === true;
  const other = tunnel
    .names(running)
    .filter(one => one !== name && rest.some(({ path }) => isOf(path, one)))
    .find(one => {
      const port = tunnel.value(running, 'listenPort', one);
      return (
        port !== undefined &&
        first.some(
          ({ op, path }) =>
            op === 'set' && path.at(-1) === port && path.at(-2) === tunnel.leaf('listenPort', name).at(-1),
        )
      );
    });
  if (other !== undefined)
    throw new Refused(
      'canary-not-apart',
      `${name} takes the port that ${other} gives up in the same plan, so it can't go first`,
      `apply without --canary, or ${other} first`,
    );
}
