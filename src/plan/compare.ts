// Two plans for one router, made at different times or of different knowledge: do they do the same, and if not, why? What was
// reviewed against a snapshot is compared with what the router needs now.
import { printCommand } from '../vyatta/words.ts';
import type { Origin } from './types/origin.ts';
import type { KeyStep, Operation, Plan } from './types/plan.ts';

/** A plan, with the configuration that it was made for as lines of `set`, without secrets. */
export interface PlanAndRunning {
  readonly plan: Plan;
  readonly running: readonly string[];
  readonly origin?: Origin;
}

export interface Comparison {
  /** Both do the same in the same order, with the same keys as far as both know them. */
  readonly isSame: boolean;
  /** What the reviewed plan was made for. */
  readonly origin?: Origin;
  /** What is different on the router: `- set …`, `+ set …`. */
  readonly moved: readonly string[];
  /** Commits that the router reports and the reviewed plan didn't know, the newest first. */
  readonly commits: readonly string[];
  /** Commands, and deeds on key files, of the one alone. */
  readonly onlyReviewed: readonly string[];
  readonly onlyNow: readonly string[];
}

export function compare(reviewed: PlanAndRunning, now: PlanAndRunning): Comparison {
  const [then, here] = [deedLines(reviewed.plan), deedLines(now.plan)];
  return {
    isSame: deeds(reviewed.plan) === deeds(now.plan) && sameKeys(reviewed.plan.keys, now.plan.keys),
    ...(reviewed.origin && { origin: reviewed.origin }),
    moved: movedLines(reviewed.running, now.running),
    commits: newCommits(reviewed.origin, now.origin),
    onlyReviewed: then.filter(line => !here.includes(line)),
    onlyNow: here.filter(line => !then.includes(line)),
  };
}

/** All that a plan does on the router, whatever the order of keys in its file; without the identity of keys. */
export function deeds({ commits, keys, helpers = [] }: Plan): string {
  const operations = (list: readonly Operation[]): unknown[] => list.map(({ op, path }) => [op, path]);
  return JSON.stringify([
    commits.map(({ run, undo }) => [operations(run), operations(undo)]),
    keys.map(({ tunnel, do: deed, path, from }) => [tunnel, deed, path, from]),
    helpers.map(({ do: deed, path }) => [deed, path]),
  ]);
}

/** A plan that was made where a key wasn't at hand says nothing of it. */
function sameKeys(a: readonly KeyStep[], b: readonly KeyStep[]): boolean {
  return a.every((step, i) => {
    const other = b[i]?.identity;
    return step.identity === undefined || other === undefined || step.identity === other;
  });
}

function deedLines({ commits, keys, helpers = [] }: Plan): string[] {
  return [
    ...keys.map(({ do: deed, tunnel, path, identity }) =>
      [`# ${deed} ${path} for ${tunnel}`, ...(identity === undefined ? [] : [`with ${identity}`])].join(' '),
    ),
    ...helpers.map(({ do: deed, path }) => `# ${deed} ${path}`),
    ...commits
      .flatMap(({ run }) => run)
      .map(({ op, path }) => printCommand(op === 'set' ? 'set' : 'delete', path)),
  ];
}

/** Lines of the one configuration alone, then of the other. */
export function movedLines(before: readonly string[], now: readonly string[]): string[] {
  const [then, here] = [new Set(before), new Set(now)];
  return [
    ...before.filter(line => !here.has(line)).map(line => `- ${line}`),
    ...now.filter(line => !then.has(line)).map(line => `+ ${line}`),
  ];
}

/** Empty where one of them doesn't tell of commits. */
export function newCommits(before: Origin | undefined, now: Origin | undefined): string[] {
  const known = before?.commits;
  return known === undefined ? [] : (now?.commits ?? []).filter(line => !known.includes(line));
}
