// Asks one question at a terminal. What is typed is not shown unless it may be.
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EdgewgError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { Ask } from './access.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Rejects with exit 130 when the person presses ^C, or closes the input. */
export function askAt({ input, output }: Terminal): Ask {
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
      let answered = false;
      lines.once('line', line => {
        answered = true;
        lines.close();
        if (!shown) output.write('\n');
        resolve(new Secret(line));
      });
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => {
        if (answered) return;
        output.write('\n');
        reject(
          new EdgewgError(
            'interrupted',
            130,
            'interrupted at a question',
            'answer it, or set the variable it asks for',
          ),
        );
      });
    });
}
