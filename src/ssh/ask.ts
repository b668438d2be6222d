// Asks one question at a terminal. What is typed is not shown unless it may be.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EdgewgError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { Ask } from './access.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Rejects with exit 130 when the person presses ^C or closes the input, and with the signal's reason. */
export function askAt({ input, output }: Terminal, signal: AbortSignal | undefined): Ask {
  return (question, options) =>
    new Promise((resolve, reject) => {
      const shown = options?.echo === true;
      output.write(question);
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({
        input,
        output: shown ? output : silent,
        terminal: true,
        historySize: 0,
        prompt: '',
      });
      const end = (settle: () => void) => {
        signal?.removeEventListener('abort', stop);
        lines.removeAllListeners('close');
        lines.close();
        if (!shown) output.write('\n');
        settle();
      };
      const stop = () => end(() => reject(signal?.reason));
      const leave = () => end(() => reject(interrupted()));
      if (signal?.aborted) return stop();
      signal?.addEventListener('abort', stop, { once: true });
      lines.once('line', line => end(() => resolve(new Secret(line))));
      lines.once('SIGINT', leave);
      lines.once('close', leave);
    });
}

function interrupted(): EdgewgError {
  const hint = 'answer it, or set EDGEWG_PASSWORD or EDGEWG_KEY_PASSPHRASE';
  return new EdgewgError('interrupted', 130, 'interrupted at a question', hint);
}
