// A saved plan and what binds it to one state of one router: host key, running configuration, edgewg's format.
import { Refused } from '../errors.ts';
import type { Operation, Plan } from '../plan/plan.ts';
import { parsePlan } from '../plan/saved.ts';
import { printCommands } from '../vyatta/commands.ts';
import type { Io } from './io.ts';
import type { Live } from './live.ts';

/** A plan for a hundred tunnels on a large router has some 10 MB. */
const mostBytes = 64 * 1024 * 1024;

export interface PlanFile {
  readonly plan: Plan;
  /** `SHA256:…` of the router's host key. */
  readonly hostKey: string | undefined;
  /** The configuration that the plan was made for, without secrets, as commands. */
  readonly running: readonly string[];
}

/** What binds a plan to the router that it was made on: written beside it, read by {@link readPlanFile}. */
export function bindings(live: Live): Readonly<Record<string, unknown>> {
  return { host_key: live.connection.hostKey.fingerprint, running: runningLines(live) };
}

export async function readPlanFile(path: string, io: Io): Promise<PlanFile> {
  const text = (await io.readFile(path, mostBytes)).toString('utf8');
  const plan = parsePlan(text, path);
  const { host_key: hostKey, running } = JSON.parse(text) as Record<string, unknown>;
  return {
    plan,
    hostKey: typeof hostKey === 'string' ? hostKey : undefined,
    running: Array.isArray(running) ? running.filter(line => typeof line === 'string') : [],
  };
}

/** Throws what makes the saved plan another one than the router's own of now, or unfit for this router as it is now. */
export function refuseStale({ plan, hostKey, running }: PlanFile, live: Live): void {
  if (plan.running_digest === null || hostKey === undefined)
    throw new Refused(
      'plan-not-live',
      'the saved plan was not made on a router, so nothing tells what it was made for',
      'make it with `edgewg plan --out FILE` against the router',
    );
  if (hostKey !== live.connection.hostKey.fingerprint)
    throw new Refused(
      'other-router',
      `the saved plan is for a router with host key ${hostKey}, this one has ${live.connection.hostKey.fingerprint}`,
    );
  if (plan.running_digest !== live.reading.facts.digest)
    throw new Refused(
      'stale',
      `the saved plan is stale; since it was made these lines moved on the router:\n${moved(running, runningLines(live))}`,
      'plan again, and have the new plan reviewed',
    );
  if (plan.diagnostics.some(({ code }) => code === 'EW017'))
    throw new Refused(
      'plan-without-keys',
      'the saved plan was made without the keys that the site file refers to, so nobody has seen which they are',
      'make it with `edgewg plan --run-commands --out FILE` where the keys are at hand',
    );
  if (deeds(plan) !== deeds(live.plan))
    throw new Refused(
      'other-plan',
      'the saved plan is not what the site file asks for now',
      'give the site file of the plan with --file, or plan again',
    );
}

/** All that a plan does, whatever the order of keys in its file. */
function deeds({ commits, keys }: Plan): string {
  const operations = (list: readonly Operation[]): unknown[] => list.map(({ op, path }) => [op, path]);
  return JSON.stringify([
    commits.map(({ run, undo }) => [operations(run), operations(undo)]),
    keys.map(({ tunnel, do: deed, path, from, identity }) => [tunnel, deed, path, from, identity]),
  ]);
}

function runningLines(live: Live): string[] {
  return printCommands(live.reading.running).split('\n').slice(0, -1);
}

function moved(before: readonly string[], now: readonly string[]): string {
  const then = new Set(before);
  const here = new Set(now);
  return [
    ...before.filter(line => !here.has(line)).map(line => `- ${line}`),
    ...now.filter(line => !then.has(line)).map(line => `+ ${line}`),
  ].join('\n');
}
