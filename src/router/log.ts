// The router's log of applies (/config/user-data/edgewg/log), which outlives a restart: a line each, `time id word …`. Pure.

import type { InterruptedApply } from '../plan/types/facts.ts';

/** How an apply ends, by the first word of its last line. */
export const results = ['saved', 'undone', 'put-back', 'untouched', 'unsaved', 'failed', 'gone'] as const;

const words: readonly string[] = ['begun', 'held', ...results];

/** The last word of the router's log about an apply, with its time. */
export interface Logged {
  readonly id: string;
  readonly at: string;
  readonly word: string;
  readonly said: string;
}

/** Of every apply whose id begins so, in the order of the log. */
export function loggedOf(applies: string, prefix: string): Logged[] {
  const last = new Map<string, Logged>();
  for (const line of applies.split('\n')) {
    const [, at = '', id = '', said = ''] = /^(\d{4}-\S+Z) ([0-9a-z-]+) (.*)$/.exec(line) ?? [];
    const [word = ''] = said.split(' ');
    if (id.startsWith(prefix) && id !== '' && words.includes(word)) last.set(id, { id, at, word, said });
  }
  return [...last.values()];
}

/** The last apply of the log, when nothing tells of its end and it began before this restart of the router. */
export function interruptedOf(
  applies: string,
  { bootId, savedDigest }: { readonly bootId: string; readonly savedDigest: string },
): InterruptedApply[] {
  const last = loggedOf(applies, '').at(-1);
  if (last === undefined || (last.word !== 'begun' && last.word !== 'held')) return [];
  const begun = new RegExp(`^(\\S+Z) ${last.id} begun ([0-9a-f-]{36})(?: ([0-9a-f]{64}))?$`, 'm').exec(
    applies,
  );
  const [, began = '', boot, saved] = begun ?? [];
  if (boot === undefined || bootId === '' || boot === bootId) return [];
  const isSavedAsBefore = saved === undefined || savedDigest === '' ? undefined : saved === savedDigest;
  return [{ id: last.id, began, wasHeld: last.word === 'held', isSavedAsBefore }];
}

/** What the log says of an apply last: one of {@link results}, `begun` while it doesn't say how it ended, or nothing. */
export function loggedResult(applies: string, id: string): string {
  const word = loggedOf(applies, id).find(one => one.id === id)?.word ?? '';
  return word === 'held' ? 'begun' : word;
}
