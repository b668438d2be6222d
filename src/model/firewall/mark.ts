// The mark of a packet, as far as it is known: what `modify mark` sets, what `mark` compares, and which table follows from it
// (docs/edgeos.md 'Policy routing').

/** 32 bits, of which those in `known` are certain. A bit that isn't known is 0 in `value`. */
export interface Mark {
  readonly value: number;
  readonly known: number;
}

/** A value under a mask: what is set, or compared. */
export interface Masked {
  readonly value: number;
  readonly mask: number;
}

const bits = 0xffffffff;

/** Of a packet that nobody has marked. */
export const unmarked: Mark = { value: 0, known: bits };

/** The bits that choose a table. */
export const tableMask = 0x7f800000;
const tableShift = 23;

export const markOfTable = (table: number): Masked => ({
  value: (table << tableShift) >>> 0,
  mask: tableMask,
});

const and = (a: number, b: number): number => (a & b) >>> 0;
const or = (a: number, b: number): number => (a | b) >>> 0;
const not = (a: number): number => ~a >>> 0;

/** `--set-mark`: the bits of the mask, and those of the value. */
export function marked({ value, known }: Mark, set: Masked): Mark {
  const touched = or(set.mask, set.value);
  return { value: or(and(value, not(touched)), set.value), known: or(known, touched) };
}

/** The bits of `mask` are whatever somebody else made them. */
export const forgotten = ({ value, known }: Mark, mask: number): Mark => ({
  value: and(value, not(mask)),
  known: and(known, not(mask)),
});

export function compared(mark: Mark, { value, mask }: Masked): 'yes' | 'no' | 'maybe' {
  if (and(value, not(mask)) !== 0) return 'no';
  const seen = and(mask, mark.known);
  if (and(mark.value, seen) !== and(value, seen)) return 'no';
  return seen === mask ? 'yes' : 'maybe';
}

/** The number in the bits that choose a table, 0 where none is chosen; undefined where they aren't known. */
export function tableNumber(mark: Mark): number | undefined {
  if (and(mark.known, tableMask) !== tableMask) return undefined;
  return and(mark.value, tableMask) >>> tableShift;
}

/**
 * `5`, `0x100/0xff00`. Without a mask EdgeOS adds `0xff` to what begins with a decimal number up to 255, and so to every
 * hexadecimal one (rule.cpp reads `0x100` as 0). Undefined for anything else.
 */
export function parseMark(text: string): Masked | undefined {
  const found = /^(0x[\da-f]{1,8}|\d{1,10})(?:\/(0x[\da-f]{1,8}|\d{1,10}))?$/i.exec(text);
  if (found === null) return undefined;
  const [, word = '', given] = found;
  const value = Number(word);
  const mask = given === undefined ? (Number.parseInt(word, 10) <= 255 ? 0xff : bits) : Number(given);
  return value > bits || mask > bits ? undefined : { value, mask };
}
