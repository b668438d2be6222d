// Sets of numbers as ranges: protocols, ports and addresses alike. Knows nothing of packets.

/** Both ends belong to it. */
export type Range = readonly [first: bigint, last: bigint];

/** A set of numbers: ascending ranges that neither overlap nor touch. Made by {@link ranges} only. */
export type Ranges = readonly Range[];

export const none: Ranges = [];

/** The set of all numbers in any of `list`, given in any order. A range whose last is below its first holds nothing. */
export function ranges(list: readonly Range[]): Ranges {
  const sorted = list.filter(([first, last]) => first <= last).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const joined: Range[] = [];
  for (const [first, last] of sorted) {
    const before = joined.at(-1);
    if (before === undefined || first > before[1] + 1n) joined.push([first, last]);
    else if (last > before[1]) joined[joined.length - 1] = [before[0], last];
  }
  return joined;
}

/** The set of exactly these numbers. */
export function only(...numbers: (bigint | number)[]): Ranges {
  return ranges(numbers.map(number => [BigInt(number), BigInt(number)]));
}

/** All numbers from `first` to `last`, both included. */
export function span(first: bigint | number, last: bigint | number): Ranges {
  return first <= last ? [[BigInt(first), BigInt(last)]] : none;
}

export function union(a: Ranges, b: Ranges): Ranges {
  return ranges([...a, ...b]);
}

export function intersection(a: Ranges, b: Ranges): Ranges {
  const both: Range[] = [];
  for (let i = 0, j = 0; ; ) {
    const x = a[i];
    const y = b[j];
    if (x === undefined || y === undefined) return both;
    let [first, last] = x;
    if (y[0] > first) first = y[0];
    if (y[1] < last) last = y[1];
    if (first <= last) both.push(first === x[0] && last === x[1] ? x : [first, last]);
    if (x[1] < y[1]) i++;
    else j++;
  }
}

/** Whether any number is in both: {@link intersection} without making it. */
export function meets(a: Ranges, b: Ranges): boolean {
  for (let i = 0, j = 0; ; ) {
    const x = a[i];
    const y = b[j];
    if (x === undefined || y === undefined) return false;
    if (x[1] < y[0]) i++;
    else if (y[1] < x[0]) j++;
    else return true;
  }
}

/** What is in `a` and not in `b`. */
export function difference(a: Ranges, b: Ranges): Ranges {
  const rest: Range[] = [];
  let j = 0;
  for (const whole of a) {
    const last = whole[1];
    let first = whole[0];
    for (let taken = b[j]; taken !== undefined && taken[0] <= last; taken = b[j]) {
      if (taken[0] > first) rest.push([first, taken[0] - 1n]);
      if (taken[1] >= first) first = taken[1] + 1n;
      if (taken[1] > last) break;
      j++;
    }
    // a set of many ranges is asked for again and again, and most of them stay
    if (first <= last) rest.push(first === whole[0] ? whole : [first, last]);
  }
  return rest;
}

export function holds(set: Ranges, number: bigint): boolean {
  return set.some(([first, last]) => first <= number && number <= last);
}
