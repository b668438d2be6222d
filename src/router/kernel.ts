// Whether the kernel has what the configuration says, for what an apply touches: what must be read for it, and what that shows.
import { compareKernel } from '../model/kernel/compare.ts';
import type { Seen } from '../model/kernel/seen.ts';
import { partsOf, stillJudged, type Touches, touchesOf } from '../model/kernel/touches.ts';
import { tunnel } from '../objects/tunnel.ts';
import { configurationAfter } from '../plan/after.ts';
import type { HeldApply } from '../plan/types/facts.ts';
import type { Probe } from '../plan/types/outcome.ts';
import type { Plan } from '../plan/types/plan.ts';
import { scrub } from '../vyatta/scrub.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Asked, Reading } from './read.ts';

export interface KernelProof {
  /** What the second reading is asked for; nothing where the apply touches nothing of the kernel. */
  readonly asked: readonly Asked[];
  probes(reading: Reading): Probe[];
}

/** `before`: what was running when the plan was made. */
export function kernelProof({ commits }: Plan, before: Tree): KernelProof {
  const paths = commits.flatMap(commit => commit.run).map(({ path }) => path);
  return proofOf(touchesOf(paths, before, configurationAfter(before, commits)), before);
}

/** Of an apply that was proven before, by what it told of itself: what went with it, and left nothing, isn't looked for any more. */
export function kernelProofAgain({ tunnels, touched }: HeldApply, running: Tree): KernelProof {
  const paths = [...tunnels.map(name => tunnel.path(name)), ...stillJudged(touched, running)];
  return proofOf(touchesOf(paths, running, running), running);
}

function proofOf(touches: Touches, before: Tree): KernelProof {
  return {
    asked: partsOf(touches).map(part => `kernel-${part}` as const),
    probes({ running, kernel: text = {} }) {
      return told(compareKernel({ before, running, text, touches }));
    },
  };
}

/** What is there is counted; what isn't, or isn't known, is told by itself. */
function told(seen: readonly Seen[]): Probe[] {
  const there = seen.filter(({ is }) => is === 'there').length;
  return [
    ...(there === 0
      ? []
      : [{ name: `the kernel shows ${there} of ${seen.length} changed routes and rules`, ok: true }]),
    ...seen.filter(({ is }) => is !== 'there').map(probeOf),
  ];
}

function probeOf({ what, is, saw = '' }: Seen): Probe {
  const seen = scrub(saw);
  return is === 'wrong' ? { name: what, ok: false, saw: seen } : { name: what, ok: true, unknown: seen };
}
