// What `confirm`, `extend` and `undo` share: the router, by a site file or by its name alone, and the apply that waits there.
import { visible } from '../report/visible.ts';
import type { Deciding } from '../router/deciding.ts';
import type { LoadedSite } from '../site/load.ts';
import type { Connection, Dialer } from '../ssh/connection.ts';
import type { Io } from './io.ts';
import {
  type AccessArgs,
  accessOptions,
  formatOptions,
  openDialer,
  planOf,
  readSite,
  siteOptions,
} from './live.ts';

export const decidingOptions = {
  ...siteOptions,
  ...accessOptions,
  ...formatOptions,
} as const;

export const heldPositional = {
  id: {
    type: 'string',
    describe: 'which apply: what `apply --hold` and `status` print, or its beginning',
  },
} as const;

interface DecidingArgs extends AccessArgs {
  readonly file: string;
  readonly id: string | undefined;
  readonly format: 'text' | 'json';
}

/** Finds the apply and lets `decide` do its work on it; the connection is closed afterwards. */
export async function onHeld<T>(
  args: DecidingArgs,
  io: Io,
  decide: (input: Deciding, router: string, loaded: LoadedSite | undefined) => Promise<T>,
): Promise<T> {
  const { dialer, loaded } = await wayIn(args, io);
  const { readRouter } = await import('../router/read.ts');
  const { findHeld } = await import('../router/held.ts');
  const { startProgress } = await import('../report/progress.ts');
  // one that stays open would keep the program from ending
  const opened: Connection[] = [];
  const dial = async (signal?: AbortSignal): Promise<Connection> => {
    // to look, and to give the word
    const one = await dialer.dial(signal, 2);
    opened.push(one);
    return one;
  };
  const connection = await dial(io.signal);
  const progress = startProgress(io.isQuiet ? { ...io.stderr, write: () => undefined } : io.stderr, io.now);
  try {
    const reading = await readRouter(connection, io.signal);
    const held = findHeld(reading.facts, args.id, visible(dialer.name));
    const replan = loaded && (await planOf(loaded, io, 'at-hand')).replan;
    const { who, now, signal } = io;
    const onEvent: Deciding['onEvent'] = event => progress.event(event);
    return await decide(
      { dialer: { ...dialer, dial }, connection, reading, held, replan, who, now, onEvent, signal },
      dialer.name,
      loaded,
    );
  } finally {
    progress.end();
    await Promise.all(opened.map(one => one.close()));
  }
}

/** Who has no site file at hand names the router. */
async function wayIn(
  args: DecidingArgs,
  io: Io,
): Promise<{ dialer: Dialer; loaded: LoadedSite | undefined }> {
  const { parseRouter, readIfThere } = await import('./site-file.ts');
  if (args.router !== undefined && args.file === siteOptions.file.default) {
    const access = parseRouter(args.router);
    if ((await readIfThere(args.file, io)) === undefined) {
      const at = { site: { router: { at: ['router'], legacyAlgorithms: [], ...access } } };
      return { dialer: await openDialer(at, args, io), loaded: undefined };
    }
  }
  const loaded = await readSite(args.file, io);
  return { dialer: await openDialer(loaded, args, io), loaded };
}

/** One JSON document, or a sentence. */
export function tellDecided(
  io: Io,
  format: 'text' | 'json',
  data: {
    readonly id: string;
    readonly router: string;
    readonly result: string;
    readonly until?: string;
    readonly seconds?: number;
  },
  text: string,
): void {
  io.stdout.write(
    format === 'json' ? `${JSON.stringify({ format_version: '1.0', ...data }, null, 2)}\n` : text,
  );
}
