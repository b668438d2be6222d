// A value that can't be printed. If it is a `string`, it may be printed; so a key, password or passphrase is never one.
import { inspect } from 'node:util';

const hidden = '[secret]';

/** Holds one secret text. Everything that would turn it into text by accident yields `[secret]`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Callers hand it straight to a socket, a cipher or a key derivation, never to a message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [Symbol.toPrimitive](): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}
