// The client's word to the dead-man switch on the router, and what it answers.

import type { Connection } from '../ssh/connection.ts';
import { scrub } from '../vyatta/redact.ts';
import { newNonce, readRecords } from './records.ts';
import { answerCommand } from './transaction.ts';

export interface Answer {
  /**
   * `saved`, `undone`; `unsaved`: undone, but what somebody had saved meanwhile could not be saved again; `failed`: could not be
   * undone. `busy`: nothing yet. `gone`: it is over, and the log tells how. Empty when the router had no room for the answer.
   */
  readonly result: string;
  readonly reason: string;
}

/** How long the router is waited for: another commit may hold the lock for some minutes. */
const answerSeconds = 400;

/** Rejects with NoAccess when the line dies. */
export async function askSwitch(
  connection: Connection,
  id: string,
  verb: 'confirm' | 'undo',
): Promise<Answer> {
  const nonce = newNonce();
  const { stdout } = await connection.exec(answerCommand(id, verb, answerSeconds, nonce), {
    timeoutMs: (answerSeconds + 60) * 1000,
  });
  const record = readRecords(stdout, nonce).get('result');
  if (record === undefined || record.exit === 3) return { result: 'gone', reason: '' };
  if (record.exit === 2) return { result: 'busy', reason: '' };
  const [result = '', ...reason] = record.output.trim().split('\n');
  return { result, reason: scrub(reason.filter(line => line !== '').join('; ')) };
}

/** The last word that the log of the router has about an apply: one of {@link Answer}'s results, or `put-back`. */
export function loggedResult(applies: string, id: string): string {
  const results = ['saved', 'undone', 'put-back', 'unsaved', 'failed'];
  const words = applies
    .split('\n')
    .map(line => line.split(' '))
    .filter(([, of, word = '']) => of === id && results.includes(word));
  return words.at(-1)?.[2] ?? '';
}
