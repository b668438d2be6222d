// The values of ssh_config keywords as numbers, times and yes or no (ssh_config(5)). Knows no keyword.
import { NoAccess } from '../errors.ts';
import type { Settings } from './settings.ts';

export function isOn(settings: Settings, keyword: string): boolean {
  return ['yes', 'true', 'always'].includes(settings.first(keyword)?.toLowerCase() ?? 'no');
}

export function isOff(settings: Settings, keyword: string): boolean {
  return ['no', 'false'].includes(settings.first(keyword)?.toLowerCase() ?? 'yes');
}

export function integer(settings: Settings, keyword: string, usual: number, most: number): number {
  const word = settings.first(keyword);
  if (word === undefined) return usual;
  if (!/^\d{1,9}$/.test(word) || Number(word) > most) throw badValue(keyword, word);
  return Number(word);
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds, from `90`, `1m30s`, `none` (sshd_config(5), TIME FORMATS); a day at most. */
export function seconds(settings: Settings, keyword: string, usual: number): number {
  const word = settings.first(keyword)?.toLowerCase();
  if (word === undefined || word === 'none') return usual;
  if (!/^(\d{1,7}[smhdw]?)+$/.test(word)) throw badValue(keyword, word);
  const parts = [...word.matchAll(/(\d+)([smhdw]?)/g)];
  const sum = parts.reduce(
    (total, [, count, unit]) => total + Number(count) * (unitSeconds[unit ?? ''] ?? 1),
    0,
  );
  return Math.min(sum, 86_400);
}

function badValue(keyword: string, word: string): NoAccess {
  return new NoAccess(
    'ssh-config-value',
    `ssh_config: ${keyword} can't be '${word}'`,
    'correct it in ssh_config',
  );
}
