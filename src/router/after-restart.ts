// What a router came up with that restarted behind a person's word on an apply that is held: the switch is gone with what it knew, so
// that a reading alone can tell what became of it.
import { type EdgewgError, PutBack, StateUnknown } from '../errors.ts';
import type { HeldApply } from '../plan/types/facts.ts';
import { isInPlace, type Plan } from '../plan/types/plan.ts';
import { loggedResult } from './log.ts';
import type { Reading } from './read.ts';

/**
 * `before`: running and saved configuration are those from before the apply. `applied`: what it wanted runs, and is what is saved.
 * `neither`: something else, or not all of it could be read. `stranger`: another restart of a router whose log doesn't name the apply.
 */
export type CameUpWith = 'before' | 'applied' | 'neither' | 'stranger';

interface Restart {
  readonly held: HeldApply;
  readonly reading: Reading;
  readonly replan: ((reading: Reading) => Plan) | undefined;
}

/** Undefined where it hasn't restarted. */
export function cameUpWith({ held, reading, replan }: Restart, now: Reading): CameUpWith | undefined {
  const { facts } = now;
  if (facts.bootId === reading.facts.bootId) return undefined;
  if (loggedResult(facts.applies, held.id) === '') return 'stranger';
  if (isAsBefore(held, now)) return 'before';
  const isWanted = replan === undefined ? facts.digest === held.proven : isInPlace(replan(now));
  return isWanted && facts.isDriftKnown && facts.drift.length === 0 ? 'applied' : 'neither';
}

/** Empty digests, of what can't be read, are no evidence. */
export const isAsBefore = (held: HeldApply, { facts }: Reading): boolean =>
  facts.digest === held.before &&
  facts.savedDigest === held.saved &&
  facts.digest !== '' &&
  facts.savedDigest !== '';

/** Where that is not what was asked for. */
export function restartError({ id }: HeldApply, found: CameUpWith): EdgewgError {
  const look =
    'look with `edgewg status`, again if it is still starting; `edgewg doctor` tells what a restart lost, `edgewg plan` what the site file would change';
  switch (found) {
    case 'before':
      return new PutBack(
        'put-back',
        `apply ${id} is gone: the router restarted before it was saved; running and saved configuration are as before`,
        'to apply it again: edgewg apply',
      );
    case 'applied':
      return new StateUnknown(
        'saved-unproven',
        `apply ${id}: the router has restarted meanwhile, and what it came up with is what was applied, saved`,
        `to take it back: edgewg rollback ${id}, or edgewg plan with the site file from before`,
      );
    case 'neither':
      return new StateUnknown(
        'unknown-state',
        `apply ${id} waits no longer: the router has restarted meanwhile, and what is read there is neither what was there before nor what was applied`,
        look,
      );
    case 'stranger':
      return new StateUnknown(
        'unknown-state',
        `apply ${id}: what is reached now is another router, or one that has restarted and lost its log of applies`,
        look,
      );
  }
}
