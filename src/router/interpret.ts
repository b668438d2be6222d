// What a router says of itself, as records, taken for what it means: its running configuration, and the facts around it.
import { createHash } from 'node:crypto';
import { NoAccess } from '../errors.ts';
import type { KernelText } from '../model/kernel/seen.ts';
import type { Part } from '../model/kernel/touches.ts';
import { partsOfHelper } from '../objects/endpoint-helper.ts';
import type { Disk, KeyFile, RouterFacts, Session } from '../plan/types/facts.ts';
import { filterMark } from '../plan/types/origin.ts';
import { parseCommands } from '../vyatta/commands.ts';
import { readProbes } from '../vyatta/probed-nodes.ts';
import { redact } from '../vyatta/redact.ts';
import { scrub } from '../vyatta/scrub.ts';
import { UnreadableText } from '../vyatta/source.ts';
import type { Tree } from '../vyatta/tree.ts';
import { parseHeld } from './held.ts';
import { readInterfaces, readLinks } from './live-interfaces.ts';
import { interruptedOf } from './log.ts';
import type { Record } from './records.ts';
import { parseSessions } from './sessions.ts';

export interface Reading {
  /** Without secrets: literal keys are fingerprints, made on the router. */
  readonly running: Tree;
  readonly facts: RouterFacts;
  /** Only of the parts that were asked for. */
  readonly kernel?: KernelText;
}

/** What a second reading is asked for besides: what is saved, and parts of the kernel. */
export type Asked = 'saved' | `kernel-${Part}`;

/** Throws NoAccess for what is no EdgeOS, or no admin's, or not whole. */
export function interpret(records: ReadonlyMap<string, Record>, user: string): Reading {
  const text = (name: string): string => records.get(name)?.output ?? '';
  const lines = (name: string): string[] =>
    text(name)
      .split('\n')
      .filter(line => line !== '');
  const words = (name: string): string[][] => lines(name).map(line => line.split(' '));

  // of `show version`
  const shown = (name: string): string =>
    new RegExp(`^${name}: *(.*?) *$`, 'm').exec(text('shown'))?.[1] ?? '';

  if (records.has('foreign'))
    throw new NoAccess(
      'not-edgeos',
      'this is no EdgeOS: there is no cli-shell-api',
      'check router.host in the site file',
    );
  if (records.get('admin')?.exit !== 0)
    throw new NoAccess(
      'not-admin',
      `${user} is no admin on the router (Must be an admin user to run this command.)`,
      `log in as an admin, or give ${user} the level with: set system login user ${user} level admin`,
    );
  const filtered = records.get('running');
  const running = parseRunning(withLiterals(text('running'), lines('literals')));
  if (filtered?.exit !== 0 || text('boot').trim() === '')
    throw new NoAccess(
      'incomplete-reading',
      'the router could not print its configuration whole',
      'log in by hand and try `show configuration commands`',
    );
  const [now = '0', up = '0'] = lines('clock');
  // a state stands above the next; the last one counts
  const applies = scrub(text('applies').replace(/^state .*\n(?=state )/gm, ''));
  const uptime = Math.trunc(Number(/^\d+/.exec(up)?.[0] ?? 0));
  const readSeconds = secondsBetween(words('took')[0]);
  const bootId = text('boot').trim();
  const sums = readSums(lines('savedsum'));
  const facts: RouterFacts = {
    user: lines('admin')[0] ?? user,
    version: lines('version')[0] ?? shown('Version'),
    model: shown('HW model'),
    ...readMachine(words('machine')),
    wireguardPackage: /^install ok installed (.+)$/m.exec(text('package'))?.[1],
    probes: readProbes(lines('probes')),
    keyFiles: new Map(
      words('keys')
        .map(readKeyFile)
        .map(file => [file.path, file]),
    ),
    ...sums,
    drift: lines('drift').map(scrub),
    isDriftKnown: records.get('drift')?.exit === 0,
    pendingConfirms: lines('confirm').map(scrub),
    savedWireguard: lines('savedtunnels'),
    lost: parseLost(withLiterals(text('lost'), lines('lostkeys'))),
    session: readSession(words('session')[0]),
    digest: digestOf(filtered.bytes),
    seal: firstDigest(words('sealed')),
    bootId,
    waiting: lines('waiting').flatMap(path => /^\/tmp\/edgewg\/([0-9a-z-]+)\/waiting$/.exec(path)?.[1] ?? []),
    now: Number(now),
    uptime,
    held: parseHeld(applies, uptime),
    ...(readSeconds !== undefined && { readSeconds }),
    interrupted: interruptedOf(applies, { bootId, ...sums }),
    interfaces: readInterfaces(lines('tunnels'), lines('addresses')),
    links: [...readLinks(lines('addresses')).keys()],
    // those of other tables are told only where all were asked for
    routes: lines('routes').filter(line => !line.includes(' table ')),
    ...readSessions(text('neighbors')),
    applies,
    commits: lines('commits').map(scrub),
  };
  return { running, facts };
}

/** Of the router's time since its start, as /proc/uptime says it: `1234.56 1234.99`. */
function secondsBetween([from = '', to = '']: string[] = []): number | undefined {
  const seconds = Number(to) - Number(from);
  return /^\d+\.\d+ \d+\.\d+$/.test(`${from} ${to}`) && seconds > 0 ? seconds : undefined;
}

/** Of config.boot, and of the scripts that edgewg has put there: `SUM  PATH`. */
function readSums(lines: readonly string[]): Pick<RouterFacts, 'savedDigest' | 'helpers'> {
  const sums = lines.map(line => line.split(/ +/));
  return {
    savedDigest: firstDigest(sums.filter(([, path]) => path === '/config/config.boot')),
    helpers: new Map(
      sums.flatMap(([sum = '', path = '']) =>
        partsOfHelper(path) === undefined ? [] : [[path, firstDigest([[sum]])]],
      ),
    ),
  };
}

/** The programs' texts behind their names, none where a program said nothing or failed; undefined where nobody asked. */
export function kernelText(
  records: ReadonlyMap<string, Record>,
  asked: readonly Asked[],
): KernelText | undefined {
  if (!asked.some(word => word.startsWith('kernel-'))) return undefined;
  // no router is without a route or a rule: nothing at all is no answer
  const text = (name: string): string | undefined => {
    const { exit, output = '' } = records.get(name) ?? {};
    return exit === 0 && output.trim() !== '' ? output : undefined;
  };
  // which of its programs has failed isn't told; each says where its text ends
  const saved = `\n${records.get('netfilter')?.output ?? ''}`;
  const behind = (program: string): string | undefined => {
    const [, own] = saved.split(`\n${program}\n`);
    return own?.split('\nip6tables-save\n')[0];
  };
  return {
    routes: asked.includes('kernel-routes') ? text('routes') : undefined,
    filter4: behind('iptables-save'),
    filter6: behind('ip6tables-save'),
    rules: text('rules'),
    sources: text('sources'),
  };
}

/** As sha256sum prints it, with a name behind it. */
const firstDigest = (lines: readonly string[][]): string =>
  lines.map(([word = '']) => word).find(word => /^[0-9a-f]{64}$/.test(word)) ?? '';

/** As the router makes it of what its filter shows (scripts/secrets.sh). */
const digestOf = (shown: Buffer = Buffer.alloc(0)): string =>
  `${filterMark}${createHash('sha256').update(shown).digest('hex')}`;

/** Nothing was printed where BGP isn't configured. */
function readSessions(table: string): Pick<RouterFacts, 'sessions'> {
  return table.trim() === '' ? {} : { sessions: parseSessions(table) ?? 'unreadable' };
}

/** Puts the fingerprints, in their order, at the marks that the router left for them. */
function withLiterals(text: string, fingerprints: readonly string[]): string {
  return text.replace(/ literal:@(\d+)$/gm, (mark, n: string) => {
    const fingerprint = fingerprints[Number(n) - 1];
    return fingerprint === undefined ? mark : ` literal:${fingerprint}`;
  });
}

function parseRunning(text: string): Tree {
  if (text.trim() === '')
    throw new NoAccess(
      'empty-configuration',
      'the router printed an empty configuration',
      'log in by hand and try `show configuration commands`',
    );
  try {
    // the router has done that already; one that didn't must not make us show what it sends
    return redact(parseCommands(text));
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    throw new NoAccess(
      'unreadable-configuration',
      `the router's configuration can't be read: ${error.message}`,
      undefined,
      error,
    );
  }
}

/** What the router can't say in whole lines is nothing that could be put back. */
function parseLost(text: string): Tree {
  try {
    return redact(parseCommands(text));
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    return parseCommands('');
  }
}

function readMachine(
  lines: string[][],
): Pick<RouterFacts, 'kernel' | 'board' | 'disks' | 'firstboot' | 'installers'> {
  const of = (kind: string): string[][] =>
    lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
  return {
    kernel: of('kernel')[0]?.[0] ?? '',
    board: of('board')[0]?.[0] ?? '',
    disks: readDisks(lines),
    firstboot: of('deb').map(words => words.join(' ')),
    installers: of('installer').map(words => words.join(' ')),
  };
}

/** Of the two lines that `df -P` prints of them. */
function readDisks(lines: string[][]): Disk[] {
  const rows = lines
    .map(words => words.filter(word => word !== ''))
    .filter(([, size = '', used = '', free = '']) => [size, used, free].every(word => /^\d+$/.test(word)));
  if (rows.length !== 2) return [];
  return ['/config', '/tmp'].map((path, i) => ({
    path,
    size: Number(rows[i]?.[1]),
    free: Number(rows[i]?.[3]),
  }));
}

function readKeyFile([path = '', mode = '', changed = '', key = '-']: string[]): KeyFile {
  return { path, mode, changed: Number(changed), publicKey: key === '-' || key === '?' ? undefined : key };
}

function readSession(words: string[] | undefined): Session | undefined {
  const [from, fromPort, to, toPort] = words ?? [];
  if (from === undefined || to === undefined) return undefined;
  return { from, fromPort: Number(fromPort), to, toPort: Number(toPort) };
}
