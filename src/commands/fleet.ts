// One command for several site files, each of a router of its own: some at once, a result for each, and one's failure hides no other's.
import { basename, join } from 'node:path';
import { EdgewgError, Refused } from '../errors.ts';
import { explainFailure } from '../report/failure.ts';
import { visible } from '../report/visible.ts';
import type { Command, FleetRules } from './command.ts';
import { block, fleetExit, json, notBegun, type Result, summary } from './fleet-results.ts';
import type { Io, Output } from './io.ts';

export const sitesPositional = {
  sites: {
    type: 'string',
    array: true,
    describe: 'site files, each of a router of its own',
    defaultDescription: 'that of --file',
  },
} as const;

export const fleetOptions = {
  jobs: {
    type: 'string',
    describe: 'of several site files, how many routers at once; default: 4, to apply 1',
    requiresArg: true,
  },
} as const;

export const fleetApplyOptions = {
  ...fleetOptions,
  canary: {
    type: 'string',
    describe:
      'what to begin with: of one site file a tunnel, which is committed and proven before the rest; of several files one, by its name',
    requiresArg: true,
  },
  'keep-going': { type: 'boolean', describe: 'of several site files, go on after a failure' },
} as const;

interface FleetArgs {
  readonly jobs: string | undefined;
  readonly canary?: string | undefined;
  readonly 'keep-going'?: boolean | undefined;
}

interface Fleet extends Pick<FleetRules, 'stopsOnFailure' | 'jobs'> {
  prepare?(file: string, io: Io): Promise<(io: Io) => Promise<number>>;
  /** Each result is one JSON document. */
  readonly isJson: boolean;
}

/** Runs `one` for every file; resolves to the exit code of them all. Rejects with Refused for wrong arguments alone. */
async function runFleet(
  files: readonly string[],
  args: FleetArgs,
  fleet: Fleet,
  io: Io,
  one: (file: string, io: Io) => Promise<number>,
): Promise<number> {
  const jobs = readJobs(args.jobs, fleet.jobs);
  const first = canaryOf(args.canary, files);
  const results = new Map<string, Result>();
  const prepared = fleet.prepare && (await prepareAll(files, args, fleet.prepare, io, results));
  const work = prepared ?? one;
  // a refusal stops all of them before the first is touched
  let isStopped = results.size > 0 && args['keep-going'] !== true;
  const run = async (file: string): Promise<void> => {
    const result = isStopped || io.signal.aborted ? notBegun(file) : await runOne(file, io, work);
    results.set(file, result);
    if (fleet.stopsOnFailure && args['keep-going'] !== true && result.exit !== 0) isStopped = true;
    if (!fleet.isJson) io.stdout.write(block(result, io));
  };
  if (first !== undefined && !results.has(first)) await run(first);
  const queue = files.filter(file => file !== first && !results.has(file));
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await run(file);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, worker));
  const all = files.flatMap(file => results.get(file) ?? []);
  io.stdout.write(fleet.isJson ? json(all) : summary(all, io));
  const left = io.signal.aborted ? exitOf(io.signal) : 0;
  return fleetExit(all.map(({ exit }) => exit ?? left));
}

/** Of a person's signal: what it left for another time isn't done. */
const exitOf = ({ reason }: AbortSignal): number => (reason instanceof EdgewgError ? reason.exit : 130);

/** All plans at once, since they change nothing; `failed` gets the result of each that came to none. */
async function prepareAll(
  files: readonly string[],
  args: FleetArgs,
  prepare: (file: string, io: Io) => Promise<(io: Io) => Promise<number>>,
  io: Io,
  failed: Map<string, Result>,
): Promise<(file: string, io: Io) => Promise<number>> {
  const ready = new Map<string, (io: Io) => Promise<number>>();
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const name = file;
      const result = io.signal.aborted
        ? notBegun(name)
        : await runOne(name, io, async (_, own) => {
            ready.set(name, await prepare(name, own));
            return 0;
          });
      if (result.exit !== 0) failed.set(name, result);
      io.stdout.write(block(result, io));
    }
  };
  await Promise.all(Array.from({ length: readJobs(args.jobs, plannedAtOnce) }, worker));
  return async (file, own) => (await ready.get(file)?.(own)) ?? 0;
}

const plannedAtOnce = 4;

function readJobs(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d?$/.test(text))
    throw new Refused(
      'usage',
      `--jobs takes a number from 1 to 99, not ${visible(text)}`,
      'such as --jobs 4',
    );
  return Number(text);
}

const nameOf = (file: string): string => basename(file).replace(/\.(ya?ml|json)$/, '');

function canaryOf(name: string | undefined, files: readonly string[]): string | undefined {
  if (name === undefined) return undefined;
  const found = files.filter(file => file === name || basename(file) === name || nameOf(file) === name);
  if (found.length === 1) return found[0];
  const what = found.length === 0 ? 'none' : 'more than one';
  throw new Refused(
    'usage',
    `--canary ${visible(name)} names ${what} of the site files`,
    `it is one of ${files.map(nameOf).join(', ')}`,
  );
}

/** With an Io of its own: what it prints is its result, what it tells goes out at once under its name, and it asks nobody. */
async function runOne(file: string, io: Io, one: (file: string, io: Io) => Promise<number>): Promise<Result> {
  const out: string[] = [];
  const { ask: _, ...rest } = io;
  const stderr = prefixed(io.stderr, `${nameOf(file)}: `);
  const own: Io = {
    ...rest,
    stdout: { ...io.stdout, isTerminal: false, write: text => out.push(text) },
    stderr: stderr.output,
    terminal: {
      input: Object.create(io.terminal.input, { isTTY: { value: false } }),
      output: io.terminal.output,
    },
  };
  try {
    return { file, exit: await one(file, own), stdout: out.join(''), error: '' };
  } catch (error) {
    const failure = await explainFailure(error, io.isVerbose, io.stdout.paint, io.stdout.wrapAt);
    return { file, exit: failure.exit, stdout: out.join(''), error: failure.text };
  } finally {
    stderr.end();
  }
}

/** Whole lines only, since others write at the same time. */
function prefixed(stream: Output, prefix: string): { output: Output; end(): void } {
  let rest = '';
  const write = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) stream.write(line === '' ? '\n' : `${prefix}${line}\n`);
  };
  return {
    output: { ...stream, isTerminal: false, write },
    end: () => {
      if (rest !== '') write('\n');
    },
  };
}

type Args = Readonly<Record<string, unknown>>;

/** Runs a command: for the site files that stand on its line by themselves, else for the one of --file. */
export async function runCommand(command: Command, args: Args, io: Io): Promise<number> {
  const run = (more: Args, own: Io): Promise<number> => command.run({ ...args, ...more } as never, own);
  const { fleet } = command;
  const positional = Object.keys(command.positionals)[0] ?? '';
  const given = args[positional];
  if (fleet === undefined || !Array.isArray(given)) return await run({}, io);
  const words = given.map(String);
  const sites = words.filter(word => fleet.sites?.test(word) !== false);
  if (sites.length === 0) return await run({}, io);
  if (sites.length < words.length)
    throw new Refused(
      'usage',
      `${words
        .filter(word => !sites.includes(word))
        .map(visible)
        .join(', ')} has no place beside site files`,
      'give site files alone',
    );
  const plans = fleet.prepare === undefined ? [] : await plansAmong(words, io);
  if (plans.length > 0 && plans.length < words.length)
    throw new Refused('usage', 'a saved plan stands by itself', 'give plans or site files, not both');
  const files = plans.length > 0 ? plans : words;
  const isPlan = plans.length > 0;
  if (files.length === 0 || (isPlan && files.length === 1 && words[0] === files[0])) return await run({}, io);
  // a saved plan names its site file
  const single = (file: string): Args =>
    isPlan
      ? { [positional]: [file], file: undefined }
      : { [positional]: undefined, file, ...outOf(file, args['out'], fleet.writes, files.length) };
  if (files.length === 1) return await run(single(files[0] ?? ''), io);
  refuseForOne(command, args, files);
  const isJson = args['format'] === 'json' || args['json'] === true;
  const chosen = {
    jobs: args['jobs'],
    canary: args['canary'],
    'keep-going': args['keep-going'],
  } as FleetArgs;
  const { prepare } = fleet;
  const ready = prepare && {
    prepare: (file: string, own: Io) => prepare({ ...args, ...single(file) } as never, own),
  };
  return await runFleet(files, chosen, { ...fleet, ...ready, isJson } as Fleet, io, (file, own) =>
    run(single(file), writingBelow(own, args['out'])),
  );
}

/** Saved plans, or those of a folder that `plan --out` filled. */
async function plansAmong(words: readonly string[], io: Io): Promise<string[]> {
  const plans = words.filter(word => word.endsWith('.json'));
  const [folder] = words;
  if (words.length !== 1 || folder === undefined || /\.(json|ya?ml)$/.test(folder) || folder === '-')
    return plans;
  const names = (await io.listFolder(folder)).filter(name => name.endsWith('.json')).sort();
  if (names.length > 0) return names.map(name => join(folder, name));
  return plans;
}

function outOf(file: string, out: unknown, ending: string | undefined, count: number): Args {
  return ending === undefined || count < 2 || typeof out !== 'string'
    ? {}
    : { out: join(out, `${nameOf(file)}${ending}`) };
}

/** The folder of --out is made where it isn't there. */
function writingBelow(io: Io, out: unknown): Io {
  if (typeof out !== 'string') return io;
  return {
    ...io,
    writeFile: (path, text) => io.writeBelow(out, basename(path), text.toString(), 0o600),
  };
}

function refuseForOne({ fleet }: Command, args: Args, files: readonly string[]): void {
  const twice = files.find((name, i) => files.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Refused('usage', `${visible(twice)} is given more than once`, 'give it once');
  for (const name of fleet?.onlyAlone ?? [])
    if (args[name] !== undefined)
      throw new Refused(
        'usage',
        `--${name} has no place with several site files`,
        'run edgewg once for that router',
      );
  if (fleet?.needsOut === true && args['out'] === undefined)
    throw new Refused(
      'usage',
      'several site files need --out: behind each other on standard output nobody can tell one from the next',
      'give --out FOLDER, or run edgewg once for each',
    );
  if (args['format'] === 'sarif')
    throw new Refused('usage', 'a SARIF log is of one site file', 'run edgewg once for each');
  const names = files.map(nameOf);
  const same = names.find((name, i) => names.indexOf(name) !== i);
  if (fleet?.writes !== undefined && args['out'] !== undefined && same !== undefined)
    throw new Refused(
      'usage',
      `two site files are called ${visible(same)}`,
      'write them to different folders',
    );
}
