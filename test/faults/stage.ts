// A router and one mishap that happens to a client of it.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../src/lab/call.ts';
import type { Lab, LabOptions } from '../../src/lab/lab.ts';
import type { Case } from './cases.ts';
import { faults, type Scene, sayingOf, stepOf } from './mishaps.ts';
import { type Cut, type Direction, startProxy, type TestProxy } from './proxy.ts';
import { leftovers, startWatched, type Watched, type Watcher } from './router.ts';

/** What became of the client. */
export interface Suffered {
  /** Its exit code, or the signal that ended it. */
  readonly exit: number | string;
  readonly said: { readonly stdout: string; readonly stderr: string };
  /** The step was reached, and the mishap happened. */
  readonly happened: boolean;
  /** What the router sent to it, and it to the router. */
  readonly sent: Readonly<Record<Direction, ReturnType<TestProxy['sent']>>>;
}

export interface Stage {
  readonly router: Watched;
  /** Starts the client, which is to come by this port; resolves when the router has settled, or at the deadline (ms). */
  suffer(
    one: Case,
    start: (port: number) => ChildProcess | Promise<ChildProcess>,
    deadline: number,
  ): Promise<Suffered>;
  close(): Promise<void>;
}

const nothing: Watcher = { spoil: async () => undefined, after: async () => undefined };

export interface StageOptions extends Pick<LabOptions, 'password' | 'authorizedKeys'> {
  /** Sees every call of the router's programs. */
  readonly witness?: (call: Call) => void;
  /** Has the client know the host key of another router, too. */
  readonly trust?: (lab: Lab) => Promise<void>;
}

/** `boot` is the router's config.boot. */
export async function openStage(boot: string, options: StageOptions = {}): Promise<Stage> {
  const { witness, trust, ...ofLab } = options;
  let watcher = nothing;
  const seeing: Watcher = {
    spoil(call) {
      witness?.(call);
      return watcher.spoil(call);
    },
    after: call => watcher.after(call),
  };
  const router = await startWatched(boot, () => seeing, ofLab);
  return {
    router,
    async suffer(one, start, deadline) {
      const proxy = await startProxy(router.lab, cutOf(one));
      // another router that is trusted by the same name
      const other =
        one.fault === 'second router' ? await startWatched(boot, () => nothing, ofLab) : undefined;
      try {
        if (other !== undefined) await trust?.(other.lab);
        if (isLabStep(one)) router.lab.faults.add(`${one.step}=${one.fault}`);
        const client = await start(proxy.port);
        const watched = watching(one, { router, client, proxy, other });
        watcher = watched;
        if (one.step === 'start') watched.says('');
        const ended = await watchClient(client, watched);
        await settle(router, deadline);
        const happened = watched.happened() || proxy.hasCut() || router.lab.faults.fired.length > 0;
        router.lab.faults.clear();
        watcher = nothing;
        return { ...ended, happened, sent: { down: proxy.sent('down'), up: proxy.sent('up') } };
      } finally {
        await proxy.close();
        await other?.lab.close();
      }
    },
    close: () => router.lab.close(),
  };
}

const cutOf = ({ step }: Case): Cut | undefined => {
  const [, what = '', number, sent] = /^(byte|packet) (\d+)( sent)?$/.exec(step) ?? [];
  const direction = sent === undefined ? 'down' : 'up';
  return number === undefined ? undefined : { direction, [what]: Number(number) };
};
const isLabStep = ({ step }: Case): boolean => /^(auth|exec|commit):/.test(step);

/** Until it ends by itself; one that hangs is killed. */
async function watchClient(
  client: ChildProcess,
  watched: { says(text: string): void },
): Promise<Pick<Suffered, 'exit' | 'said'>> {
  const said = { stdout: '', stderr: '' };
  client.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text;
  });
  client.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text;
    watched.says(said.stderr);
  });
  const impatient = setTimeout(() => client.kill('SIGABRT'), 170_000);
  const exit = await new Promise<number | string>(resolve =>
    client.on('close', (code, signal) => resolve(code ?? signal ?? '?')),
  );
  clearTimeout(impatient);
  return { exit, said };
}

interface Watching extends Watcher {
  happened(): boolean;
  /** Told all that the client has said so far. */
  says(text: string): void;
}

/** Lets the mishap happen when its step is reached, once. */
function watching({ step: name, fault }: Case, scene: Scene): Watching {
  const step = stepOf(name);
  const line = name === 'start' ? /^/ : sayingOf(name);
  let reached = 0;
  let hasHappened = false;
  const isNow = (is: boolean): boolean => {
    if (!is || ++reached !== step?.nth) return false;
    hasHappened = true;
    return true;
  };
  return {
    happened: () => hasHappened,
    says(text) {
      if (hasHappened || line === undefined || !line.test(text)) return;
      hasHappened = true;
      void Promise.resolve(faults[fault]?.(scene)).catch(() => undefined);
    },
    async spoil(call) {
      const { next } = scene;
      if (next?.is(call)) {
        delete scene.next;
        return next.answer;
      }
      if (hasHappened || step === undefined || step.isAfter === true || !isNow(step.is(call)))
        return undefined;
      return await faults[fault]?.(scene, call);
    },
    async after(call) {
      if (hasHappened || step?.isAfter !== true || !isNow(step.is(call))) return;
      await faults[fault]?.(scene, call);
    },
  };
}

/** Until edgewg has nothing more in /tmp of the router, or the margin is over. */
async function settle({ lab }: Watched, deadline: number): Promise<void> {
  await sleep(800);
  while (leftovers(lab).length > 0 && Date.now() < deadline) await sleep(200);
  await sleep(300);
}
