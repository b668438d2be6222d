// What the commands that talk to a router share: its site file, the way in, and the plan for what it has now.
import { type EdgewgError, Refused } from '../errors.ts';
import type { Extent } from '../keys/references.ts';
import type { PlaceOf } from '../plan/types/check.ts';
import type { Plan } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { Reading } from '../router/read.ts';
import type { Secret } from '../secret.ts';
import type { LoadedSite, Site } from '../site/load.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import type { Io } from './io.ts';
import type { SiteKeys } from './references.ts';

export const siteOptions = {
  file: {
    alias: 'f',
    type: 'string',
    default: 'edgewg.yaml',
    describe: 'the site file',
    requiresArg: true,
  },
} as const;

export const accessOptions = {
  router: {
    type: 'string',
    describe: "another way to the router than the site file's: [USER@]HOST[:PORT], such as a lab's",
    requiresArg: true,
  },
  'accept-new-host-key': {
    type: 'boolean',
    describe: 'write down the key of a host that is not known yet; a changed one is still refused',
  },
} as const;

/** Where a command has no other formats than these. */
export const formatOptions = {
  format: {
    choices: ['text', 'json'],
    default: 'text',
    describe: 'text for people, json for programs',
    requiresArg: true,
  },
} as const;

const mostSiteBytes = 1024 * 1024;

/** What a file is called where something is said of it. */
export const calledName = (file: string): string => (file === '-' ? 'standard input' : file);

/** Rejects with every problem of the file at its place. */
export async function readSite(file: string, io: Io): Promise<LoadedSite> {
  const { loadSite } = await import('../site/load.ts');
  const bytes = await readSiteFile(file, io);
  try {
    return loadSite(bytes, calledName(file));
  } catch (error) {
    throw await withoutWordsOfOthers(error, file, io);
  }
}

/** A pull request may make the site file a link to anything that the job can read: of that nothing is quoted. */
async function withoutWordsOfOthers(error: unknown, file: string, io: Io): Promise<unknown> {
  const { SiteProblems } = await import('../site/problem.ts');
  if (!(error instanceof SiteProblems) || file === '-') return error;
  const target = await io.linkTarget(file);
  if (target === undefined) return error;
  return new Refused(
    'site-file',
    `${visible(file)} is a link to ${visible(target)}, and that is no site file without mistakes: nothing of it is shown`,
    `give the file itself: -f ${visible(target)}`,
  );
}

/** Who has no site file yet is told how to get one. */
export async function readSiteFile(file: string, io: Io): Promise<Buffer> {
  const hint = 'begin with edgewg init or edgewg import, or name the file with -f';
  return await readOr(hint, file, mostSiteBytes, io);
}

/** A file that edgewg itself could have written: where there is none, `hint` says how to get it. */
export async function readOr(hint: string, file: string, most: number, io: Io): Promise<Buffer> {
  return await io.readFile(file, most).catch((error: unknown) => {
    const { cause, code, message } = error as EdgewgError;
    if ((cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') throw error;
    throw new Refused(code, message, hint, cause);
  });
}

export interface AccessArgs {
  readonly router?: string | undefined;
  readonly 'accept-new-host-key'?: boolean | undefined;
}

/** Reads all that decides how to get in; contacts nobody yet. */
export async function openDialer(
  loaded: { readonly site: Pick<Site, 'router'> & Partial<Pick<Site, 'tunnels' | 'cluster'>> },
  args: AccessArgs,
  io: Io,
): Promise<Dialer> {
  const { parsePlace, resolveTarget, systemAccess } = await import('../ssh/connection.ts');
  const { secretVariables } = await import('../keys/references.ts');
  const { tunnels = [], cluster } = loaded.site;
  const access = systemAccess({
    env: io.env,
    withheld: secretVariables({ tunnels, ...(cluster && { cluster }) }),
    terminal: io.terminal,
    acceptNewHostKey: args['accept-new-host-key'] === true,
    signal: io.signal,
    hide: io.hide,
    notice: line => void (io.isQuiet || io.stderr.write(`${line}\n`)),
  });
  if (args.router === undefined) return await resolveTarget(loaded.site.router, access);
  const place = parsePlace(args.router);
  if (place === undefined)
    throw new Refused('usage', `--router ${args.router} names no host`, 'write [USER@]HOST[:PORT]');
  return await resolveTarget({ ...place, legacyAlgorithms: loaded.site.router.legacyAlgorithms }, access);
}

export interface Live {
  readonly dialer: Dialer;
  readonly connection: Connection;
  readonly reading: Reading;
  readonly plan: Plan;
  /** The keys that the site file refers to, by their file on the router. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** Variables that hold secrets of the site file: no command that it names gets them. */
  readonly withheld: readonly string[];
  /** The same plan for another reading of the router. */
  readonly replan: (reading: Reading) => Plan;
  /** The plan with the part of one tunnel in front. Rejects where it can't be told from the rest. */
  readonly inFront: (tunnel: string) => Promise<Plan>;
}

/** How a site file is planned, whatever the reading; its keys are resolved once. */
export async function planOf(
  loaded: LoadedSite,
  io: Io,
  extent: Extent,
): Promise<Pick<Live, 'secrets' | 'replan' | 'withheld'>> {
  const { readKeys } = await import('./references.ts');
  return plannerOf(loaded, await readKeys(loaded, io, extent));
}

async function plannerOf(
  loaded: LoadedSite,
  { secrets, identityOf }: SiteKeys,
): Promise<Pick<Live, 'secrets' | 'replan' | 'withheld'>> {
  const { makePlan } = await import('../plan/make.ts');
  const { checks } = await import('../checks/all.ts');
  const placeOf: PlaceOf = path => loaded.place(path);
  const replan = ({ running, facts }: Reading): Plan =>
    makePlan({ site: loaded.site, placeOf, running, facts, identityOf }, checks);
  const { secretVariables } = await import('../keys/references.ts');
  return { secrets, replan, withheld: secretVariables(loaded.site) };
}

/** Resolves the keys, logs in, reads and plans; the caller closes the connection. `commands`: how many it will run on it, the reading too. */
export async function planLive(
  loaded: LoadedSite,
  dialer: Dialer,
  io: Io,
  extent: Extent,
  commands = 1,
): Promise<Live> {
  const { readRouter } = await import('../router/read.ts');
  const { readKeys } = await import('./references.ts');
  const { keyFilesNamedBy } = await import('../keys/named.ts');
  const keys = await readKeys(loaded, io, extent);
  const connection = await dialer.dial(io.signal, commands);
  try {
    // while the router answers, the planner is loaded
    const [reading, planner] = await Promise.all([
      readRouter(connection, io.signal, [...keyFilesNamedBy(loaded.site), ...keys.secrets.keys()]),
      plannerOf(loaded, keys),
    ]);
    const plan = planner.replan(reading);
    const inFront = async (tunnel: string): Promise<Plan> => {
      const { withCanary } = await import('../plan/canary.ts');
      const { site } = loaded;
      return withCanary(plan, tunnel, {
        site,
        placeOf: path => loaded.place(path),
        running: reading.running,
      });
    };
    return { dialer, connection, reading, plan, inFront, ...planner };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
