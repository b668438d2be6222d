// The records of applies: on the router beside its log, and where edgewg ran. They hold commands and their inverse, never a
// secret.
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { Refused } from '../errors.ts';
import { isOurs } from '../plan/saved.ts';
import type { Commit, Plan } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import { newNonce, readRecords } from './records.ts';

/** Sorts by time; in the router's commit comments and on disk. */
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
  /** The client's address as the router sees it; null when sshd told nothing. */
  readonly from: string | null;
  readonly digest_before: string | null;
  /** Of what was saved; the router fills it in, and the client in its own copy. */
  readonly digest_after: string | null;
  readonly commits: readonly Commit[];
}

interface Begun {
  readonly id: string;
  readonly since: Date;
  readonly who: string;
  readonly from: string | undefined;
  readonly file: string;
  readonly digestAfter?: string;
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
    commits: plan.commits,
  };
  return `${JSON.stringify(record)}\n`;
}

/** A record of a large apply has some 100 KB. */
const mostBytes = 16 << 20;

/** The applies that the router remembers, the oldest first; what isn't a record is passed over. */
export async function readHistory(connection: Connection): Promise<ApplyRecord[]> {
  const nonce = newNonce();
  const script = `for f in /config/user-data/edgewg/applies/*.json; do [ -r "$f" ] && printf '%s apply 0 %s\\n' ${nonce} "$(base64 -w0 <"$f")"; done; printf '%s end 0 -\\n' ${nonce}`;
  const { stdout } = await connection.exec(script, { timeoutMs: 30_000, maxBytes: mostBytes });
  const texts = stdout
    .toString('latin1')
    .split('\n')
    .map(line => line.split(' '))
    .filter(([mark, name]) => mark === nonce && name === 'apply')
    .map(words => Buffer.from(words[3] ?? '', 'base64').toString('utf8'));
  readRecords(stdout, nonce);
  return texts.flatMap(text => parseRecord(text) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function parseRecord(text: string): ApplyRecord | undefined {
  try {
    return applyRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The record of one apply, the newest when `id` is undefined. */
export function findApply(history: readonly ApplyRecord[], id: string | undefined): ApplyRecord {
  const found = id === undefined ? history.at(-1) : history.find(record => record.id === id);
  if (found !== undefined) return checked(found);
  throw new Refused(
    'no-such-apply',
    id === undefined ? 'the router remembers no apply' : `the router remembers no apply ${id}`,
    history.length === 0
      ? 'it keeps the last fifty that were saved; what an apply left here is below ~/.local/state/edgewg/applies'
      : `it has ${history.map(record => record.id).join(', ')}`,
  );
}

/** A record lies on the router, where others may write: it may make a rollback do no more than edgewg itself would. */
function checked(record: ApplyRecord): ApplyRecord {
  const strange = record.commits
    .flatMap(({ run, undo }) => [...run, ...undo])
    .find(({ path }) => !isOurs(path, true));
  if (strange === undefined) return record;
  throw new Refused(
    'strange-record',
    `the router's record of apply ${record.id} holds a command that edgewg doesn't run: ${strange.op} ${strange.path.join(' ')}`,
    'undo that apply by hand; the record lies in /config/user-data/edgewg/applies',
  );
}
