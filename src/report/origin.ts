// What a plan was made for, in words.
import type { Origin } from '../plan/types/origin.ts';

/** `the snapshot of 2026-11-26 01:00 UTC (v2.0.9)`. */
export function originText({ kind, time, version }: Origin): string {
  const when = time === undefined ? '' : ` of ${time.slice(0, 16).replace('T', ' ')} UTC`;
  const what = { router: `the router as${when === '' ? ' it was' : when}`, snapshot: `the snapshot${when}` };
  const name = kind === 'file' ? 'a saved configuration' : what[kind];
  return version ? `${name} (${version})` : name;
}
