// The router as a whole: its box and its engine, which start, go down and start again together. Knows nothing of SSH.
import { basename } from 'node:path';
import type { Account } from './box/accounts.ts';
import { type Box, startBox } from './box/box.ts';
import { routerFiles } from './box/router-files.ts';
import type { Answer, Call, Router, Surroundings } from './call.ts';

export interface MachineOptions {
  readonly folder: string;
  /** config.boot of a new folder. */
  readonly boot: string;
  readonly hostname: string;
  readonly accounts: () => readonly Account[];
  makeRouter(surroundings: Surroundings): Router;
  /** Answers the programs that are the lab's and not the engine's; undefined when it isn't one. */
  own(call: Call): Promise<Answer> | undefined;
  /** Asked for from inside; whoever holds the SSH connections cuts them and calls `restart`. */
  reboot(): void;
  now(): Date;
}

export interface Machine {
  box(): Box;
  readonly router: Router;
  /** Everything inside dies, then it boots from config.boot. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMachine(options: MachineOptions): Promise<Machine> {
  let box: Box | undefined;
  const up = (): Box => {
    if (!box) throw new Error('the lab router is down');
    return box;
  };
  const router = options.makeRouter(surroundings(options, up));
  const run = async (call: Call): Promise<Answer> => {
    try {
      return await (options.own(call) ?? router.call(call));
    } catch (error) {
      // A bug of the lab: it must show, and must not look like something a router says.
      return { stdout: '', stderr: `edgewg lab: ${basename(call.program)}: ${String(error)}\n`, exit: 70 };
    }
  };
  const start = async () => {
    const { folder, hostname, accounts, boot } = options;
    const layout = routerFiles({ accounts: accounts(), hostname, boot });
    box = await startBox({ folder, hostname, layout, accounts, run });
    await router.boot();
  };
  const stop = async () => {
    router.halt();
    await box?.kill();
    box = undefined;
  };
  await start();
  return {
    box: up,
    router,
    stop,
    async restart() {
      await stop();
      await start();
    },
  };
}

/** The engine keeps these over a reboot, while the box below them changes. */
function surroundings({ reboot, now }: MachineOptions, up: () => Box): Surroundings {
  return {
    files: {
      read: (path, as) => up().files.read(path, as),
      write: (path, data, mode, as) => up().files.write(path, data, mode, as),
      rename: (from, to) => up().files.rename(from, to),
      remove: path => up().files.remove(path),
      list: path => up().files.list(path),
    },
    tryLock: () => up().files.tryLock(),
    sh: (script, as) => up().sh(script, as),
    reboot,
    now,
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
  };
}
