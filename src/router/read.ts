// One exec that reads everything about a router: its running configuration without secrets, and the facts around it.
import type { RouterFacts } from '../plan/types/facts.ts';
import type { Connection } from '../ssh/connection.ts';
import { quote } from '../vyatta/words.ts';
import { type Asked, interpret, kernelText, type Reading } from './interpret.ts';
import { newNonce, type Record, readRecords } from './records.ts';
import { readAgainScript, readScript } from './scripts.ts';

export type { Asked, Reading };

/** A slow router with a large configuration needs its time; one that doesn't answer shouldn't have more. */
const timeoutMs = 90_000;

/** The largest configuration that was ever seen has 3 MB; in base64, with all else, that is not a quarter of this. */
const mostBytes = 16 << 20;

/** The command of the exec. */
const inBash = (script: string, words: readonly string[]): string =>
  ['exec bash -c', ...[script, 'edgewg', ...words].map(quote)].join(' ');

/**
 * Of every key file the public half, which costs the router a process each; or, where `keyFiles` are given, of these and of those that
 * its configuration names.
 */
export async function readRouter(
  connection: Connection,
  signal?: AbortSignal,
  keyFiles?: readonly string[],
): Promise<Reading> {
  const words = ['saved', 'seal', ...(keyFiles ?? ['keys'])].filter(word => isWord.test(word));
  // a forced command may allow it, and then gets nothing but the input
  const records = await recordsOf(connection, readScript(), words, { signal, hasInput: true });
  return interpret(records, connection.remote.user);
}

/** What read.sh takes for a word; it passes over a file with another name. */
const isWord = /^[0-9A-Za-z_./@+-]+$/;

/** What no apply changes: the machine, its software, what its configuration system can do. Nor is the log of commits read again. */
const lasting = [
  'version',
  'model',
  'kernel',
  'board',
  'disks',
  'firstboot',
  'installers',
  'wireguardPackage',
  'probes',
  'sessions',
  'applies',
  'held',
  'interrupted',
  'commits',
  'pendingConfirms',
  'seal',
  'readSeconds',
] as const;

/** What of the saved configuration is said only when it is asked. */
const ofSaved = ['drift', 'isDriftKnown', 'savedWireguard', 'lost'] as const;

/** As {@link readRouter}, but asks only for what an apply changes, and for what else is `asked`; the rest is `before`'s. */
export async function readAgain(
  connection: Connection,
  before: RouterFacts,
  signal?: AbortSignal,
  asked: readonly Asked[] = [],
): Promise<Reading> {
  const records = await recordsOf(connection, readAgainScript(), ['again', ...asked], { signal });
  const { running, facts } = interpret(records, connection.remote.user);
  const names = asked.includes('saved') ? lasting : [...lasting, ...ofSaved];
  const kernel = kernelText(records, asked);
  return {
    running,
    facts: { ...facts, ...Object.fromEntries(names.map(name => [name, before[name]])) },
    ...(kernel !== undefined && { kernel }),
  };
}

async function recordsOf(
  connection: Connection,
  script: string,
  words: readonly string[],
  { signal, hasInput = false }: { readonly signal: AbortSignal | undefined; readonly hasInput?: boolean },
): Promise<ReadonlyMap<string, Record>> {
  const nonce = newNonce();
  const all = [nonce, ...words];
  const options = {
    ...(hasInput && { input: `${all.join(' ')}\n` }),
    timeoutMs,
    maxBytes: mostBytes,
    ...(signal === undefined ? {} : { signal }),
  };
  const result = await connection.exec(inBash(script, all), options);
  return readRecords(result.stdout, nonce);
}
