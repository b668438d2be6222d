// The words of a line of `show configuration commands`. EdgeOS wraps a word in single quotes when it must and escapes nothing inside
// (docs/edgeos.md, 'Printed commands'), so `'the kids' phones'` is one value, and where a quoted word ends has to be found.
import { type Found, step, top } from './nodes.ts';
import { isPrintedQuoted } from './words.ts';

/** A line that can't be split: where, from 1, and why. */
export interface SplitProblem {
  readonly column: number;
  readonly message: string;
}

/**
 * The words from `from` on. The value of a leaf that the table of nodes knows is all that is left of the line. Elsewhere the reading is
 * taken that the router would most likely have printed so. Double quotes are what people type; the router prints none.
 */
export function splitWords(line: string, from: number): string[] | SplitProblem {
  const hash = line.indexOf(' #', from - 1);
  if (hash !== -1 && !/['"]/.test(line.slice(0, hash)))
    return { column: hash + 2, message: 'a # outside quotes: the router prints none' };
  const open = firstQuote(line, from);
  if (open === -1) return bareWords(line.slice(from));
  if (isOneQuotedWord(line, open)) return [...bareWords(line.slice(from, open)), line.slice(open + 1, -1)];
  return new Splitter(line).words(from);
}

const bareWords = (text: string): string[] => text.split(' ').filter(word => word !== '');

function firstQuote(line: string, from: number): number {
  const [single, double] = [line.indexOf("'", from), line.indexOf('"', from)];
  return single === -1 || double === -1 ? Math.max(single, double) : Math.min(single, double);
}

/** The last word alone is in quotes, and no quote is within: as most quoted words are, and then there is one reading only. */
const isOneQuotedWord = (line: string, open: number): boolean =>
  line.charAt(open - 1) === ' ' &&
  firstQuote(line, open + 1) === line.length - 1 &&
  line.endsWith(line.charAt(open));

/** What a reading of one word costs: the least in sum wins, and among equals the one whose words end first. */
const cost = { clean: 0, needlessQuotes: 1, quoteWithin: 2, strayQuote: 3 } as const;

/** One word, where the line goes on behind it, and the sum of the costs from its begin to the end of the line. */
interface Reading {
  readonly word: string;
  readonly next: number;
  readonly sum: number;
}

/** A quote that a blank or the end follows, with the sum of the costs behind it. */
interface Closing {
  readonly at: number;
  readonly sum: number;
}

/** Of the closing quotes behind a place: the nearest, and the one with the least sum. */
interface Closings {
  readonly nearest: Closing;
  readonly best: Closing;
}

class Splitter {
  readonly #line: string;
  /** By the position where a word begins. */
  readonly #readings = new Map<number, Reading>();

  constructor(line: string) {
    this.#line = line;
  }

  words(from: number): string[] | SplitProblem {
    const line = this.#line;
    this.#readAll(from);
    const words: string[] = [];
    let found: Found | undefined = top;
    for (let at = this.#begin(from); at < line.length; ) {
      const value = isLeaf(found) ? wholeValue(line.slice(at)) : undefined;
      if (value !== undefined) return [...words, value];
      const reading = this.#readings.get(at);
      if (reading === undefined) break;
      const { word, next } = reading;
      // the router prints a word that begins with a quote bare, but nothing follows a value
      if (/^['"]/.test(word) && next === at + word.length && next < line.length)
        return { column: at + 1, message: 'a quoted word is not closed' };
      words.push(word);
      found = found && step(found, word);
      at = this.#begin(next);
    }
    return words;
  }

  /** Every word that may begin somewhere, the last first: what follows a word is known by then. */
  #readAll(from: number): void {
    const line = this.#line;
    const closings = new Map<string, Closings>();
    for (let at = line.length - 1; at >= from; at--) {
      const char = line.charAt(at);
      const isBegin = char !== ' ' && (at === from || line.charAt(at - 1) === ' ');
      if (isBegin) this.#readings.set(at, this.#read(at, closings.get(char)));
      if (!isQuote(char) || (at + 1 < line.length && line.charAt(at + 1) !== ' ')) continue;
      const nearest = { at, sum: this.#sumFrom(at + 1) };
      const best = closings.get(char)?.best;
      closings.set(char, { nearest, best: best === undefined || nearest.sum <= best.sum ? nearest : best });
    }
  }

  #read(at: number, closings: Closings | undefined): Reading {
    const bare = this.#bare(at);
    if (closings === undefined) return bare;
    const quoted = [closings.nearest, closings.best].map(closing => this.#quoted(at, closing));
    return [...quoted, bare].reduce((best, reading) => (reading.sum < best.sum ? reading : best));
  }

  #bare(at: number): Reading {
    const blank = this.#line.indexOf(' ', at);
    const next = blank === -1 ? this.#line.length : blank;
    const word = this.#line.slice(at, next);
    const own = /['"]/.test(word) ? cost.strayQuote : cost.clean;
    return { word, next, sum: own + this.#sumFrom(next) };
  }

  #quoted(at: number, closing: Closing): Reading {
    const word = this.#line.slice(at + 1, closing.at);
    let own: number = isPrintedQuoted(word) ? cost.clean : cost.needlessQuotes;
    if (word.includes(this.#line.charAt(at))) own = cost.quoteWithin;
    return { word, next: closing.at + 1, sum: own + closing.sum };
  }

  #sumFrom(at: number): number {
    return this.#readings.get(this.#begin(at))?.sum ?? 0;
  }

  #begin(at: number): number {
    let begin = at;
    while (this.#line.charAt(begin) === ' ') begin++;
    return begin;
  }
}

const isQuote = (char: string): boolean => char === "'" || char === '"';

/** Of a leaf itself: what follows is its value. */
function isLeaf(found: Found | undefined): boolean {
  return found !== undefined && !found.isValue && (found.node.kind === 'leaf' || found.node.kind === 'multi');
}

/** All that is left of a line as one value; undefined where it is several words. */
function wholeValue(rest: string): string | undefined {
  const quote = rest.charAt(0);
  if (isQuote(quote) && rest.length > 1 && rest.endsWith(quote)) return rest.slice(1, -1);
  return rest.includes(' ') ? undefined : rest;
}
