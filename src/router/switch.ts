// The client's word to the dead-man switch on the router, and what it answers.
import type { Connection } from '../ssh/connection.ts';
import { scrub } from '../vyatta/scrub.ts';
import { newNonce, readRecords } from './records.ts';
import { answerCommand, type Word } from './transaction.ts';

export interface Answer {
  /**
   * `saved`, `undone`; `unsaved`: undone, but what somebody had saved meanwhile could not be saved again; `failed`: could not be
   * undone. `busy`: nothing yet. `gone`: there is no such apply, or it is over, which the log says. Empty when the router had no
   * room for the answer.
   */
  readonly result: string;
  readonly reason: string;
  /** For how long the switch waits from now on: its answer to the word `until`. */
  readonly secondsLeft?: number;
  /** What the router saw when it had saved. */
  readonly saved?: Saved;
}

export interface Saved {
  readonly bootId: string;
  /** Digest of the running configuration, which config.boot was compared with. */
  readonly digest: string;
  /** Whether the router keeps the record that a rollback needs. */
  readonly hasRecord: boolean;
}

/** One exec waits for so long, which a line that fell silent is found by. */
const roundSeconds = 10;
/** How long a save is waited for: another commit may hold the lock for some minutes. */
const mostRounds = 40;

/** One round; `busy` when the router is still at it. Rejects with NoAccess when the line breaks, or falls silent. */
export async function askSwitch(
  connection: Connection,
  id: string,
  word: Word | 'confirm' | 'undo' | 'wait' | 'go',
): Promise<Answer> {
  const nonce = newNonce();
  const said = typeof word === 'string' ? { verb: word } : word;
  const { stdout } = await connection.exec(answerCommand(id, said, roundSeconds, nonce), {
    timeoutMs: 2 * roundSeconds * 1000,
  });
  const records = readRecords(stdout, nonce);
  const record = records.get('result');
  const [, until, up] = /^(\d+) (\d+)$/m.exec(records.get('until')?.output ?? '') ?? [];
  if (record === undefined || record.exit === 3) return { result: 'gone', reason: '' };
  if (record.exit === 2)
    return {
      result: 'busy',
      reason: '',
      ...(until !== undefined && { secondsLeft: Number(until) - Number(up) }),
    };
  const [result = '', ...reason] = record.output.trim().split('\n');
  const saved = savedOf(record.output);
  return {
    result,
    reason: scrub(reason.filter(line => line !== '').join('; ')),
    ...(result === 'saved' && saved !== undefined && { saved }),
  };
}

/** Confirms, and waits until the router has saved or undone. */
export async function confirm(connection: Connection, id: string): Promise<Answer> {
  let answer = await askSwitch(connection, id, 'confirm');
  for (let round = 1; answer.result === 'busy' && round < mostRounds; round++)
    answer = await askSwitch(connection, id, 'wait');
  return answer;
}

/** Undefined unless it is whole. */
function savedOf(text: string): Saved | undefined {
  const of = (name: string): string => new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? '';
  const [bootId, digest] = [of('boot'), of('digest')];
  if (bootId === '' || digest === '' || of('saved') === '') return undefined;
  return { bootId, digest, hasRecord: of('record').endsWith('.json') };
}
