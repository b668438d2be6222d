// The two sides of the matrix: the steps of an apply, by the router's programs that are called in them or by what the client says
// there, and what goes wrong.
import type { ChildProcess } from 'node:child_process';
import { readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Call } from '../../src/lab/call.ts';
import type { TestProxy } from './proxy.ts';
import type { Watched } from './router.ts';

const wrapper =
  (verb: string, words = '') =>
  (call: Call) =>
    call.program === 'vyatta-cfg-cmd-wrapper' && call.args[0] === verb && call.args.join(' ').includes(words);
/** A change, by the wrapper or by the program that it runs (docs/edgeos.md 'Sessions'). */
const set = (call: Call) =>
  call.program === 'my_set' || (call.program === 'vyatta-cfg-cmd-wrapper' && call.args[0] === 'set');
const api = (call: Call) => call.program === 'cli-shell-api' && call.args.includes('--show-active-only');

const comparison = (call: Call) => call.program === 'cli-shell-api' && call.args.includes('@ACTIVE');

export interface Step {
  /** Which call it is: the `nth` for which this holds. */
  readonly is: (call: Call) => boolean;
  readonly nth: number;
  /** After the answer was made, and before it is given. */
  readonly isAfter?: boolean;
}

export const steps: Readonly<Record<string, Step>> = {
  'read: the configuration': { is: api, nth: 1 },
  'read: the tunnels': { is: call => call.program === 'wg' && call.args.includes('dump'), nth: 1 },
  'script: the digest': { is: api, nth: 2 },
  'script: begin': { is: wrapper('begin'), nth: 1 },
  'script: a key': { is: call => call.program === 'wg' && call.args.includes('genkey'), nth: 1 },
  'script: the first set': { is: set, nth: 1 },
  'script: a set': { is: set, nth: 7 },
  'script: the last look': { is: api, nth: 3 },
  'script: the commit': { is: wrapper('commit'), nth: 1 },
  'script: after the commit': { is: wrapper('commit'), nth: 1, isAfter: true },
  'script: end': { is: wrapper('end'), nth: 1 },
  'draft: begin': { is: wrapper('begin'), nth: 2 },
  'draft: the save': { is: wrapper('save'), nth: 1 },
  'draft: after the save': { is: wrapper('save'), nth: 1, isAfter: true },
  'draft: end': { is: wrapper('end'), nth: 2 },
  'proof: the configuration': { is: api, nth: 4 },
  'proof: the tunnels': { is: call => call.program === 'wg' && call.args.includes('dump'), nth: 2 },
  'save: the record': { is: api, nth: 5 },
  'save: the comparison': { is: comparison, nth: 3 },
  'save: the last comparison': { is: comparison, nth: 4 },
};

/** The same of what a person says of an apply that is held: the calls are counted from the second client's start. */
const heldSteps: Readonly<Record<string, Step>> = {
  'hold: the commit': { is: wrapper('commit'), nth: 1 },
  'hold: the proof': { is: api, nth: 4 },
  'confirm: the reading': { is: api, nth: 1 },
  'confirm: the kernel': { is: api, nth: 2 },
  'confirm: the record': { is: api, nth: 3 },
  'confirm: the comparison': { is: comparison, nth: 2 },
  'confirm: the last comparison': { is: comparison, nth: 3 },
  'canary: the commit': { is: wrapper('commit'), nth: 1 },
  'canary: the proof': { is: api, nth: 4 },
  'undo: the reading': { is: api, nth: 1 },
  'undo: the commit': { is: wrapper('commit'), nth: 1 },
  'undo: after the commit': { is: wrapper('commit'), nth: 1, isAfter: true },
  'extend: the reading': { is: api, nth: 1 },
};

const heldSayings: Readonly<Record<string, RegExp>> = {
  'hold: armed': /armed:/,
  'hold: committed': /committed/,
  'hold: proving': /proving/,
  'hold: logged in again': /ok: login/,
  'hold: held': /held:/,
  'canary: logged in again': /ok: login/,
  'canary: baking': /goes first/,
  'canary: well': /went well/,
  'confirm: proving': /proving/,
  'confirm: proven': /ok: running/,
  'confirm: confirming': /confirming/,
  'undo: putting back': /putting back/,
};

/** What can happen at them. */
export const heldFaults = [
  'client killed',
  'client interrupted',
  'client terminated',
  'TCP reset',
  'silence',
  'NAT rebind',
  'switch killed',
  'switch and its guard killed',
  '/tmp emptied',
  'foreign commit',
  'foreign save',
  'clock forward',
  'clock back',
  'router reboot',
] as const;
export const heldNames: readonly string[] = [...Object.keys(heldSteps), ...Object.keys(heldSayings)];

/** A step of any apply, by what the router is asked. */
export const stepOf = (name: string): Step | undefined => steps[name] ?? heldSteps[name];
/** Or by what the client says. */
export const sayingOf = (name: string): RegExp | undefined => sayings[name] ?? heldSayings[name];

/** What the client prints on its way, in order. */
export const sayings: Readonly<Record<string, RegExp>> = {
  'client: a key': /key of/,
  'client: armed': /armed:/,
  'client: set': /set \d+ of/,
  'client: committed': /committed/,
  'client: proving': /proving/,
  'client: logged in again': /ok: login/,
  'client: confirming': /confirming/,
};

export interface Scene {
  readonly router: Watched;
  readonly client: ChildProcess;
  readonly proxy: TestProxy;
  /** Of the same name, for `second router`. */
  readonly other: Watched | undefined;
  /** Set by a fault for later calls: what is to be answered to the next that it holds for. */
  next?: { is: (call: Call) => boolean; answer: Answer };
}

type Fault = (scene: Scene, call?: Call) => Promise<Answer | undefined> | Answer | undefined;

const refusal: Answer = { stdout: 'it failed on purpose\n', stderr: '', exit: 1 };
const config = (verbs: string): string =>
  `sg vyattacfg -c 'bash -s' <<'END'\nW=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper\n$W begin </dev/null\n${verbs}\n$W end </dev/null\nEND`;
const foreignCommit = '$W set interfaces ethernet eth2 description foreign </dev/null\n$W commit </dev/null';
const foreignSecret =
  '$W set system login user oper authentication encrypted-password x-foreign </dev/null\n$W commit </dev/null';
/** The processes of an apply by their last word. */
const killInside = (word: string, signal: string): string =>
  `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run ${word} ") kill -${signal} \${p#/proc/};; esac; done`;

const line =
  (name: 'drop' | 'silence' | 'close'): Fault =>
  async ({ router }) => {
    await router.lab.now({ step: 'now', kind: name });
    return undefined;
  };
const inside =
  (command: string): Fault =>
  async ({ router }) => {
    await router.run(command);
    return undefined;
  };
const signal =
  (name: NodeJS.Signals, again = false): Fault =>
  ({ client }) => {
    client.kill(name);
    if (again) setTimeout(() => client.kill(name), 300);
    return undefined;
  };
const kill = signal('SIGKILL');
const lab =
  (kind: 'empty' | 'confirm'): Fault =>
  async ({ router }) => {
    await router.lab.now({ step: 'now', kind });
    return undefined;
  };
const clock =
  (seconds: number): Fault =>
  async ({ router }) => {
    await router.lab.now({ step: 'now', kind: 'clock', argument: `${seconds}` });
    return undefined;
  };
/** The next commit puts the firewall in and stops at wireguard: EdgeOS's commits are not atomic (docs/edgeos.md 'Commits'). */
const partial: Fault = ({ router }) => {
  router.lab.faults.add('commit:subtree:460=fail');
  return undefined;
};

const atProxy =
  (act: (proxy: TestProxy, scene: Scene) => void): Fault =>
  scene => {
    act(scene.proxy, scene);
    return undefined;
  };

/** How the client's own streams can be from the start: its step is `start`. */
export const streamFaults = [
  'stdout full',
  'stderr full',
  'stdout closed',
  'stderr closed',
  'nobody reads stderr',
] as const;

/** What can happen while the client says something. */
export const clientFaults = [
  'client clock forward',
  'client clock back',
  'client state not writable',
  'NAT rebind',
  'second router',
  'nothing read any more',
  '/tmp emptied',
  'foreign commit-confirm',
  'foreign secret',
  'foreign save',
  'client killed',
  'client terminated',
  'client hung up',
  'client interrupted',
  'client interrupted twice',
  'TCP reset',
  'clock forward',
  'clock back',
] as const;

export const faults: Readonly<Record<string, Fault>> = {
  'client killed': kill,
  'client interrupted': signal('SIGINT'),
  'client interrupted twice': signal('SIGINT', true),
  'client terminated': signal('SIGTERM'),
  'client hung up': signal('SIGHUP'),
  'clock forward': clock(600),
  'clock back': clock(-600),
  'TCP reset': line('drop'),
  ...Object.fromEntries(streamFaults.map(name => [name, () => undefined])),
  'client clock forward': signal('SIGUSR2'),
  'client clock back': signal('SIGWINCH'),
  'client state not writable': ({ client }) => {
    // its folder becomes a file
    const folder = join(readlinkSync(`/proc/${client.pid}/cwd`), '.local/state/edgewg/applies');
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, '');
    return undefined;
  },
  'NAT rebind': atProxy(proxy => proxy.rebind()),
  'second router': atProxy((proxy, { other, router }) => {
    if (other === undefined) throw new Error('there is no second router');
    proxy.redirect(other.lab);
    void router.lab.now({ step: 'now', kind: 'drop' });
  }),
  'nothing read any more': atProxy(proxy => proxy.stopReading()),
  '/tmp emptied': lab('empty'),
  'folder of the switch gone': inside('rm -rf /tmp/edgewg'),
  'files of the switch gone': inside('find /tmp/edgewg -type f -delete'),
  'foreign commit-confirm': lab('confirm'),
  'foreign secret': inside(config(foreignSecret)),
  silence: line('silence'),
  'no exit status': line('close'),
  refused: () => refusal,
  'killed, and refused': (scene, call) => {
    void kill(scene, call);
    return refusal;
  },
  'killed, and the next commit refused': (scene, call) => {
    scene.next = { is: wrapper('commit'), answer: refusal };
    return kill(scene, call);
  },
  'partial commit': partial,
  'killed, and the next commit partial': (scene, call) => {
    void partial(scene, call);
    return kill(scene, call);
  },
  'lock held': inside(
    `python3 -c 'import fcntl,time; f=open("/opt/vyatta/config/.lock","r+"); fcntl.lockf(f,fcntl.LOCK_EX); time.sleep(2)' </dev/null >/dev/null 2>&1 & sleep 0.3`,
  ),
  'foreign commit': inside(config(foreignCommit)),
  'foreign save': inside(config('$W save </dev/null')),
  'foreign commit and save, client killed': async (scene, call) => {
    await scene.router.run(config(`${foreignCommit}\n$W save </dev/null`));
    return kill(scene, call);
  },
  'disk full': async ({ router }) => {
    await router.lab.now({ step: 'now', kind: 'full' });
    return undefined;
  },
  'new logins refused': ({ router }) => {
    for (let i = 0; i < 6; i++) router.lab.faults.add('auth=refuse');
    return undefined;
  },
  'transaction killed': inside(killInside('transact', 'KILL')),
  'transaction terminated': inside(killInside('transact', 'TERM')),
  'switch killed': inside(killInside('watch', 'KILL')),
  'switch and its guard killed': inside(`${killInside('guard', 'KILL')}; ${killInside('watch', 'KILL')}`),
  'router reboot': async ({ router }) => {
    void router.lab.now({ step: 'now', kind: 'reboot' });
    return await new Promise<never>(() => undefined);
  },
};
