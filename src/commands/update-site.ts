// `import --update`: the site file that is there, edited to what its router has.
import { Exit } from '../errors.ts';
import { isEmpty } from '../plan/types/plan.ts';
import { visible } from '../report/visible.ts';
import type { Io } from './io.ts';
import { readSite } from './live.ts';
import { readRouting, writeSite } from './site-file.ts';

interface Args {
  readonly file: string;
  readonly running: string | undefined;
  readonly 'accept-new-host-key': boolean | undefined;
}

/** The edit as a diff on stdout; 2 when the file still asks for something that the router hasn't. */
export async function updateSite(args: Args, io: Io): Promise<number> {
  const loaded = await readSite(args.file, io);
  const before = (await io.readFile(args.file, 1 << 20)).toString('utf8');
  const { at: _, legacyAlgorithms: __, ...access } = loaded.site.router;
  const { router } = await readRouting(args, access, io);
  const { updateSite: update } = await import('../import/update.ts');
  const { unifiedDiff } = await import('../report/diff.ts');
  const { text, plan, left } = update(before, loaded, router, args.file);
  io.stdout.write(unifiedDiff(before, text, io.stdout.paint, [args.file, args.file]));
  if (text !== before) await writeSite(args.file, text, io);
  if (!io.isQuiet) {
    for (const line of left) io.stderr.write(`the file can't follow the router here: ${visible(line)}\n`);
    const done = text === before ? 'nothing to update in' : 'updated';
    const rest = isEmpty(plan)
      ? 'its plan against the router is empty'
      : `${plan.summary.commands} commands stay to be applied: see edgewg plan`;
    io.stderr.write(`${done} ${visible(args.file)}; ${rest}\n`);
  }
  return isEmpty(plan) ? Exit.done : Exit.difference;
}
