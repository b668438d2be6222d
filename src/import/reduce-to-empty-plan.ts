// From a draft to a file that gives an empty plan: whatever the file's grammar refuses, or the plan would change, is taken out,
// with the reason. What is left is proven by the planner itself.

import type { Draft, Entry } from '../objects/draft.ts';
import { tunnel } from '../objects/tunnel.ts';
import { makePlan } from '../plan/make.ts';
import type { Check } from '../plan/types/check.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { type LoadedSite, loadSite, SiteProblems } from '../site/load.ts';
import { pathAt } from '../site/place-of.ts';
import type { SitePath } from '../site/site.ts';
import { canonicalValues } from '../vyatta/canonical.ts';
import { lookup } from '../vyatta/nodes.ts';
import { find, leaves, type Path, type Tree, values } from '../vyatta/tree.ts';
import { printCommand } from '../vyatta/words.ts';
import { writeDraft } from './write.ts';

export interface Router {
  /** Without secrets. */
  readonly running: Tree;
  /** Undefined when the configuration is a file's. */
  readonly facts?: RouterFacts;
}

/** What was taken out of a draft, and why. */
export interface Removed {
  readonly running: Path;
  readonly why: string;
}

export interface Reduced {
  readonly loaded: LoadedSite;
  readonly plan: Plan;
  readonly removed: readonly Removed[];
}

/** Changes the draft until its plan is empty, or nothing more can be taken out. Throws {@link SiteProblems} of what is no entry. */
export function reduceToEmptyPlan(draft: Draft, router: Router, file: string): Reduced {
  const removed: Removed[] = [];
  const take: Take = (entry, why, item) => {
    if (entry === undefined || !draft.entries.includes(entry)) return false;
    const words = item === undefined ? [] : values(router.running, entry.running);
    if (item === undefined || !Array.isArray(draft.at(entry.at))) draft.remove(entry);
    else draft.removeItem(entry, item);
    const same = words.filter(word => word === item || canonicalAt(entry.running, word).includes(item ?? ''));
    if (same.length === 0) removed.push({ running: entry.running, why });
    for (const word of same) removed.push({ running: [...entry.running, word], why });
    return true;
  };
  for (;;) {
    const loaded = tryLoad(draft, file, take);
    if (loaded === undefined) continue;
    const plan = planFor(loaded, router);
    if (isEmpty(plan)) return { loaded, plan, removed };
    if (!takeChanged(draft, plan, take) && !takeTunnels(draft, plan, router, take))
      return { loaded, plan, removed };
    dropEmptyBgp(draft);
  }
}

/** Without checks it is only about what would change: what they find is there today as well. */
export function planFor(
  { site, place }: Pick<LoadedSite, 'site' | 'place'>,
  { running, facts }: Router,
  checks: readonly Check[] = [],
): Plan {
  const input = { site, placeOf: (path: SitePath) => place(path), running };
  return makePlan({ ...input, ...(facts === undefined ? {} : { facts }) }, checks);
}

/** `item`: of a list, that value alone. */
type Take = (entry: Entry | undefined, why: string, item?: string) => boolean;

/** The value of a list that is meant: the others of it are no worse for it. */
function itemAt(draft: Draft, at: SitePath): string | undefined {
  const list = draft.at(at.slice(0, -1));
  const item: unknown = Array.isArray(list) ? list[Number(at.at(-1))] : undefined;
  return typeof item === 'string' ? item : undefined;
}

function tryLoad(draft: Draft, file: string, take: Take): LoadedSite | undefined {
  const text = writeDraft(draft);
  try {
    return loadSite(text, file);
  } catch (error) {
    if (!(error instanceof SiteProblems)) throw error;
    // all of them are looked up before the first is taken: what lies below one that is gone went with it
    const wrong = error.problems.map(({ line, column, message }) => {
      const at = pathAt(text, line, column);
      return { entry: draft.entryAt(at), item: itemAt(draft, at), message };
    });
    const found = wrong.map(({ entry, item, message }) => take(entry, message, item));
    if (!found.includes(true)) throw error;
    dropEmptyBgp(draft);
    return undefined;
  }
}

/** True when something was taken out. */
function takeChanged(draft: Draft, plan: Plan, take: Take): boolean {
  let isTaken = false;
  for (const step of plan.keys) {
    const leaf = step.from ?? tunnel.leaf('privateKey', step.tunnel);
    const why = 'the key is no file yet: the plan would make one';
    isTaken = take(draft.entryFor(leaf), why) || isTaken;
  }
  for (const { run } of plan.commits)
    for (const { op, path } of run) {
      const why = `the file can't say it as it is: edgewg would ${printCommand(op === 'set' ? 'set' : 'delete', path)}`;
      isTaken = take(draft.entryFor(path), why) || isTaken;
    }
  return isTaken;
}

/** What edgewg made for a tunnel goes when the file has the tunnel without it: then the tunnel is no matter of the file's. */
function takeTunnels(draft: Draft, plan: Plan, { running }: Router, take: Take): boolean {
  let isTaken = false;
  for (const { op, path } of plan.commits.flatMap(({ run }) => run)) {
    const node = op === 'delete' ? find(running, path) : undefined;
    const words = node === undefined ? [] : [...leaves(node)].flatMap(leaf => leaf.path);
    const why = `the file can't say what goes with it as it is: edgewg would ${printCommand('delete', path)}`;
    for (const name of words.flatMap(word => /^(?:WireGuard )?(wg\d+)\b/.exec(word)?.[1] ?? []))
      isTaken = take(draft.entryAt(['tunnels', name]), why) || isTaken;
  }
  return isTaken;
}

/** The values that a word of a leaf stands for, in the site file's form. */
function canonicalAt(leaf: Path, word: string): string[] {
  const node = lookup(leaf)?.node;
  return node !== undefined && 'value' in node ? canonicalValues(node.value, word) : [word];
}

function dropEmptyBgp(draft: Draft): void {
  if (draft.has(['bgp']) && !draft.has(['bgp', 'neighbors'])) delete draft.data['bgp'];
}
