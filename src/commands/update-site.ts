// `import --update`: the site file that is there, edited to what its router has.
import { Exit } from '../errors.ts';
import { visible } from '../report/visible.ts';
import type { Io } from './io.ts';
import { readSite } from './live.ts';
import { isProven, proofOf } from './proven.ts';
import { readRouting, writeSite } from './site-file.ts';

interface Args {
  readonly file: string;
  readonly running: string | undefined;
  readonly 'accept-new-host-key': boolean | undefined;
}

/** The edit as a diff on stdout; 2 when the file still asks for something that the router hasn't, or its plan is refused. */
export async function updateSite(args: Args, io: Io): Promise<number> {
  const loaded = await readSite(args.file, io);
  const before = (await io.readFile(args.file, 1 << 20)).toString('utf8');
  const { at: _, legacyAlgorithms: __, ...access } = loaded.site.router;
  const { router } = await readRouting(args, access, io);
  const { updateSite: update } = await import('../import/update.ts');
  const { unifiedDiff } = await import('../report/diff.ts');
  const { checks } = await import('../checks/all.ts');
  const { text, left, ...seen } = update(before, loaded, router, args.file, checks);
  io.stdout.write(unifiedDiff(before, text, io.stdout.paint, [args.file, args.file]));
  if (text !== before) await writeSite(args.file, text, io);
  if (!io.isQuiet) {
    for (const line of left) io.stderr.write(`the file can't follow the router here: ${visible(line)}\n`);
    const done = text === before ? 'nothing to update in' : 'updated';
    io.stderr.write(`${done} ${visible(args.file)}; ${proofOf(seen)}\n`);
  }
  return isProven(seen) ? Exit.done : Exit.difference;
}
