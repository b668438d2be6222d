// What the rendered files have set up on a server, as text that can be compared.
import { type Machine, until } from './machine.ts';

/** Everything that the files set up, without counters. */
export function stateOf(machine: Machine): string {
  const filter = [
    machine.try(['nft', '-s', 'list', 'ruleset']).stdout,
    ...['iptables', 'ip6tables'].map(command => machine.run([`${command}-save`])),
  ]
    .join('')
    .replace(/^#.*\n/gm, '')
    .replace(/counter packets \d+ bytes \d+|\[\d+:\d+\]/g, '');
  const shown = ['-o addr', 'rule', '-6 rule', 'route show table all', '-6 route show table all'].map(words =>
    machine
      .run(['ip', ...words.split(' ')])
      .split('\n')
      // routes for single neighbours come and go
      .filter(line => !/ cache | expires /.test(line))
      .sort()
      .join('\n'),
  );
  return [filter, ...shown, machine.try(['wg', 'showconf', 'wg0']).stdout].join('\n');
}

/** What one has and the other hasn't, line by line. */
function difference(before: string, now: string): string {
  const [then, since] = [before.split('\n'), now.split('\n')];
  return [
    ...then.filter(line => !since.includes(line)).map(line => `- ${line}`),
    ...since.filter(line => !then.includes(line)).map(line => `+ ${line}`),
  ].join('\n');
}

/** What an administrator fetches for `edgewg cluster check`. */
export const stateFile = (machine: Machine): string =>
  machine.sh(
    'ip -j address; ip -j rule; ip -6 -j rule; ip -j route show table all; ip -6 -j route show table all',
  );

export const asBefore = (machine: Machine, before: string): Promise<true> =>
  until(
    'all is as it was',
    () => stateOf(machine) === before || undefined,
    () => difference(before, stateOf(machine)),
    20,
  );

/** Rules of netfilter and of routing that are there beside what every machine has. */
export function left(machine: Machine, stays = /^$/): string {
  return stateOf(machine)
    .split('\n')
    .filter(line => /^-A|edgewg|fwmark/.test(line) && !stays.test(line))
    .join('\n');
}
