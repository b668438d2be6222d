// The router as a whole: its box and its engine, which start, go down and start again together. Knows nothing of SSH.
import { quote } from '../vyatta/words.ts';
import type { AtDaemon } from './at.ts';
import type { Account } from './box/accounts.ts';
import { type Box, startBox } from './box/box.ts';
import { routerFiles } from './box/router-files.ts';
import type { Answer, Call, Router, Surroundings } from './call.ts';
import type { Clock } from './clock.ts';
import type { Release } from './engine/release.ts';

export interface MachineOptions<R extends Router> {
  readonly folder: string;
  readonly hostname: string;
  /** The private half. */
  readonly hostKey: string;
  /** Asked at each start. */
  readonly release: () => Release;
  readonly accounts: () => readonly Account[];
  /** Called at each start; a router that starts remembers nothing but its files. */
  makeRouter(surroundings: Surroundings): R;
  /** The files of a new folder, by the path inside: config.boot, and the key files that it names. */
  filesOf(router: R): Readonly<Record<string, string>>;
  /** Answers the programs that are the lab's and not the engine's; undefined when it isn't one. */
  own(call: Call): Promise<Answer> | undefined;
  /** Asked for from inside; whoever holds the SSH connections cuts them and calls `restart`. */
  reboot(): void;
  readonly clock: Clock;
  readonly at: AtDaemon;
  /** Asked before each write: the name of the error with which it is to fail. */
  spoilWrite(): string | undefined;
}

export interface Machine<R extends Router> {
  box(): Box;
  router(): R;
  /** Everything inside dies, then it boots from config.boot. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMachine<R extends Router>(options: MachineOptions<R>): Promise<Machine<R>> {
  let up: { readonly box: Box; readonly router: R } | undefined;
  const running = () => {
    if (!up) throw new Error('the lab router is down');
    return up;
  };
  const start = async () => {
    let box: Box | undefined;
    const router = options.makeRouter(surroundings(options, () => box ?? running().box));
    const { folder, hostname, hostKey, release, accounts, own } = options;
    const run = async (call: Call): Promise<Answer> => {
      try {
        return await (own(call) ?? router.call(call));
      } catch (error) {
        // A bug of the lab: it must show, and must not look like something a router says.
        return { stdout: '', stderr: `edgewg lab: ${call.program}: ${String(error)}\n`, exit: 70 };
      }
    };
    const layout = routerFiles({
      accounts: accounts(),
      hostname,
      hostKey,
      release: release(),
      files: options.filesOf(router),
    });
    box = await startBox({ folder, hostname, layout, accounts, run });
    up = { box, router };
    await router.boot();
  };
  const stop = async () => {
    const was = up;
    up = undefined;
    options.clock.stop();
    was?.router.halt();
    await was?.box.kill();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    box: () => running().box,
    router: () => running().router,
    stop,
    async restart() {
      await stop();
      await start();
    },
  };
}

function surroundings<R extends Router>(options: MachineOptions<R>, box: () => Box): Surroundings {
  const { reboot, clock, at, spoilWrite } = options;
  return {
    files: {
      read: (path, as) => box().files.read(path, as),
      async write(path, data, mode, as) {
        const code = spoilWrite();
        if (code) throw Object.assign(new Error(`${code}: ${path}`), { code });
        await box().files.write(path, data, mode, as);
      },
      rename: (from, to) => box().files.rename(from, to),
      remove: path => box().files.remove(path),
      list: path => box().files.list(path),
    },
    tryLock: () => box().files.tryLock(),
    sh: (script, as) => box().sh(script, as),
    reboot,
    now: () => clock.now(),
    sleep: ms => clock.sleep(ms),
    schedule: (due, script, act) => at.schedule(due, script, act),
    committed(by, otherSessions) {
      const words = [by.user, by.tty ?? 'unknown', ...otherSessions].map(quote).join(' ');
      box()
        .sh(`/run/lab/files/notify.sh ${words}`, by)
        .catch(() => undefined);
    },
  };
}
