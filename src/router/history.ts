// The records of applies: on the router beside its log, and where edgewg ran. They hold commands and their inverse, never a
// secret.
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { Refused } from '../errors.ts';
import { isOurs } from '../plan/saved.ts';
import type { Commit, Plan } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import { quote } from '../vyatta/words.ts';
import { newNonce, readRecords } from './records.ts';

/** In the router's commit comments and on disk; the client's clock is in it, so it says nothing of an order. */
export function newApplyId(now: Date): string {
  return `${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(3).toString('hex')}`;
}

const path = z.array(z.string().max(4096)).min(1).max(40);
const operation = z.object({ op: z.enum(['set', 'delete', 'prune']), path });
const applyRecord = z.object({
  format_version: z.literal('1.0'),
  id: z.string().regex(/^[0-9a-z-]+$/),
  since: z.string(),
  who: z.string(),
  file: z.string(),
  router: z.string(),
  // records of older versions have neither
  from: z.string().nullable().default(null),
  digest_before: z.string().nullable(),
  digest_after: z.string().nullable().default(null),
  undoes: z.string().nullable().default(null),
  commits: z.array(z.object({ run: z.array(operation), undo: z.array(operation) })),
});

export interface ApplyRecord {
  readonly format_version: '1.0';
  readonly id: string;
  /** ISO 8601. */
  readonly since: string;
  readonly who: string;
  /** The site file, as it was named. */
  readonly file: string;
  readonly router: string;
  /** The client's address as the router sees it; null when sshd said nothing. */
  readonly from: string | null;
  readonly digest_before: string | null;
  /** Of what was saved; the router fills it in, and the client in its own copy. */
  readonly digest_after: string | null;
  /** The id of the apply that this rollback took back; null when it is none. */
  readonly undoes: string | null;
  readonly commits: readonly Commit[];
}

interface Begun {
  readonly id: string;
  readonly since: Date;
  readonly who: string;
  readonly from: string | undefined;
  readonly file: string;
  readonly digestAfter?: string;
  readonly undoes?: string;
}

export function recordOf(plan: Plan, apply: Begun): string {
  const record: ApplyRecord = {
    format_version: '1.0',
    id: apply.id,
    since: apply.since.toISOString(),
    who: apply.who,
    file: apply.file,
    router: plan.router,
    from: apply.from ?? null,
    digest_before: plan.running_digest,
    digest_after: apply.digestAfter ?? null,
    undoes: apply.undoes ?? null,
    commits: plan.commits,
  };
  return `${JSON.stringify(record)}\n`;
}

/** A record of a large apply has some 100 KB. */
const mostBytes = 16 << 20;
/** So many bytes of records are read at once, or one that is larger. */
const batchBytes = 4 << 20;

const folder = '/config/user-data/edgewg/applies';

interface Stored {
  readonly name: string;
  readonly id: string;
  /** By the router, in the order in which it saved; 0 for those of older versions, which are older than all others. */
  readonly number: number;
  readonly bytes: number;
}

/** An apply whose record could not be read: damaged, another's, or of a later version. */
export interface Unread {
  readonly id: string;
  /** So many of those that were read are older. */
  readonly behind: number;
}

/** The applies that the router remembers, in the order in which it saved them. */
export async function readApplies(
  connection: Connection,
): Promise<{ readonly history: ApplyRecord[]; readonly unread: Unread[] }> {
  const history: ApplyRecord[] = [];
  const unread: Unread[] = [];
  for (const batch of batches(await readNames(connection)))
    for (const [i, record] of (await readBatch(connection, batch)).entries())
      if (record !== undefined) history.push(record);
      else unread.push({ id: batch[i]?.id ?? '', behind: history.length });
  return { history, unread };
}

/** Those of {@link readApplies} that could be read. */
export async function readHistory(connection: Connection): Promise<ApplyRecord[]> {
  return (await readApplies(connection)).history;
}

/** The last that the router saved; undefined where it can't be read, too. */
export async function readLastApply(connection: Connection): Promise<ApplyRecord | undefined> {
  const last = (await readNames(connection)).slice(-1);
  return (await readBatch(connection, last))[0];
}

async function readNames(connection: Connection): Promise<Stored[]> {
  const nonce = newNonce();
  const script = `cd ${folder} 2>/dev/null && printf '%s names 0 %s\\n' ${nonce} "$(stat -c '%s %n' -- *.json 2>/dev/null | base64 -w0)"; printf '%s end 0 -\\n' ${nonce}`;
  const { stdout } = await connection.exec(script, { timeoutMs: 30_000, maxBytes: mostBytes });
  const names = readRecords(stdout, nonce).get('names')?.output ?? '';
  return names
    .split('\n')
    .flatMap(line => {
      const [, bytes, name = '', number = '0', id = ''] =
        /^(\d+) ((?:s(\d{10})-)?([0-9a-z-]+)\.json)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name, id, number: Number(number), bytes: Number(bytes) }];
    })
    .sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1));
}

function batches(stored: readonly Stored[]): Stored[][] {
  const all: Stored[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of stored) {
    bytes += one.bytes;
    if (bytes <= batchBytes) all.at(-1)?.push(one);
    else {
      all.push([one]);
      bytes = one.bytes;
    }
  }
  return all;
}

async function readBatch(
  connection: Connection,
  batch: readonly Stored[],
): Promise<(ApplyRecord | undefined)[]> {
  if (batch.length === 0) return [];
  const nonce = newNonce();
  const names = batch.map(({ name }) => quote(name)).join(' ');
  const script = `cd ${folder} && n=0; for f in ${names}; do printf '%s apply:%s 0 %s\\n' ${nonce} $n "$(base64 -w0 <"$f")"; n=$((n + 1)); done; printf '%s end 0 -\\n' ${nonce}`;
  const { stdout } = await connection.exec(script, { timeoutMs: 30_000, maxBytes: mostBytes });
  const records = readRecords(stdout, nonce);
  return batch.map(({ id }, i) => {
    const record = parseRecord(records.get(`apply:${i}`)?.output ?? '');
    return record?.id === id ? record : undefined;
  });
}

function parseRecord(text: string): ApplyRecord | undefined {
  try {
    return applyRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Which rollback took each apply back, by the apply's id. */
function rolledBack(history: readonly ApplyRecord[]): Map<string, string> {
  return new Map(history.flatMap(({ id, undoes }) => (undoes === null ? [] : [[undoes, id]])));
}

/**
 * What a rollback takes back: the named apply, or the newest that isn't taken back yet. Never a rollback: that would do it again. Which one
 * is the newest nobody knows while a newer record can't be read: it may be another apply, or the rollback of the one that was found.
 */
export function findApply(
  history: readonly ApplyRecord[],
  id: string | undefined,
  unread: readonly Unread[] = [],
): ApplyRecord {
  const back = rolledBack(history);
  const isOpen = (record: ApplyRecord): boolean => record.undoes === null && !back.has(record.id);
  const at = id === undefined ? history.findLastIndex(isOpen) : history.findIndex(one => one.id === id);
  const found = history[at];
  const hides = unread.findLast(one => (id === undefined ? one.behind > at : one.id === id));
  if (hides !== undefined)
    throw new Refused(
      'unreadable-record',
      `the router's record of apply ${hides.id} can't be read${id === undefined ? ', so which apply is the last to be taken back is unknown' : ''}`,
      'it lies in /config/user-data/edgewg/applies, and may be of a later edgewg; edgewg rollback --list has the others, and rollback ID takes one back',
    );
  if (found !== undefined && found.undoes !== null)
    throw new Refused(
      'is-rollback',
      `${found.id} is itself a rollback, of apply ${found.undoes}; to take it back would be to do that again`,
      'apply the site file that says so',
    );
  if (found !== undefined) return checked(found);
  throw new Refused(
    'no-such-apply',
    id !== undefined
      ? `the router remembers no apply ${id}`
      : history.length === 0
        ? 'the router remembers no apply'
        : 'every apply that the router remembers is rolled back already',
    history.length === 0
      ? 'it keeps the last fifty that were saved; what an apply left here is below ~/.local/state/edgewg/applies'
      : `it has ${history.map(record => record.id).join(', ')}`,
  );
}

/** A record lies on the router, where others may write: it may make a rollback do no more than edgewg itself would. */
function checked(record: ApplyRecord): ApplyRecord {
  const strange = record.commits
    .flatMap(({ run, undo }) => [...run, ...undo])
    .find(one => !isOurs(one, true));
  if (strange === undefined) return record;
  throw new Refused(
    'strange-record',
    `the router's record of apply ${record.id} holds a command that edgewg doesn't run: ${strange.op} ${strange.path.join(' ')}`,
    'undo that apply by hand; the record lies in /config/user-data/edgewg/applies',
  );
}
