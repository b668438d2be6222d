// `cluster render`: the files of the other end, printed or written below a folder; secrets only into a folder that is named.
import { join } from 'node:path';
import type { RenderedFile } from '../cluster/file.ts';
import { type FolderFile, listName, parseList, printList, type Settled, settle } from '../cluster/folder.ts';
import { render, type Variant } from '../cluster/render.ts';
import { type Gap, gapsOfVariant, type NodeSetup, setupsOf } from '../cluster/setup.ts';
import { Refused } from '../errors.ts';
import { plural } from '../plural.ts';
import { visible } from '../report/visible.ts';
import type { LoadedSite } from '../site/load.ts';
import { SiteProblems } from '../site/problem.ts';
import type { Io } from './io.ts';
import { readIfThere } from './site-file.ts';

interface RenderArgs {
  readonly variant: Variant;
  readonly out: string | undefined;
  readonly 'with-secrets': string | undefined;
}

export async function renderCluster(loaded: LoadedSite, args: RenderArgs, io: Io): Promise<void> {
  const { setups, gaps } = setupsOf(loaded.site);
  refuse(loaded, [...gaps, ...gapsOfVariant(setups, args.variant)]);
  const { out, 'with-secrets': inside } = args;
  const secrets = inside === undefined ? [] : await secretsFor(loaded, setups, args.variant, io);
  const plain = render(setups, args.variant).map(file => ({ ...file, mode: 0o644 as const }));
  const secret = secrets.map(file => ({ ...file, mode: 0o600 as const }));
  const isOne = out !== undefined && inside !== undefined && join(out) === join(inside);
  // in one folder a file with a password stands for the one without
  const open = isOne ? plain.filter(({ path }) => !secret.some(one => one.path === path)) : plain;
  const folders = [
    ...(out === undefined ? [] : [await look(out, isOne ? [...open, ...secret] : open, isOne, io)]),
    ...(inside === undefined || isOne ? [] : [await look(inside, secret, true, io)]),
  ];
  if (out === undefined) print(plain, args.variant, io);
  for (const folder of folders) await write(folder, io);
  if (inside !== undefined && !io.isQuiet)
    io.stderr.write(
      `wrote ${plural(secret.length, 'file')} with secrets below ${visible(inside)}: keep ${secret.length === 1 ? 'it' : 'them'} out of git\n`,
    );
}

interface Folder extends Settled {
  readonly path: string;
  readonly files: readonly FolderFile[];
  /** Secrets of an earlier run, which this one doesn't know. */
  readonly kept: readonly string[];
}

/** What is to be done in a folder, before anything is: files of others there are refused. */
async function look(
  path: string,
  rendered: readonly FolderFile[],
  hasSecrets: boolean,
  io: Io,
): Promise<Folder> {
  const list = (await readIfThere(join(path, listName), io))?.toString('utf8') ?? '';
  const before = parseList(list);
  const kept = hasSecrets ? [] : [...before].flatMap(([name, sum]) => (sum === '-' ? [name] : []));
  for (const name of kept) before.delete(name);
  const files = rendered.filter(file => !kept.includes(file.path));
  const there = new Map<string, string>();
  for (const name of new Set([...files.map(file => file.path), ...before.keys()])) {
    const bytes = await readIfThere(join(path, name), io);
    if (bytes !== undefined) there.set(name, bytes.toString('utf8'));
  }
  const settled = settle(files, before, there);
  const [first] = settled.taken;
  if (first !== undefined)
    throw new Refused(
      'file-exists',
      `${visible(join(path, first))} ${before.has(first) ? 'was changed since edgewg wrote it' : "is not edgewg's"}, and is not written over`,
      'move it away, or take another folder',
    );
  return { path, files, kept, ...settled };
}

async function write({ path, files, kept, ...settled }: Folder, io: Io): Promise<void> {
  for (const file of settled.write) await io.writeBelow(path, file.path, file.text, file.mode);
  for (const name of settled.remove) await io.removeBelow(path, name);
  await io.writeBelow(path, listName, printList(files, kept));
  if (io.isQuiet) return;
  const open = files.filter(({ mode }) => mode === 0o644);
  if (open.length > 0) io.stderr.write(`wrote ${plural(open.length, 'file')} below ${visible(path)}\n`);
  for (const name of settled.remove)
    io.stderr.write(`removed ${visible(join(path, name))}, which is rendered no more\n`);
  for (const name of kept)
    io.stderr.write(`left ${visible(join(path, name))}: it has a secret, --with-secrets writes it anew\n`);
  for (const name of settled.left)
    io.stderr.write(`left ${visible(join(path, name))}: it is rendered no more, but somebody changed it\n`);
}

function refuse(loaded: LoadedSite, gaps: readonly Gap[]): void {
  if (gaps.length === 0) return;
  const problems = gaps.map(gap => loaded.problemAt(gap.at, gap, 'key'));
  throw new SiteProblems(loaded.place([]).file, problems);
}

/** Files of hosts each behind its name, and objects as one stream for `kubectl apply -f -`. */
function print(files: readonly RenderedFile[], variant: Variant, io: Io): void {
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
