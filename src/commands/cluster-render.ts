// `cluster render`: the files of the other end, printed or written below a folder.
import type { RenderedFile } from '../cluster/file.ts';
import { type HostVariant, renderHosts } from '../cluster/render.ts';
import { type Gap, setupsOf } from '../cluster/setup.ts';
import { visible } from '../report/visible.ts';
import type { LoadedSite } from '../site/load.ts';
import { SiteProblems } from '../site/problem.ts';
import type { Io } from './io.ts';

interface RenderArgs {
  readonly variant: HostVariant;
  readonly out: string | undefined;
}

export async function renderCluster(loaded: LoadedSite, args: RenderArgs, io: Io): Promise<void> {
  const { setups, gaps } = setupsOf(loaded.site);
  refuse(loaded, gaps);
  await hand(renderHosts(setups, args.variant), args.out, io);
}

function refuse(loaded: LoadedSite, gaps: readonly Gap[]): void {
  if (gaps.length === 0) return;
  const problems = gaps.map(gap => loaded.problemAt(gap.at, gap, 'key'));
  throw new SiteProblems(loaded.place([]).file, problems);
}

async function hand(files: readonly RenderedFile[], out: string | undefined, io: Io): Promise<void> {
  if (out === undefined) {
    for (const { path, text } of files) io.stdout.write(`# file: ${path}\n${text}\n`);
    return;
  }
  for (const { path, text } of files) await io.writeBelow(out, path, text);
  if (!io.isQuiet) io.stderr.write(`wrote ${files.length} files below ${visible(out)}\n`);
}
