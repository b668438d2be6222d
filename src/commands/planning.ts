// The plan for a site file, against the router that it names or against a saved configuration.
import type { Origin } from '../plan/types/origin.ts';
import type { Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Io } from './io.ts';
import { type AccessArgs, calledName, openDialer, planLive } from './live.ts';

export interface Made {
  readonly plan: Plan;
  /** Without secrets. */
  readonly running: Tree;
  /** Lines of `ip route show`, where a router was asked. */
  readonly live?: readonly string[];
  readonly origin: Origin;
  /** What a saved plan needs to be applied; a plan for a file can only be shown, and compared. */
  readonly bindings: () => Readonly<Record<string, unknown>>;
}

export interface PlanningArgs extends AccessArgs {
  /** A file in place of a router. */
  readonly running?: string | undefined;
  readonly 'run-commands'?: boolean | undefined;
}

/** A plan against a file contacts nobody and runs nothing. */
export function planFor(loaded: LoadedSite, args: PlanningArgs, io: Io): Promise<Made> {
  return args.running === undefined ? fromRouter(loaded, args, io) : fromFile(loaded, args.running, io);
}

/** A site file may be a stranger's: its programs run only where somebody says so. */
async function fromRouter(loaded: LoadedSite, args: PlanningArgs, io: Io): Promise<Made> {
  const { bindings } = await import('./plan-file.ts');
  const { originOf } = await import('../plan/snapshot.ts');
  const dialer = await openDialer(loaded, args, io);
  const live = await planLive(loaded, dialer, io, args['run-commands'] === true ? 'all' : 'at-hand');
  void live.connection.close();
  return {
    plan: live.plan,
    running: live.reading.running,
    live: live.reading.facts.routes,
    origin: originOf(live.reading.facts),
    bindings: () => bindings(live),
  };
}

async function fromFile(loaded: LoadedSite, file: string, io: Io): Promise<Made> {
  const { makePlan } = await import('../plan/make.ts');
  const { checks } = await import('../checks/all.ts');
  const { runningLines } = await import('./plan-file.ts');
  const name = calledName(file);
  const { running, version, origin } = await readSaved(file, name, io);
  if (!running.children.has('interfaces') && !io.isQuiet)
    io.stderr.write(
      `note: ${visible(name)} has no interfaces: of a part of a configuration the rest counts as not there\n`,
    );
  const plan = makePlan({ site: loaded.site, placeOf: path => loaded.place(path), running, version }, checks);
  return { plan, running, origin, bindings: () => ({ origin, running: runningLines(running) }) };
}

/** Of the comments that a snapshot begins with. */
const headBytes = 64 * 1024;

/** What a saved configuration says; of its text, which may have megabytes, nothing stays while it is planned. */
async function readSaved(
  file: string,
  name: string,
  io: Io,
): Promise<{ running: Tree; version: string | undefined; origin: Origin }> {
  const { parseConfiguration } = await import('../vyatta/running.ts');
  const { redact } = await import('../vyatta/redact.ts');
  const { text, ...head } = await readText(file, name, io);
  return { running: redact(parseConfiguration(text, name)), ...head };
}

/** Apart, so that the bytes of the file are gone while its text is read. */
async function readText(
  file: string,
  name: string,
  io: Io,
): Promise<{ text: string; version: string | undefined; origin: Origin }> {
  const { decodeConfiguration, mostBytes } = await import('../vyatta/running.ts');
  const { releaseLine } = await import('../vyatta/firmware.ts');
  const { readOrigin } = await import('../plan/snapshot.ts');
  const bytes = await io.readFile(file, mostBytes);
  // of the bytes and not of the text, all of which a part of it would keep
  const release = Math.max(0, bytes.lastIndexOf('\n/* Release version: '));
  const version = releaseLine(bytes.toString('utf8', release, release + 200));
  const origin = readOrigin(bytes.toString('utf8', 0, headBytes));
  return { text: decodeConfiguration(bytes, name), version, origin };
}
