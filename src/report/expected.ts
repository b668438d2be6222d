// How long an apply takes, in words that promise nothing.
import type { Duration } from '../plan/types/plan.ts';
import { printDuration } from './duration.ts';
import { visible } from './visible.ts';

/** `, about 30 s`; empty where it isn't known. */
export function durationText(duration: Duration | undefined): string {
  if (duration === undefined) return '';
  const { about_seconds: seconds, unmeasured } = duration;
  const more = unmeasured.length === 0 ? '' : ` and what ${unmeasured.map(visible).join(', ')} takes`;
  return `, about ${printDuration(seconds)}${more}`;
}
