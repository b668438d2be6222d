// What a router shows when an apply has come to its end, asked over SSH: for any router, not just the lab's.
import type { RouterUnderTest } from './under-test.ts';

export interface State {
  /** `show configuration commands`. */
  readonly active: string;
  /** From the saved to the active configuration. */
  readonly drift: string;
  /** What edgewg has left in /tmp, its processes, its key files. */
  readonly left: string;
}

const mark = '----\n';
const show = 'cli-shell-api showConfig --show-active-only --show-commands';
const compare =
  'cli-shell-api showConfig --show-cfg1 /config/config.boot --show-cfg2 @ACTIVE --show-context-diff --show-commands';
const processes =
  'for p in /proc/[0-9]*; do grep -aqs "[e]dgewg/.*/run" $p/cmdline && tr "\\0" " " <$p/cmdline; done';
const busy = `[ -n "$(ls /tmp/edgewg 2>/dev/null; ${processes})" ]`;

/** Waits two minutes at most until nothing of edgewg is at work any more. */
export async function settled(router: RouterUnderTest): Promise<State> {
  await router.exec(`n=0; while ${busy} && [ $n -lt 240 ]; do n=$((n + 1)); sleep 0.5; done`);
  const leftovers = `ls /tmp/edgewg 2>/dev/null; ls /config/auth | grep -E "wg90[45]"; ${processes}`;
  const said = await router.exec(`${show}\necho ----\n${compare}\necho ----\n${leftovers}`);
  const [active = '', drift = '', left = ''] = said.split(mark);
  return { active, drift, left };
}

/** A script that runs `lines` in one configuration session; `$W` is the wrapper. */
export const inSession = (...lines: string[]): string =>
  [
    `sg vyattacfg -c 'bash -s' <<'END'`,
    'W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper',
    ...['$W begin', ...lines, '$W end'].map(line => `${line} </dev/null`),
    'END',
  ].join('\n');
