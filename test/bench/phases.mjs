// What a process on the router is for, by the words that it was started with: the same for those that strace has counted and for those whose
// time is taken.
import { readAgainScript, readScript } from '../../dist/src/router/scripts.js';

/** How a reading begins: the first words of its script, as far as a log of strace shows them as they are. */
const readings = [readScript(), readAgainScript()].map(text =>
  /^\w+\(\)/.exec(text)[0].replace('()', '\\(\\)'),
);
const readingBegins = new RegExp(`^"(?:\\S*/)?v?bash", "-c", "(?:exec bash -c ')?(?:${readings.join('|')})`);

/** Of words in quotes with commas between; undefined: what its parent is for. */
export function phaseOf(words) {
  if (readingBegins.test(words)) return 'read';
  const role = /\/run", "(transact|guard|watch|draft|answer)"/.exec(words)?.[1];
  if (role !== undefined) return { guard: 'switch', watch: 'switch', transact: 'transaction' }[role] ?? role;
  return /^"sg", "vyattacfg"/.test(words) ? 'transaction' : undefined;
}
