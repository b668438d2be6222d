// The box's files for the engine: each request goes to the process inside that reads and writes them (files/filer.pl), so
// that no link a client makes can lead out of the box.
import type { BoxFiles, Call } from '../call.ts';
import type { Peer } from './hub.ts';
import { frame, valuesIn, valuesOf } from './wire.ts';

export interface Filer extends BoxFiles {
  /** Takes the kernel's lock on /opt/vyatta/config/.lock; undefined when another process in the box has it. */
  tryLock(): Promise<(() => Promise<void>) | undefined>;
}

type Reply = { readonly error: string; readonly data: Buffer };

export function filerOf(peer: Peer): Filer {
  const waiting = new Map<number, (reply: Reply) => void>();
  let next = 1;
  peer.onFrame(({ id, payload }) => {
    const [error = Buffer.alloc(0), data = Buffer.alloc(0)] = valuesIn(payload);
    waiting.get(id)?.({ error: error.toString(), data });
    waiting.delete(id);
  });
  // When the box goes down, whoever waits gets an error and not silence.
  peer.socket.once('close', () => {
    for (const answer of waiting.values()) answer({ error: 'EIO', data: Buffer.alloc(0) });
    waiting.clear();
  });
  const ask = (letter: string, ...values: (string | Uint8Array)[]) =>
    new Promise<Reply>(resolve => {
      if (peer.socket.destroyed) return resolve({ error: 'EIO', data: Buffer.alloc(0) });
      const id = next++;
      waiting.set(id, resolve);
      peer.socket.write(frame(letter, id, valuesOf(values)));
    });
  const must = async (...words: [string, ...(string | Uint8Array)[]]) => {
    const { error, data } = await ask(...words);
    if (error) throw Object.assign(new Error(`${error}: ${words[1]}`), { code: error });
    return data;
  };
  let locked = false;
  return {
    async read(path, as) {
      const { error, data } = await ask('R', path, limited(as));
      return error ? undefined : data;
    },
    async write(path, data, mode = 0o644, as) {
      await must('W', path, mode.toString(8), data, limited(as));
    },
    async rename(from, to) {
      await must('M', from, to);
    },
    async remove(path) {
      await must('U', path);
    },
    async list(path) {
      const { error, data } = await ask('L', path);
      return error ? [] : valuesIn(data).map(String);
    },
    async tryLock() {
      if (locked) return undefined;
      locked = true;
      const { error } = await ask('K');
      if (error) locked = false;
      if (error) return undefined;
      return async () => {
        await ask('k');
        locked = false;
      };
    },
  };
}

const limited = (as: Call | undefined): string => (as && as.user !== 'root' ? '1' : '');
