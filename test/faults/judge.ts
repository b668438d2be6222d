// What must hold after every case, whatever happened in it.
import { scenarioOf } from './cases.ts';
import type { Seen } from './router.ts';

export interface Row {
  readonly step: string;
  readonly fault: string;
  /** The step was reached, and the mishap happened. */
  readonly happened: boolean;
  /** `old`, `new` or MIXED: our paths. */
  readonly active: string;
  /** The same of config.boot; OTHER: it isn't what is active. */
  readonly saved: string;
  /** The last word of the switch in the router's log. */
  readonly log: string;
  readonly exit: number | string;
  readonly seconds: number;
  readonly violations: readonly string[];
}

/** What an apply without a mishap was made from, and what it made. */
export interface Good {
  readonly before: Seen;
  readonly seen: Seen;
}

/** `said` is the client's stderr. */
export function judge(row: Omit<Row, 'violations'>, seen: Seen, said: string, good: Good): string[] {
  const isNew = row.active === 'new';
  const isQuiet = row.step === 'start' && row.fault.startsWith('stderr');
  const isOld = row.active === 'old';
  const wasRestarted = row.fault === 'reboot' || row.fault === 'router reboot';
  return [
    isNew || isOld ? '' : 'active is neither old nor new',
    row.saved === row.active ? '' : 'saved is not what is active',
    isNew && !isQuiet && !/confirming/.test(said) ? 'new without a proof' : '',
    falseGreen(row, seen, good),
    isTrue(row, isOld, isNew) ? '' : `exit ${row.exit} does not tell the truth`,
    /^error: .*(as before|nothing was done)/m.test(said) && !isOld ? 'it says that all is as before' : '',
    // a commit that nobody saved is gone with a restart
    row.happened && /^foreign commit( |$)/.test(row.fault) && !seen.hasForeign
      ? "somebody else's commit is gone"
      : '',
    isOld && seen.hasKey && !wasRestarted ? 'a key file is left' : '',
    isNew && !seen.hasKey ? 'the key file is missing' : '',
    ...seen.left.map(what => `left over: ${what}`),
  ].filter(text => text !== '');
}

/**
 * A good word, held against what the router prints to a plain shell and against the bytes of its config.boot: nothing of edgewg's own reads
 * them.
 */
function falseGreen(row: Omit<Row, 'violations'>, seen: Seen, { before, seen: after }: Good): string {
  const { exit } = row;
  const wanted = exit === 0 ? (endsOld(row) ? before : after) : exit === 5 ? before : undefined;
  if (wanted === undefined || (seen.active === wanted.active && seen.boot === wanted.boot)) return '';
  return `FALSE GREEN: exit ${exit}, and ${seen.active === wanted.active ? 'config.boot' : 'what runs'} is something else`;
}

/** Nobody confirms what these leave behind, or it is undone at once. */
function endsOld(row: Pick<Row, 'step'>): boolean {
  return ['hold', 'undo', 'extend'].includes(scenarioOf(row));
}

function isTrue(row: Omit<Row, 'violations'>, isOld: boolean, isNew: boolean): boolean {
  if (endsOld(row) && isNew) return false;
  switch (row.exit) {
    case 0:
      return endsOld(row) ? isOld : isNew;
    case 3:
    case 4:
    case 5:
      return isOld;
    // the person left, or the program was killed, before anybody could know; the message says so
    case 6:
    case 'SIGKILL':
      return true;
    case 129:
    case 130:
    case 143:
      return isOld || isNew;
    default:
      return false;
  }
}
