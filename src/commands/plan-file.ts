// A saved plan and what binds it to one state of one router: host key, running configuration, edgewg's format.
import { Refused } from '../errors.ts';
import { deeds, movedLines, newCommits } from '../plan/compare.ts';
import { originOf } from '../plan/snapshot.ts';
import { isComparable, type Origin } from '../plan/types/origin.ts';
import type { Plan } from '../plan/types/plan.ts';
import { parseCommands, printCommands } from '../vyatta/commands.ts';
import { isMulti } from '../vyatta/nodes.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Io } from './io.ts';
import { type Live, readOr } from './live.ts';

/** A plan for a hundred tunnels on a large router has some 10 MB. */
const mostBytes = 64 * 1024 * 1024;

export interface PlanFile {
  readonly plan: Plan;
  /** The site file, as it was named. */
  readonly site?: string;
  /** `SHA256:…` of the router's host key. */
  readonly hostKey: string | undefined;
  /** The configuration that the plan was made for, without secrets, as commands. */
  readonly running: readonly string[];
  /** Undefined in a plan of an edgewg that didn't write it yet. */
  readonly origin?: Origin;
}

/** What binds a plan to the router that it was made on: written beside it, read by {@link readPlanFile}. */
export function bindings(live: Live): Readonly<Record<string, unknown>> {
  return {
    host_key: live.connection.hostKey.fingerprint,
    origin: originOf(live.reading.facts),
    running: runningLines(live.reading.running),
  };
}

/** A plan made just now, as if it had been saved. */
export function planFileOf(live: Live): PlanFile {
  return {
    plan: live.plan,
    hostKey: live.connection.hostKey.fingerprint,
    running: runningLines(live.reading.running),
    origin: originOf(live.reading.facts),
  };
}

export async function readPlanFile(path: string, io: Io): Promise<PlanFile> {
  const { parsePlan } = await import('../plan/saved.ts');
  const { originSchema } = await import('../plan/types/origin-schema.ts');
  const bytes = await readOr('edgewg plan --out FILE writes one', path, mostBytes, io);
  const text = bytes.toString('utf8');
  const plan = parsePlan(text, path);
  const { host_key: hostKey, site, running, origin } = JSON.parse(text) as Record<string, unknown>;
  const from = originSchema.safeParse(origin);
  return {
    plan,
    ...(typeof site === 'string' && { site }),
    hostKey: typeof hostKey === 'string' ? hostKey : undefined,
    running: Array.isArray(running) ? running.filter(line => typeof line === 'string') : [],
    ...(from.success && { origin: from.data }),
  };
}

/** The configuration that the plan was made for; nothing where it isn't in the file, or somebody wrote other lines there. */
export function runningOf({ running }: PlanFile): { readonly running?: Tree } {
  if (running.length === 0) return {};
  try {
    return { running: parseCommands(running.join('\n')) };
  } catch {
    return {};
  }
}

/** Throws what makes the saved plan another one than the router's own of now, or unfit for this router as it is now. */
export function refuseStale({ plan, hostKey, running, origin }: PlanFile, live: Live): void {
  if (plan.running_digest === null || hostKey === undefined)
    throw new Refused(
      'plan-not-live',
      'the saved plan was not made on a router, so it is unknown what it was made for',
      'make it with `edgewg plan --out FILE` against the router',
    );
  if (hostKey !== live.connection.hostKey.fingerprint)
    throw new Refused(
      'other-router',
      `the saved plan is for a router with host key ${hostKey}, this one has ${live.connection.hostKey.fingerprint}`,
      'apply it to the router that it was made for; for this one, plan anew',
    );
  if (!isComparable(plan.running_digest))
    throw new Refused(
      'other-digest',
      'the saved plan is of an edgewg that compared configurations in another way, so nothing tells whether the router is still as it was',
      'plan again, and have the new plan reviewed',
    );
  const now = originOf(live.reading.facts);
  const moved = [
    ...movedLines(running, runningLines(live.reading.running)),
    ...newCommits(origin, now).map(line => `committed ${line}`),
  ];
  if (plan.running_digest !== now.digest)
    throw new Refused(
      'stale',
      `the saved plan is stale; since it was made these lines moved on the router:\n${moved.join('\n')}`,
      'plan again, and have the new plan reviewed',
    );
  if (plan.diagnostics.some(({ code }) => code === 'EW017'))
    throw new Refused(
      'plan-without-keys',
      'the saved plan was made without the keys that the site file refers to, so nobody has seen which they are',
      'make it with `edgewg plan --run-commands --out FILE` where the keys are at hand',
    );
  if (deeds(plan) !== deeds(live.plan) || identities(plan) !== identities(live.plan))
    throw new Refused(
      'other-plan',
      'the saved plan is not what the site file asks for now',
      'give the site file of the plan with --file, or plan again',
    );
}

/** Lines of `set`, in one order. */
export function runningLines(running: Tree): string[] {
  return printCommands(running, isMulti).split('\n').slice(0, -1);
}

const identities = ({ keys }: Plan): string => keys.map(({ identity }) => identity ?? '').join();
