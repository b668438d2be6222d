// Checks of the package's templates that put the value into a shell line as it is: a value with shell characters in it
// is run by the shell, as on the router (docs/edgeos.md 'Values and the shell'; interactive/20). Harmless values are judged here.
import { parseInterfaceAddress } from '../../../wireguard/prefix.ts';
import { type Act, type Action, fine, type Outcome } from '../action.ts';

const key = /^[0-9a-zA-Z/+]{43}=$/;
const harmless = /^[A-Za-z0-9_@%+=:,./-]*$/;

/** Whether every element passes is decided by the last one: the router's loop forgets the others. */
export function isAllowedIp({ value }: { value: string }): boolean {
  const last = value
    .split(',')
    .filter(part => part !== '')
    .at(-1);
  return last === undefined || parseInterfaceAddress(last) !== undefined;
}

/** A file that the committing user can read and that holds a key, or a key itself. */
export async function isKeyOrFile({
  value,
  call,
  world,
}: Pick<Act, 'value' | 'call' | 'world'>): Promise<boolean> {
  const isThere = value !== '' && (await world.files.read(value)) !== undefined;
  if (!isThere) return key.test(value);
  const text = await world.files.read(value, call);
  return text !== undefined && key.test(text.toString('utf8').trim());
}

/** A check by `judge`, or by the shell when the value is more than a word. */
export function throughShell(judge: (act: Act) => boolean | Promise<boolean>, text?: string): Action {
  const outcome = (ok: boolean, said = ''): Outcome => ({
    ok,
    said,
    ...(ok || text === undefined ? {} : { text }),
  });
  return async act => {
    if (harmless.test(act.value)) return (await judge(act)) ? fine : outcome(false);
    const answer = await act.world.sh(shellLine(act.value, judge === isKeyOrFile), act.call);
    return outcome(answer.exit === 0, answer.stdout + answer.stderr);
  };
}

const check = '/opt/vyatta/sbin/lab-check';

function shellLine(value: string, isKey: boolean): string {
  if (isKey) return `${check} key ${value}`;
  return `ips=${value}; for ip in \${ips//,/ }; do ${check} ip $ip > /dev/null; done || exit 1`;
}

/** Undefined for a mark that `ubnt-fw-syntax valid-mark` takes, else what it prints. */
export function markProblem(text: string): string | undefined {
  const digits = "Error: invalid mark. Only digits are allow or start with '!' to negate.";
  const bare = text.slice(text.indexOf('!') + 1);
  if (bare.includes('-')) return digits;
  const [mark = '', mask] = bare.includes('/') ? bare.split('/', 2) : [bare];
  for (const part of mask === undefined ? [mark] : [mark, mask]) {
    if (!/^(0x[0-9a-fA-F]+|\d+)$/.test(part)) return digits;
    if (Number(part) > 2147483647) return 'Error: mark must be between 0 and 2147483647';
  }
  return undefined;
}
