// What the router reaches of the box, as long as it is up. When it has gone down, whoever of it still waits for something
// waits for ever, so that a commit of before a reboot can't write a file or change a kernel after it.
import type { Surroundings } from '../call.ts';

const never = new Promise<never>(() => undefined);

export function whileUp(surroundings: Surroundings, isUp: () => boolean): Surroundings {
  const { files } = surroundings;
  const ifUp = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (!isUp()) return never;
    try {
      const answer = await ask();
      return isUp() ? answer : await never;
    } catch (error) {
      if (!isUp()) return never;
      throw error;
    }
  };
  const { schedule } = surroundings;
  return {
    files: {
      read: (path, as) => ifUp(() => files.read(path, as)),
      write: (path, data, mode, as) => ifUp(() => files.write(path, data, mode, as)),
      rename: (from, to) => ifUp(() => files.rename(from, to)),
      remove: path => ifUp(() => files.remove(path)),
      list: path => ifUp(() => files.list(path)),
    },
    tryLock: () => ifUp(() => surroundings.tryLock()),
    sh: (script, as) => ifUp(() => surroundings.sh(script, as)),
    sleep: ms => ifUp(() => surroundings.sleep(ms)),
    ...(schedule && {
      schedule: (due: Date, script: string, act: () => void) => schedule(due, script, () => isUp() && act()),
    }),
    now: () => surroundings.now(),
    reboot: () => isUp() && surroundings.reboot(),
    committed: (by, otherSessions) => isUp() && surroundings.committed?.(by, otherSessions),
  };
}
