// `cluster render`: the files of the other end, printed or written below a folder; secrets only into a folder that is named.
import type { RenderedFile } from '../cluster/file.ts';
import { render, type Variant } from '../cluster/render.ts';
import { type Gap, gapsOfVariant, type NodeSetup, setupsOf } from '../cluster/setup.ts';
import { visible } from '../report/visible.ts';
import type { LoadedSite } from '../site/load.ts';
import { SiteProblems } from '../site/problem.ts';
import type { Io } from './io.ts';

interface RenderArgs {
  readonly variant: Variant;
  readonly out: string | undefined;
  readonly 'with-secrets': string | undefined;
}

export async function renderCluster(loaded: LoadedSite, args: RenderArgs, io: Io): Promise<void> {
  const { setups, gaps } = setupsOf(loaded.site);
  refuse(loaded, [...gaps, ...gapsOfVariant(setups, args.variant)]);
  const secrets = args['with-secrets'];
  const files = secrets === undefined ? [] : await secretsFor(loaded, setups, args.variant, io);
  await hand(render(setups, args.variant), args, io);
  if (secrets === undefined) return;
  for (const { path, text } of files) await io.writeBelow(secrets, path, text, 0o600);
  if (!io.isQuiet)
    io.stderr.write(
      `wrote ${files.length} files with secrets below ${visible(secrets)}: keep them out of git\n`,
    );
}

function refuse(loaded: LoadedSite, gaps: readonly Gap[]): void {
  if (gaps.length === 0) return;
  const problems = gaps.map(gap => loaded.problemAt(gap.at, gap, 'key'));
  throw new SiteProblems(loaded.place([]).file, problems);
}

/** Where nothing else is said, files of hosts each behind its name, and objects as one stream for `kubectl apply -f -`. */
async function hand(files: readonly RenderedFile[], args: RenderArgs, io: Io): Promise<void> {
  const { out, variant } = args;
  if (out !== undefined) {
    for (const { path, text } of files) await io.writeBelow(out, path, text);
    if (!io.isQuiet) io.stderr.write(`wrote ${files.length} files below ${visible(out)}\n`);
    return;
  }
  if (variant !== 'kubernetes') {
    for (const { path, text } of files) io.stdout.write(`# file: ${path}\n${text}\n`);
    return;
  }
  const order = ['namespace', 'nodes', 'daemonset', 'bgp'].map(name => `/${name}.yaml`);
  const objects = order.flatMap(end => files.filter(({ path }) => path.endsWith(end)));
  io.stdout.write(objects.map(({ text }) => text).join('---\n'));
}

/** Every reference of the nodes, or all that yield nothing. A key that isn't the node's is refused, too. */
async function secretsFor(
  loaded: LoadedSite,
  setups: readonly NodeSetup[],
  variant: Variant,
  io: Io,
): Promise<RenderedFile[]> {
  const { secretFiles } = await import('../cluster/secrets.ts');
  const { resolveOne } = await import('../keys/references.ts');
  const { outside } = await import('./references.ts');
  const { Secret } = await import('../secret.ts');
  const { publicKeyOf } = await import('../wireguard/key.ts');
  const world = await outside(loaded, io);
  const gaps: Gap[] = [];
  type Source = Parameters<typeof resolveOne>[0];
  const get = async (source: Source | undefined, at: Gap['at'], is: 'key' | 'text') => {
    if (source === undefined) return undefined;
    const found = await resolveOne(source, world, is);
    if (found instanceof Secret) {
      io.hide(found);
      return found;
    }
    gaps.push({ ...found, at });
    return undefined;
  };
  const nodes = [];
  for (const setup of setups) {
    const { node, presharedKey } = setup;
    const key = await get(
      node.key.kind === 'made-on-node' ? undefined : node.key,
      [...node.at, 'key'],
      'key',
    );
    if (key !== undefined && node.publicKey !== undefined && publicKeyOf(key) !== node.publicKey)
      gaps.push({
        at: [...node.at, 'key'],
        code: 'other-key',
        message: `this yields a key whose public half is ${publicKeyOf(key)}, not ${node.name}'s`,
        hint: 'correct the reference, or publicKey of the node and of its peer',
      });
    const source = presharedKey?.source.kind === 'router' ? undefined : presharedKey?.source;
    const shared = await get(source, presharedKey?.at ?? node.at, 'key');
    nodes.push({ setup, key, presharedKey: shared });
  }
  const bgp = loaded.site.cluster?.bgp;
  const password = await get(bgp?.password, [...(bgp?.at ?? []), 'password'], 'text');
  refuse(loaded, gaps);
  return secretFiles(nodes, password, variant);
}
