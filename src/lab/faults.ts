// Mishaps on demand: what goes wrong, and at which named step. A list that the SSH server, the box and the engine ask when
// they reach a step; how a mishap is done is theirs.
import { Refused } from '../errors.ts';
import { isReleaseName, releases } from './engine/release.ts';

/** What can happen; `argument` is after a colon, such as the milliseconds of `stall:500`. */
export const kinds = {
  drop: 'resets the TCP connections',
  silence: 'goes silent without closing the TCP connections',
  close: 'closes the channels without an exit status',
  stall: 'waits [:MILLISECONDS], or for ever',
  refuse: 'refuses: the login, the channel, the command',
  cut: 'leaves out the rest of the output',
  fail: 'makes the command or the priority subtree fail [:TEXT]',
  lock: 'lets another program hold the commit lock [:MILLISECONDS]',
  foreign: 'lets another session commit :COMMANDS, separated by `;`, first',
  full: 'fails the next write of a file as on a full disk',
  reboot: 'kills everything inside and boots from config.boot',
  upgrade: 'reboots as after a firmware upgrade [:RELEASE], without the wireguard package',
  install: 'installs the wireguard package, as dpkg and modprobe would',
  unresolved: 'lets names no longer resolve',
  clock: 'puts the clock forward by :SECONDS',
  empty: 'empties /tmp',
  confirm: 'lets somebody type commit-confirm, [:MINUTES] before a restart',
  missing:
    'leaves out of the kernel what is committed: :route PREFIX, :rule RULESET NUMBER, :hook local INTERFACE, :nat NUMBER or :clamp, perhaps with `for SECONDS`',
  bgp: 'has a BGP neighbour say :ADDRESS STATE, or ADDRESS up PREFIXES, perhaps with `in SECONDS`',
} as const;

export type Kind = keyof typeof kinds;

export interface Fault {
  /**
   * `auth`, `exec`, `output:BYTE`, `set`, `delete`, `commit`, `commit:subtree:PRIORITY`, `commit:after`, `save`, `load`, or
   * one of the first two, `set` or `delete` with a number (`exec:2`: the second from now on; `set:12`: of a session).
   */
  readonly step: string;
  readonly kind: Kind;
  readonly argument?: string;
}

const steps =
  /^(auth|exec)(:\d+)?$|^output:\d+$|^(set|delete)(:\d+)?$|^commit(:after|:subtree:\d+)?$|^(save|load|now)$/;

/** Reads STEP=WHAT or STEP=WHAT:ARGUMENT; `now` is no step but at once. */
export function parseFault(text: string): Fault {
  const [, step = '', kind = '', argument] = /^([^=]*)=([a-z]+)(?::(.*))?$/s.exec(text) ?? [];
  if (!steps.test(step))
    throw new Refused(
      'lab-fault',
      `'${text}' names no step that the lab knows`,
      'say STEP=WHAT, such as `set:12=drop`',
    );
  if (!Object.hasOwn(kinds, kind))
    throw new Refused(
      'lab-fault',
      `'${text}' names no mishap that the lab knows`,
      `one of ${Object.keys(kinds).join(', ')}`,
    );
  if (kind === 'upgrade' && argument !== undefined && !isReleaseName(argument))
    throw new Refused(
      'lab-fault',
      `'${text}' names no release that the lab knows`,
      `one of ${Object.keys(releases).join(', ')}`,
    );
  return { step, kind: kind as Kind, ...(argument !== undefined && { argument }) };
}

/** Each fault happens once. */
export class Faults {
  readonly fired: Fault[] = [];
  #armed: { fault: Fault; seen: number }[] = [];

  add(fault: Fault | string): void {
    this.#armed.push({ fault: typeof fault === 'string' ? parseFault(fault) : fault, seen: 0 });
  }

  get armed(): readonly Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }

  clear(): void {
    this.#armed = [];
  }

  /** A step with its own number (`set:12`), or none (`commit`): matches the very same, or `set` for any. */
  reach(step: string, kinds?: readonly Kind[]): Fault | undefined {
    const general = step.replace(/^(set|delete):\d+$/, '$1');
    return this.#take(
      ({ fault }) =>
        (fault.step === step || fault.step === general) &&
        (kinds === undefined || kinds.includes(fault.kind)),
    );
  }

  /** A step that is counted here: the Nth since the fault was added. */
  count(step: 'auth' | 'exec'): Fault | undefined {
    const same = this.#armed.filter(({ fault }) => fault.step.split(':')[0] === step);
    for (const armed of same) armed.seen++;
    return this.#take(
      armed => same.includes(armed) && armed.seen === Number(armed.fault.step.split(':')[1] ?? 1),
    );
  }

  /** Output of a channel from byte `from` up to `to`: the fault within, and at which byte. */
  output(from: number, to: number): { fault: Fault; at: number } | undefined {
    const byteOf = (fault: Fault) =>
      fault.step.startsWith('output:') ? Number(fault.step.slice(7)) : Number.NaN;
    const fault = this.#take(armed => byteOf(armed.fault) >= from && byteOf(armed.fault) < to);
    return fault && { fault, at: byteOf(fault) };
  }

  #take(matches: (armed: { fault: Fault; seen: number }) => boolean): Fault | undefined {
    const index = this.#armed.findIndex(matches);
    const [taken] = index < 0 ? [] : this.#armed.splice(index, 1);
    if (taken) this.fired.push(taken.fault);
    return taken?.fault;
  }
}
