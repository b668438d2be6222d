// The secrets of getting in, each asked for once: EDGEWG_PASSWORD, EDGEWG_KEY_PASSPHRASE and what a person types.
// Lives as long as a door, so that a second connection needs
// no second answer. Never prints one.
import { NoAccess } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { Access } from './access.ts';
import type { ParsedKey } from './ssh2.ts';

export type SecretName = 'EDGEWG_PASSWORD' | 'EDGEWG_KEY_PASSPHRASE';

export class Credentials {
  readonly #access: Access;
  readonly #given = new Map<SecretName, Promise<Secret | undefined>>();
  readonly #opened = new Map<string, Promise<ParsedKey>>();

  constructor(access: Access) {
    this.#access = access;
  }

  /** The secret that the environment gives, run once where it is `command:…`; undefined when it gives none. */
  given(name: SecretName): Promise<Secret | undefined> {
    const before = this.#given.get(name);
    if (before !== undefined) return before;
    const reading = this.#read(name).then(secret => {
      if (secret !== undefined) this.#access.hide?.(secret);
      return secret;
    });
    this.#given.set(name, reading);
    return reading;
  }

  async #read(name: SecretName): Promise<Secret | undefined> {
    const value = this.#access.env[name];
    if (value === undefined || value === '') return undefined;
    if (!value.startsWith('command:')) return new Secret(value);
    const output = await this.#access.run(value.slice('command:'.length)).catch((error: Error) => {
      throw new NoAccess(
        'secret-command',
        `the command of ${name} failed: ${error.message}`,
        'run it by hand and see',
      );
    });
    const text = output.reveal().replace(/\r?\n$/, '');
    if (text === '')
      throw new NoAccess(
        'secret-command',
        `the command of ${name} printed nothing`,
        'run it by hand and see',
      );
    return new Secret(text);
  }

  /** A private key, opened once for all hops that it is offered to. */
  opened(path: string, open: () => Promise<ParsedKey>): Promise<ParsedKey> {
    const before = this.#opened.get(path);
    if (before !== undefined) return before;
    const opening = open();
    this.#opened.set(path, opening);
    return opening;
  }

  /** What the person types; undefined where nobody can be asked or the answer is empty. */
  async ask(question: string, echo = false): Promise<Secret | undefined> {
    const answer = await this.#access.ask?.(question, { echo });
    return answer === undefined || (answer.reveal() === '' && !echo) ? undefined : answer;
  }
}
