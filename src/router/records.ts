// The router's answers: one record a line, `nonce name exit base64`. What doesn't carry the nonce of this run is never
// looked at, so that nothing a router prints (a banner, a description) can pass for an outcome.
import { randomBytes } from 'node:crypto';
import { NoAccess } from '../errors.ts';

export interface Record {
  readonly name: string;
  readonly exit: number;
  readonly output: string;
  /** The output as it was sent. */
  readonly bytes?: Buffer;
}

/** The record that holds others. */
const folded = 'records';

/** 128 random bits in hex, for one exec. */
export function newNonce(): string {
  return randomBytes(16).toString('hex');
}

/** Takes chunks of stdout as they come and gives whole records; keeps at most one line of rest. */
export class RecordReader {
  /** Pieces of the line that isn't at its end yet: joined once, however slowly it comes. */
  #rest: string[] = [];
  readonly #nonce: string;
  readonly #onRecord: (record: Record) => void;

  constructor(nonce: string, onRecord: (record: Record) => void) {
    this.#nonce = nonce;
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    const [first = '', ...lines] = chunk.toString('latin1').split('\n');
    this.#rest.push(first);
    if (lines.length === 0) return;
    lines.unshift(this.#rest.join(''));
    this.#rest = [lines.pop() ?? ''];
    for (const line of lines) {
      const record = parseRecord(line, this.#nonce);
      if (record !== undefined) this.#onRecord(record);
    }
  }
}

function parseRecord(line: string, nonce: string): Record | undefined {
  // a .bashrc may have printed something without a line break before it; the nonce is nobody's guess
  const from = line.indexOf(`${nonce} `);
  if (from === -1) return undefined;
  const [, name, exit, data, ...more] = line.slice(from).replace(/\r$/, '').split(' ');
  if (name === undefined || data === undefined || more.length > 0) return undefined;
  if (!/^\d{1,3}$/.test(exit ?? '') || !(data === '-' || isBase64(data))) return undefined;
  return recordOf(name, Number(exit), Buffer.from(data === '-' ? '' : data, 'base64'));
}

const recordOf = (name: string, exit: number, bytes: Buffer): Record => ({
  name,
  exit,
  output: bytes.toString('utf8'),
  bytes,
});

/** Of a record that holds others, each between a line `nonce name` and a line `nonce exit`: those that are whole. */
function unfold({ bytes }: Record, nonce: string): Record[] {
  const [, ...parts] = `\n${bytes?.toString('latin1') ?? ''}`.split(`\n${nonce} `);
  return parts.flatMap((part, i) => {
    const exit = /^(\d{1,3})\n?$/.exec(parts[i + 1] ?? '')?.[1];
    const end = part.indexOf('\n');
    if (i % 2 === 1 || exit === undefined || end === -1) return [];
    return recordOf(part.slice(0, end), Number(exit), Buffer.from(part.slice(end + 1), 'latin1'));
  });
}

/** By what must not be in it: a pattern for all of a text of some megabytes overflows the engine's stack. */
function isBase64(text: string): boolean {
  const body = text.replace(/={1,2}$/, '');
  return body !== '' && !/[^0-9A-Za-z+/]/.test(body);
}

/** All records of an answer by name. Throws when the answer has no `end`: it was cut short. */
export function readRecords(stdout: Buffer, nonce: string): Map<string, Record> {
  const records = new Map<string, Record>();
  const keep = (record: Record): unknown => records.set(record.name, record);
  new RecordReader(nonce, record => {
    if (record.name === folded) unfold(record, nonce).forEach(keep);
    else keep(record);
  }).push(Buffer.concat([stdout, Buffer.from('\n')]));
  if (!records.has('end') && !records.has('foreign'))
    throw new NoAccess(
      records.size === 0 ? 'no-answer' : 'output-cut-short',
      records.size === 0
        ? 'the router ran something else than the read script, or nothing'
        : `the router's output was cut short after ${[...records.keys()].at(-1)}`,
      'log in by hand and look whether the shell is EdgeOS; a forced command must be the one of `edgewg ssh-command`',
    );
  return records;
}
