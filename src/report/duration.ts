// How long, as a person writes it: `90`, `90s`, `30m`, `2h`.
import { Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';

/** How long an apply may wait for a person's word at most, in seconds from its commit (src/router/scripts/window.sh). */
export const longestHold = 86_400;

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

/** Seconds. Throws {@link Refused} with code `usage`. */
export function readDuration(
  name: string,
  text: string,
  { least, most }: { least: number; most: number },
): number {
  const [, number = '', unit = ''] = /^(\d{1,5})([smh]?)$/.exec(text) ?? [];
  const seconds = Number(number) * (units[unit] ?? 1);
  if (number !== '' && seconds >= least && seconds <= most) return seconds;
  throw new Refused(
    'usage',
    `--${name} takes a time from ${printDuration(least)} to ${printDuration(most)}, not ${visible(text)}`,
    `such as --${name} 30m`,
  );
}

/** `45 s`, `30 min`, `1 h 5 min`: whole minutes from two of them on, as people say it. */
export function printDuration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** To the second, in UTC. */
export const timeAfter = (now: Date, seconds: number): string =>
  new Date(Math.round(now.getTime() / 1000 + seconds) * 1000).toISOString().replace('.000Z', 'Z');
