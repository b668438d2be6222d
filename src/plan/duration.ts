// About how long an apply takes: what each node costs the router's configuration system where that was measured, times how much slower
// this router read itself (docs/edgeos.md 'Commits'). A guess for a person who waits, never a limit.
import { cost, unitOf } from '../model/commit-cost.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Commit, Duration } from './types/plan.ts';

/** How long the recorded machine would take to read itself, and so much more for each line: an estimate, not a measurement. */
const readAtRest = 0.25;
const readOfLine = 0.00003;

/** What an apply of `commits` takes on a router that read its `lines` in `took` seconds. */
export function durationOf(
  commits: readonly Commit[],
  running: Tree,
  read: { readonly seconds: number; readonly lines: number },
): Duration {
  const units = new Map<string, number>();
  const unknown = new Set<string>();
  const operations = commits.flatMap(({ run }) => run);
  for (const operation of operations) {
    const found = unitOf(operation, running);
    if (found === undefined) unknown.add(operation.path.slice(0, 2).join(' '));
    else units.set(found.name, found.ms);
  }
  const nodes = [...units.values()].reduce((sum, ms) => sum + ms, 0);
  const ms =
    nodes +
    operations.length * cost.command +
    commits.length * cost.commit +
    (commits.length === 0 ? 0 : cost.save + cost.around);
  const slower = read.seconds / (readAtRest + read.lines * readOfLine);
  return { about_seconds: rounded((ms / 1000) * slower), unmeasured: [...unknown].sort() };
}

/** No finer than it is known: 7, 15, 40 seconds, whole minutes. */
function rounded(seconds: number): number {
  const step =
    [[10, 1] as const, [60, 5] as const, [600, 60] as const].find(([most]) => seconds <= most)?.[1] ?? 300;
  return Math.max(1, Math.round(seconds / step)) * step;
}
