// The text of a site file: bytes that are one, places in it, and excerpts that show no secret. Knows nothing of YAML.
import type { Problem } from './problem.ts';
import type { SitePlace } from './site.ts';

/** Offsets into the text: the first that is meant, and the one after the last. */
export type Span = readonly [from: number, to: number];

/** A problem that still has offsets for a place. */
export interface Finding {
  readonly span: Span;
  readonly code: string;
  readonly message: string;
  /** The way out. */
  readonly hint?: string | undefined;
}

/** Nobody reads more of them in one file, and each costs time. */
export const mostFindings = 1000;

/** More than a router's 1000 interfaces need, and little enough to be read in a moment. */
export const sizeLimit = 512 * 1024;

/** So much of a line goes into a problem, before and after the place. */
const widest = 400;

/** Reads offsets as lines and columns, both from 1; a column counts UTF-16 units. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #starts: number[] = [0];
  /** Masked lines, since hundreds of problems may stand on one line of hundreds of kilobytes. */
  readonly #masked = new Map<number, string>();

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  place(offset: number): SitePlace {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  line(number: number): string {
    const start = this.#starts[number - 1] ?? this.text.length;
    const end = this.#starts[number] ?? this.text.length + 1;
    return this.text.slice(start, end - 1).replace(/\r$/, '');
  }

  problem({ span: [from, to], code, message, hint }: Finding): Problem {
    const place = this.place(Math.min(from, this.text.length));
    const line = this.#maskedLine(place.line);
    const length = Math.max(1, Math.min(to - from, line.length - place.column + 1, widest));
    const start = line.length > widest ? Math.max(0, place.column - 1 - widest / 2) : 0;
    const text = line.slice(start, start + 2 * widest);
    return {
      ...place,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      text,
      textColumn: start + 1,
      length,
    };
  }

  #maskedLine(number: number): string {
    const known = this.#masked.get(number);
    if (known !== undefined) return known;
    const line = mask(this.line(number));
    this.#masked.set(number, line);
    return line;
  }
}

/** Long runs of base64, and shorter ones after a name that stands for a secret. */
const keyLike = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{32,}={0,2}/g;
const afterName =
  /((?:private|preshared|pre-shared)[-_ ]?key|psk|password|passphrase|secret)(["']?\s*:\s*)("[^"]*"?|'[^']*'?|[^\s,}]+)/gi;

/**
 * A line with stars in place of what may be a secret: somebody who pastes a private key into the file must not find it
 * again in the log of a CI job. Keeps the length, so that columns stay right.
 */
export function mask(line: string): string {
  return line
    .replace(afterName, (all, name: string, colon: string, value: string) =>
      /key/i.test(name) && /^["']?\/|[.:]/.test(value) ? all : name + colon + '*'.repeat(value.length),
    )
    .replace(keyLike, (run, at: number) =>
      run.startsWith('/config/') || /public[-_]?key["']?\s*:\s*["']?$/i.test(line.slice(0, at))
        ? run
        : '*'.repeat(run.length),
    );
}
