// The first step of a rotation: the next key is there, and the site file names it; the interface goes on as before.
import { Exit, Refused } from '../errors.ts';
import type { KeyInUse } from '../keys/rotation.ts';
import type { KeySource, LoadedSite } from '../site/load.ts';
import type { Io } from './io.ts';
import { inUse, type Rotating } from './rotating.ts';

interface Preparing extends Rotating {
  readonly loaded: LoadedSite;
}

interface Next {
  readonly publicKey: string;
  /** Undefined for a reference: the apply makes its file. */
  readonly path?: string;
}

/** `to`: where the next key comes from, as `privateKey` of the site file says it. */
export async function prepare(
  preparing: Preparing,
  to: string | undefined,
  file: string,
  io: Io,
): Promise<number> {
  const { tunnel, reading } = preparing;
  const now = await inUse(tunnel, reading);
  const { privateKeyOf } = await import('../objects/tunnel.ts');
  const source = to === undefined ? undefined : await readSource(to);
  const next =
    source === undefined
      ? ((await prepared(preparing, privateKeyOf(tunnel), now, io)) ?? (await makeNext(preparing, file, io)))
      : await adopt(preparing, { source, text: to ?? '' }, now, file, io);
  const { renderPrepared } = await import('../report/rotation.ts');
  const { otherEnds } = await import('../keys/rotation.ts');
  const ends = otherEnds(tunnel, reading.running);
  io.stdout.write(renderPrepared({ tunnel: tunnel.name, now, next, ends }, io.stdout.paint));
  return Exit.done;
}

async function readSource(to: string): Promise<KeySource> {
  const { keySource, parseKeySource } = await import('../site/grammar/keys.ts');
  // never the text itself: somebody may have pasted a key
  const fault = keySource.check(to);
  if (fault !== undefined) throw new Refused('usage', `--to ${fault.message}`, fault.hint);
  return parseKeySource(to);
}

/** The key that the site file names already and that the interface doesn't have: the step was done before. */
async function prepared(
  { loaded, tunnel, reading }: Preparing,
  source: KeySource,
  now: KeyInUse,
  io: Io,
): Promise<Next | undefined> {
  if (source.kind === 'router') {
    const publicKey = reading.facts.keyFiles.get(source.path)?.publicKey;
    const isNext = source.path !== now.path && publicKey !== undefined && publicKey !== now.publicKey;
    return isNext ? { path: source.path, publicKey } : undefined;
  }
  const publicKey = await resolve(loaded, tunnel.name, source, io);
  if (publicKey !== now.publicKey) return { publicKey };
  throw new Refused(
    'same-key',
    `the reference of ${tunnel.name} yields the key that the interface has`,
    'put the next key where it points to, or say where the next one is: --to env:NAME, file:PATH, command:WORDS',
  );
}

/** The public half of what a reference yields. Rejects with its problem at the place of the tunnel's key. */
async function resolve(loaded: LoadedSite, name: string, source: KeySource, io: Io): Promise<string> {
  const { readKeys } = await import('./references.ts');
  const tunnels = loaded.site.tunnels
    .filter(tunnel => tunnel.name === name)
    .map(tunnel => ({ ...tunnel, privateKey: source, peers: [] }));
  const keys = await readKeys({ ...loaded, site: { ...loaded.site, tunnels } }, io, 'all');
  const identity = tunnels.map(tunnel => keys.identityOf([...tunnel.at, 'privateKey']))[0];
  if (identity === undefined) throw new TypeError('a reference was resolved to nothing');
  return identity.publicKey;
}

/** Made on the router, in a file that is named after it. */
async function makeNext({ tunnel, connection }: Preparing, file: string, io: Io): Promise<Next> {
  const edit = await siteEdit(file, tunnel.name, io);
  // whether the file can be edited shows before anything is made
  edit.check('/config/auth/edgewg-wg0-000000000000.key');
  const { makeKeys } = await import('../router/make-keys.ts');
  const { keyFileOf } = await import('../wireguard/key.ts');
  const [made] = await makeKeys(connection, [{ tunnel: tunnel.name }]);
  const publicKey = made?.publicKey ?? '';
  const path = keyFileOf(tunnel.name, publicKey);
  await edit.write(path);
  return { path, publicKey };
}

/** From where the person says. */
async function adopt(
  preparing: Preparing,
  { source, text }: { readonly source: KeySource; readonly text: string },
  now: KeyInUse,
  file: string,
  io: Io,
): Promise<Next> {
  const { loaded, tunnel, connection, reading } = preparing;
  const edit = await siteEdit(file, tunnel.name, io);
  edit.check(text);
  let publicKey: string;
  if (source.kind !== 'router') publicKey = await resolve(loaded, tunnel.name, source, io);
  else {
    const there = reading.facts.keyFiles.get(source.path);
    if (there !== undefined && there.publicKey === undefined)
      throw new Refused(
        'no-key-there',
        `${source.path} on the router holds no WireGuard key`,
        'name another',
      );
    const { makeKeys } = await import('../router/make-keys.ts');
    const [made] = await makeKeys(connection, [{ tunnel: tunnel.name, path: source.path }]);
    publicKey = made?.publicKey ?? '';
  }
  if (publicKey === now.publicKey)
    throw new Refused('same-key', `that is the key that ${tunnel.name} has`, 'say where the next one is');
  await edit.write(text);
  return source.kind === 'router' ? { path: source.path, publicKey } : { publicKey };
}

interface SiteEdit {
  /** Throws {@link Refused} where the value can't be written. */
  check(source: string): void;
  /** Rejects when somebody else changed the file meanwhile; says then what is to be written by hand. */
  write(source: string): Promise<void>;
}

async function siteEdit(file: string, name: string, io: Io): Promise<SiteEdit> {
  if (file === '-')
    throw new Refused('usage', "the site file is edited, so it can't be standard input", 'name the file');
  const { withText } = await import('../site/edit.ts');
  const { loadSite } = await import('../site/load.ts');
  const most = 1024 * 1024;
  const before = await io.readFile(file, most);
  const edited = (source: string): string => {
    const text = withText(before.toString('utf8'), ['tunnels', name, 'privateKey'], source);
    loadSite(text, file);
    return text;
  };
  return {
    check: source => void edited(source),
    async write(source) {
      try {
        if (!(await io.readFile(file, most)).equals(before))
          throw new Refused('file', `${file} was changed meanwhile`);
        await io.rewriteFile(file, edited(source));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const hint = `the key is ready; write it there by hand: tunnels.${name}.privateKey: ${source}`;
        throw new Refused(error.code, error.message, hint, error);
      }
    },
  };
}
