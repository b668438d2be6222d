// What the package's scripts have in common: who may run them, which link they are about, and where a key is read from.
import { type Act, type Action, failed } from '../action.ts';
import type { Link } from '../kernel.ts';

const key = /^[0-9a-zA-Z/+]{43}=$/;

/** The package's scripts refuse to run for another primary group (docs/edgeos.md 'Group and shell'). */
export function script(run: Action): Action {
  return act => {
    if (act.call.group !== 'vyattacfg')
      return failed('This script must be executed from vyatta configuration system.');
    return run(act);
  };
}

export function linkOf(act: Act): Link | undefined {
  return act.world.kernel.links.get(act.path[2] ?? '');
}

/** The key itself, of a literal or of a file that `sudo wg` reads. */
export async function keyText(act: Act, value: string): Promise<string | undefined> {
  const file = await act.world.files.read(value);
  const text = file === undefined ? value : file.toString('utf8').trim();
  return key.test(text) ? text : undefined;
}
