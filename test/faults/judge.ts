// What must hold after every case, whatever happened in it.
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

/** `said` is the client's stderr. */
export function judge(row: Omit<Row, 'violations'>, seen: Seen, said: string): string[] {
  const isNew = row.active === 'new';
  const isOld = row.active === 'old';
  const wasRestarted = row.fault === 'reboot' || row.fault === 'router reboot';
  return [
    isNew || isOld ? '' : 'active is neither old nor new',
    row.saved === row.active ? '' : 'saved is not what is active',
    isNew && !/confirming/.test(said) ? 'new without a proof' : '',
    isTrue(row.exit, isOld, isNew) ? '' : `exit ${row.exit} does not tell the truth`,
    /^error: .*(as before|nothing was done)/m.test(said) && !isOld ? 'it says that all is as before' : '',
    // a commit that nobody saved is gone with a restart
    row.happened && row.fault.startsWith('foreign commit') && !seen.hasForeign
      ? "somebody else's commit is gone"
      : '',
    isOld && seen.hasKey && !wasRestarted ? 'a key file is left' : '',
    isNew && !seen.hasKey ? 'the key file is missing' : '',
    ...seen.left.map(what => `left over: ${what}`),
  ].filter(text => text !== '');
}

function isTrue(exit: number | string, isOld: boolean, isNew: boolean): boolean {
  switch (exit) {
    case 0:
      return isNew;
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
