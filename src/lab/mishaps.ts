// Does what a fault says, when a step is reached by the SSH server or by the engine.
import type { Answer, Call } from './call.ts';
import type { Fault, Faults, Kind } from './faults.ts';
import type { Interference, Spoiled } from './ssh/session.ts';

/** What of the lab a mishap can lay hands on. */
export interface Victim {
  cut(how: 'reset' | 'silence'): void;
  closeChannels(): void;
  /** Runs a script inside as this caller. */
  sh(script: string, as: Call): Promise<Answer>;
  /** `to`: the release of the new firmware; default: the one that runs. */
  reboot(changes?: { readonly isUpgrade: boolean; readonly to?: string }): void;
  installPackage(): void;
  fillDisk(): void;
  forgetNames(): void;
  moveClock(seconds: number): Promise<void>;
  /** What the kernel doesn't show although it is committed, as the engine's netfilter.ts and kernel.ts name it. */
  leaveOut(what: string, seconds: number): void;
  /** `Active`, `Connect`, …, or how many prefixes came from a neighbour whose session is up; from so many seconds on. */
  setSession(address: string, state: string, seconds: number): void;
}

export interface Mishaps extends Interference {
  /** For the engine; see its faults.ts. */
  at(step: string): Promise<{ fail: string } | undefined>;
  /** At once. */
  perform(fault: Fault): Promise<{ fail: string } | undefined>;
}

const admin: Call = {
  program: 'sh',
  args: [],
  pid: 0,
  ppid: 0,
  env: {},
  user: 'ubnt',
  group: 'vyattacfg',
  cwd: '/',
  isTerminal: false,
};

const never = new Promise<never>(() => undefined);
const wait = (ms: number) =>
  new Promise<undefined>(resolve => void setTimeout(() => resolve(undefined), ms).unref());
const milliseconds = ({ argument }: Fault, otherwise: number): number =>
  argument ? Number(argument) : otherwise;

export function mishaps(faults: Faults, victim: Victim): Mishaps {
  const nothing = (act: () => void) => async () => {
    act();
    return undefined;
  };
  const does: Readonly<Record<Kind, (fault: Fault) => Promise<{ fail: string } | undefined>>> = {
    drop: nothing(() => victim.cut('reset')),
    silence: nothing(() => victim.cut('silence')),
    close: nothing(() => victim.closeChannels()),
    stall: fault => (fault.argument ? wait(milliseconds(fault, 0)) : never),
    cut: nothing(() => undefined),
    refuse: async () => ({ fail: 'refused' }),
    fail: async ({ argument }) => ({ fail: argument ?? 'it failed on purpose' }),
    lock: fault => holdLock(victim, milliseconds(fault, 3000)),
    foreign: ({ argument }) => commitForeign(victim, argument ?? ''),
    full: nothing(() => victim.fillDisk()),
    // Whoever called dies with the router and hears no answer.
    reboot() {
      victim.reboot();
      return never;
    },
    upgrade({ argument }) {
      victim.reboot({ isUpgrade: true, ...(argument && { to: argument }) });
      return never;
    },
    install: nothing(() => victim.installPackage()),
    unresolved: nothing(() => victim.forgetNames()),
    empty: async () => {
      await victim.sh('rm -rf /tmp/*', { ...admin, user: 'root' });
      return undefined;
    },
    confirm: async ({ argument }) => {
      await victim.sh(
        `/run/lab/engine/vyatta-config-mgmt.pl --action=commit-confirm --minutes=${Number(argument || 10)} --confirmed`,
        admin,
      );
      return undefined;
    },
    missing: async ({ argument = '' }) => {
      const [what = '', seconds] = argument.split(/ for (?=\d+$)/);
      victim.leaveOut(what, seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds));
      return undefined;
    },
    bgp: async ({ argument = '' }) => {
      const [said = '', seconds = '0'] = argument.split(/ in (?=\d+$)/);
      const [address = '', ...state] = said
        .replace(/ up( |$)/, ' ')
        .trim()
        .split(' ');
      victim.setSession(address, state.join(' ') || '0', Number(seconds));
      return undefined;
    },
    clock: async ({ argument }) => {
      await victim.moveClock(Number(argument ?? 3600));
      return undefined;
    },
  };
  const perform = (fault: Fault) => does[fault.kind](fault);
  return {
    perform,
    async at(step) {
      // Who would take or hold the lock has to come before the engine takes it.
      const fault = step === 'lock' ? faults.reach('commit', ['foreign', 'lock']) : faults.reach(step);
      return fault && perform(fault);
    },
    async atLogin() {
      const fault = faults.count('auth');
      return fault !== undefined && (await perform(fault)) !== undefined;
    },
    atCommand() {
      const fault = faults.count('exec');
      if (fault?.kind === 'refuse' || fault?.kind === 'fail') return 'refuse';
      return fault ? perform(fault) : Promise.resolve();
    },
    output(from, length): Spoiled | undefined {
      const found = faults.output(from, from + length);
      if (!found) return undefined;
      const { kind } = found.fault;
      if (kind !== 'cut' && kind !== 'close' && kind !== 'stall') void perform(found.fault);
      return { length: found.at - from, rest: kind === 'cut' || kind === 'close' ? kind : 'stall' };
    },
  };
}

/** As another program that locks with lockf; settles when it holds the lock. */
async function holdLock(victim: Victim, ms: number): Promise<undefined> {
  const take =
    '$whole = pack "s! s! x![q] q q i x4", 1, 0, 0, 0, 0; open F, "+<", "/opt/vyatta/config/.lock"; fcntl F, 7, $whole or exit 1';
  const hold = `perl -e '${take}; print "held\\n"; close STDOUT; sleep ${Math.ceil(ms / 1000)}' </dev/null 2>/dev/null &`;
  await victim.sh(hold, admin);
  return undefined;
}

/** The commands, each as after `vyatta-cfg-cmd-wrapper`, in a session of their own. */
async function commitForeign(victim: Victim, commands: string): Promise<undefined> {
  const wrapper = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
  const steps = ['begin', ...commands.split(';').map(command => command.trim()), 'commit', 'end'];
  await victim.sh(
    steps
      .filter(step => step !== '')
      .map(step => `${wrapper} ${step}`)
      .join('\n'),
    admin,
  );
  return undefined;
}
