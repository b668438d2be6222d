// Keys that the site file names by where they come from: a variable, a file, what a program prints. Resolved where edgewg
// runs, by commands that contact a router; what comes out is a Secret and its public half. No message repeats what was found.
import { Refused } from '../errors.ts';
import type { Ran } from '../run-program.ts';
import { Secret } from '../secret.ts';
import { isFault, splitWords } from '../site/grammar/command-words.ts';
import type { KeySource, Site, SitePath } from '../site/site.ts';
import { fingerprintOf, isKey, type KeyIdentity, keyFileOf, publicKeyOf } from '../wireguard/key.ts';

export interface KnownKey extends KeyIdentity {
  readonly secret: Secret;
}

/** The world, as far as a reference may look into it. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative to the site file; undefined when there is none. Rejects with {@link Refused} when it can't be read. */
  readFile(path: string): Promise<Buffer | undefined>;
  /** Runs a program without a shell, its stdin closed, in the site file's folder. */
  run(words: readonly string[]): Promise<Ran>;
  /** The end of what a program complained, on one line and without secrets. */
  lastWords(stderr: string): string;
}

/** Where a reference stands, and why it yields no key. */
export interface ReferenceFault {
  readonly at: SitePath;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * `all`: every reference must yield its key. `at-hand`: what needs no program to run and is there; the rest stays unknown,
 * since a plan needs no secret but access, and a stranger's site file runs nothing.
 */
export type Extent = 'all' | 'at-hand';

export interface References {
  /** The key of the reference that stands at a path of the site file. */
  readonly keys: ReadonlyMap<string, KnownKey>;
  readonly faults: readonly ReferenceFault[];
}

interface Use {
  readonly at: SitePath;
  readonly source: Exclude<KeySource, { kind: 'router' }>;
  readonly kind: 'private' | 'preshared';
  readonly tunnel: string;
}

/** The name of a place in {@link References.keys}. */
export const placeName = (at: SitePath): string => at.join('\0');

/** The variables that a site file names: what they hold is for edgewg alone. */
export function secretVariables({ tunnels, cluster }: Pick<Site, 'tunnels' | 'cluster'>): string[] {
  const sources = [
    ...referencesOf({ tunnels }).map(({ source }) => source),
    ...(cluster?.nodes ?? []).map(({ key }) => key),
    cluster?.bgp?.password,
  ];
  return sources.flatMap(source => (source?.kind === 'env' ? [source.name] : []));
}

/** Every reference of a site file, in its order. */
export function referencesOf(site: Pick<Site, 'tunnels'>): Use[] {
  return site.tunnels.flatMap(tunnel => [
    ...use([...tunnel.at, 'privateKey'], tunnel.privateKey, 'private', tunnel.name),
    ...tunnel.peers.flatMap(peer =>
      use([...peer.at, 'presharedKey'], peer.presharedKey, 'preshared', tunnel.name),
    ),
  ]);
}

function use(at: SitePath, source: KeySource | undefined, kind: Use['kind'], tunnel: string): Use[] {
  return source === undefined || source.kind === 'router' ? [] : [{ at, source, kind, tunnel }];
}

/** One after the other, for a program may ask a person; the same reference is resolved once. */
export async function resolveReferences(site: Site, outside: Outside, extent: Extent): Promise<References> {
  const keys = new Map<string, KnownKey>();
  const faults: ReferenceFault[] = [];
  const before = new Map<string, Promise<Found>>();
  for (const { at, source, kind, tunnel } of referencesOf(site)) {
    if (extent === 'at-hand' && source.kind === 'command') continue;
    const name = nameOf(source);
    const finding = before.get(name) ?? find(source, outside);
    before.set(name, finding);
    const found = await finding;
    const fault = found.secret === undefined ? found : faultOf(found.secret, name);
    if (fault === undefined && found.secret !== undefined)
      keys.set(placeName(at), identify(found.secret, kind, tunnel));
    else if (fault !== undefined && !(extent === 'at-hand' && fault.code === 'reference-missing'))
      faults.push({ at, code: fault.code, message: fault.message, hint: fault.hint });
  }
  return { keys, faults };
}

/** What one reference yields: a key, or a text of one line such as a password. */
export async function resolveOne(
  source: Use['source'],
  outside: Outside,
  is: 'key' | 'text',
): Promise<Secret | Fault> {
  const found = await find(source, outside);
  if (found.secret === undefined) return found;
  const fault =
    is === 'key' ? faultOf(found.secret, nameOf(source)) : textFault(found.secret, nameOf(source));
  return fault ?? oneLine(found.secret);
}

/** FRR and EdgeOS take 80 characters (TCP_MD5SIG_MAXKEYLEN); blanks and control characters would end the word. */
function textFault(text: Secret, name: string): Fault | undefined {
  if (/^[!-~]{1,80}$/.test(oneLine(text).reveal())) return undefined;
  return {
    code: 'reference-no-password',
    message: `${name} yields no password that BGP can have`,
    hint: 'let it yield one line of 1 to 80 printable ASCII characters without blanks',
  };
}

function nameOf(source: Use['source']): string {
  if (source.kind === 'env') return `env:${source.name}`;
  return source.kind === 'file' ? `file:${source.path}` : `command:${source.command}`;
}

function identify(text: Secret, kind: Use['kind'], tunnel: string): KnownKey {
  const secret = oneLine(text);
  const publicKey = publicKeyOf(secret);
  const shown = kind === 'private' ? publicKey : fingerprintOf(secret);
  return { secret, publicKey, shown, path: keyFileOf(tunnel, shown) };
}

const oneLine = (text: Secret): Secret => new Secret(text.reveal().replace(/\r?\n$/, ''));

export type Fault = Omit<ReferenceFault, 'at'> & { readonly secret?: undefined };
type Found = { readonly secret: Secret } | Fault;

const make = 'make one with `wg genkey`, or `wg genpsk` for a preshared key';

/** Exactly one line with exactly one key. */
function faultOf(text: Secret, name: string): Fault | undefined {
  const line = oneLine(text).reveal();
  const lines = line.split('\n').length;
  if (line.trim() === '') return { code: 'reference-empty', message: `${name} yields nothing`, hint: make };
  if (lines > 1)
    return {
      code: 'reference-lines',
      message: `${name} yields ${lines} lines, where one with a key is wanted`,
      hint: 'let it yield the key and nothing else',
    };
  if (!isKey(line))
    return {
      code: 'reference-no-key',
      message: `${name} yields no WireGuard key: ${line.length === 44 ? 'it is not 32 bytes in base64' : `a key has 44 characters, this has ${line.length}`}`,
      hint: make,
    };
  return Buffer.from(line, 'base64').every(byte => byte === 0)
    ? { code: 'reference-no-key', message: `${name} yields a key of zeros, which is nobody's`, hint: make }
    : undefined;
}

async function find(source: Use['source'], outside: Outside): Promise<Found> {
  const name = nameOf(source);
  if (source.kind === 'command') return await runFor(source.command, name, outside);
  if (source.kind === 'env') {
    // names such as `constructor` are those of every object
    const text = Object.hasOwn(outside.env, source.name) ? outside.env[source.name] : undefined;
    if (text !== undefined) return { secret: new Secret(text) };
    const hint = 'set it where edgewg runs: in CI, from a secret of the repository';
    return { code: 'reference-missing', message: `${name}: there is no such variable`, hint };
  }
  let bytes: Buffer | undefined;
  try {
    bytes = await outside.readFile(source.path);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return {
      code: 'reference-failed',
      message: `${name}: ${error.message}`,
      hint: 'the path is relative to the site file',
    };
  }
  if (bytes !== undefined) return { secret: new Secret(bytes.toString('latin1')) };
  const hint = 'the path is relative to the site file';
  return { code: 'reference-missing', message: `${name}: there is no such file`, hint };
}

async function runFor(command: string, name: string, outside: Outside): Promise<Found> {
  const words = splitWords(command);
  const fail = (message: string, hint = `run it by hand and see: ${command}`): Fault => ({
    code: 'reference-failed',
    message: `${name} ${message}`,
    hint,
  });
  if (isFault(words)) return fail(words.message, words.hint);
  const ran = await outside.run(words);
  switch (ran.kind) {
    case 'ended':
      if (ran.exit === 0) return { secret: ran.stdout };
      return fail(`ended with exit code ${ran.exit}${complaint(ran.stderr, outside)}`);
    case 'killed':
      return fail(`was ended by ${ran.signal}${complaint(ran.stderr, outside)}`);
    case 'timeout':
      return fail(`didn't end within ${ran.seconds} s`, 'its stdin is closed: does it wait for an answer?');
    case 'too-much':
      return fail('printed far more than a key');
    case 'missing':
      return fail(`can't run: there is no program ${words[0]}`, 'install it, or name it by its whole path');
    case 'forbidden':
      return fail(`can't run: permission denied for ${words[0]}`, 'is it a program, and may you run it?');
  }
}

function complaint(stderr: string, { lastWords }: Outside): string {
  const said = lastWords(stderr);
  return said === '' ? '' : `: ${said}`;
}
