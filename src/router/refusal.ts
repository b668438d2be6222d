// What to tell about a transaction that didn't get as far as the proof, from the records that the router sent.
import { type EdgewgError, NoAccess, Refused } from '../errors.ts';
import type { Plan } from '../plan/types/plan.ts';
import { printCommands } from '../vyatta/commands.ts';
import { scrub } from '../vyatta/scrub.ts';
import { printCommand } from '../vyatta/words.ts';
import type { Reading } from './read.ts';
import type { Record } from './records.ts';

type Records = ReadonlyMap<string, Record>;

/** Another edgewg has the router. */
export function held(records: Records): NoAccess {
  const holder = scrub(records.get('held')?.output ?? '').trim() || 'it has just begun';
  return new NoAccess(
    'held',
    `another edgewg is at work on this router: ${holder}; nothing was done`,
    'wait for it, or give --lock-timeout SECONDS',
  );
}

/** Nothing was done. `now` is read when the router is not what the plan was made for. */
export async function untouched(
  records: Records,
  plan: Plan,
  before: Reading,
  now: () => Promise<Reading>,
): Promise<EdgewgError> {
  if (records.has('stale')) {
    const lines = await now().then(
      reading => moved(before, reading),
      () => '',
    );
    return new Refused(
      'stale',
      `the router changed since the plan was made; nothing was done${lines}`,
      'plan again, and look at what changed',
    );
  }
  if (records.has('stale:secret'))
    return new Refused(
      'stale',
      'a key or a password of the configuration changed since the plan was made; nothing was done',
      'plan again; `show system commit` on the router tells who it was',
    );
  const drift = records.get('drift');
  if (drift !== undefined) {
    const lines = scrub(drift.output).trimEnd() || '(only secrets differ)';
    return new Refused(
      'drift',
      `saved and running configuration differ, and a save would bury it; nothing was done:\n${lines}`,
      'save or undo that change first, or give --allow drift',
    );
  }
  return new Refused('refused', `${reasonOf(plan, records)}; nothing was done`);
}

const mostLines = 20;

/** What is different from what the plan was made for, and who committed since: to be put behind a sentence. */
export function moved(before: Reading, now: Reading): string {
  const lines = (reading: Reading): string[] => printCommands(reading.running).trimEnd().split('\n');
  const [old, fresh] = [new Set(lines(before)), new Set(lines(now))];
  const changes = [
    ...[...old].filter(line => !fresh.has(line)).map(line => `- ${line}`),
    ...[...fresh].filter(line => !old.has(line)).map(line => `+ ${line}`),
  ];
  const shown = changes.slice(0, mostLines);
  if (changes.length > shown.length) shown.push(`… and ${changes.length - shown.length} more`);
  const by = committedSince(before, now).map(line => `committed ${line}`);
  return [...shown, ...by].map(line => `\n  ${line}`).join('');
}

/** The lines of the router's commit archive that are new since, but for edgewg's own: when, who, and by which way. */
export function committedSince(before: Reading, now: Reading): string[] {
  const nameless = (line: string): string => line.replace(/^\d+\s+/, '');
  const known = new Set(before.facts.commits.map(nameless));
  return now.facts.commits
    .filter(line => /^\d/.test(line))
    .map(nameless)
    .filter(line => !known.has(line) && !line.endsWith('via edgewg'));
}

/** The parts of the transaction that can fail by themselves, for people. */
const parts: Readonly<{ [name: string]: string }> = {
  group: "the router's `sg vyattacfg` gave another group",
  home: 'edgewg has no folder of its own on the router',
  space: 'the router has no room',
  switch: 'the dead-man switch did not start',
  read: "the router's configuration can't be read",
  seal: 'sudo on the router reads neither SSH host keys nor /etc/shadow, so that another key or password would not be seen',
  begin: 'the router opened no configuration session',
  canary: 'the part that goes first was not confirmed',
  snapshot: "the router's configuration could not be kept aside",
  drift: "the saved configuration can't be compared with the running one",
};

/** The first thing that went wrong, in the router's words, at the command that it was said of. */
export function reasonOf(plan: Plan, records: Records): string {
  for (const { name, exit, output } of records.values()) {
    const words = scrub(output)
      .trim()
      .replaceAll(/\s*\n\s*/g, '; ');
    const said = words === '' ? '' : `: ${words}`;
    const [kind, detail = ''] = name.split(/:(.*)/s);
    if (kind === 'refused') return `${refusedPart(plan, detail)}${said}`;
    if (kind === 'moved') return 'somebody else committed while the change was being prepared';
    if (kind === 'key' && exit !== 0) return `the key file of ${detail} can't be used${said}`;
    if (kind === 'commit' && exit !== 0) return `the commit failed${said || `: exit ${exit}`}`;
    if (kind === 'ipv6' && exit !== 0) return `an IPv6 address of ${detail} could not be put back${said}`;
  }
  return 'the transaction stopped';
}

function refusedPart(plan: Plan, detail: string): string {
  if (/^\d+$/.test(detail)) return `the router refused \`${commandOf(plan, Number(detail))}\``;
  if (detail.startsWith('key:')) return `the key file of ${detail.slice(4)} could not be made`;
  if (detail.startsWith('helper:'))
    return `the script that looks up names for ${detail.slice(7)} could not be put there`;
  return parts[detail] ?? detail;
}

function commandOf(plan: Plan, number: number): string {
  const operation = plan.commits.flatMap(commit => commit.run).filter(({ op }) => op !== 'prune')[number - 1];
  if (operation === undefined) return `command ${number}`;
  return printCommand(operation.op === 'set' ? 'set' : 'delete', operation.path);
}
