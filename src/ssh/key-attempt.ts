// A key as a try of its own, by an agent that holds just this key: ssh2 then asks the server first where a passphrase would
// have to be asked for, and has it sign only when the server would take it.

import type { Attempt } from './auth-attempts.ts';
import type { Dial } from './dial.ts';
import type { Hop } from './hop.ts';
import type { KeyOffer } from './key-offer.ts';
import { type Problem, ProblemError } from './problem.ts';
import { BaseAgent, type ParsedKey } from './ssh2.ts';

export function keyAttempt(offer: KeyOffer, hop: Hop, complain: (problem: Problem) => void): Attempt {
  const id = `publickey ${offer.key.getPublicSSH().toString('base64')}`;
  return {
    id,
    method: 'publickey',
    label: offer.label,
    isOpen: offer.isOpen === true,
    isRsa: offer.key.type === 'ssh-rsa',
    make: async dial => ({
      type: 'agent',
      username: hop.user,
      agent: new OneKey(offer, hop.legacy.includes('ssh-rsa'), dial, complain),
    }),
  };
}

type Signed = (error: Error | null, signature?: Buffer) => void;

class OneKey extends BaseAgent<ParsedKey> {
  readonly #offer: KeyOffer;
  readonly #sha1: boolean;
  readonly #dial: Dial;
  readonly #complain: (problem: Problem) => void;

  constructor(offer: KeyOffer, sha1: boolean, dial: Dial, complain: (problem: Problem) => void) {
    super();
    this.#offer = offer;
    this.#sha1 = sha1;
    this.#dial = dial;
    this.#complain = complain;
  }

  override getIdentities(give: (error?: Error | null, keys?: ParsedKey[]) => void): void {
    give(null, [this.#offer.key]);
  }

  override sign(_key: unknown, data: Buffer, options: { hash?: string } | Signed, done?: Signed): void {
    const give = typeof options === 'function' ? options : done;
    const hash = typeof options === 'function' ? undefined : options.hash;
    this.#sign(data, hash).then(
      signature => give?.(null, signature),
      (error: Error) => {
        if (error instanceof ProblemError) this.#complain(error.problem);
        else this.#dial.fail(error);
        give?.(error);
      },
    );
  }

  async #sign(data: Buffer, hash: string | undefined): Promise<Buffer> {
    if (hash !== 'sha1' || this.#sha1) {
      return this.#dial.pausedFor(() => this.#offer.sign(data, hash));
    }
    throw new ProblemError({
      code: 'legacy-signature',
      what: `${this.#offer.label} would have to sign with SHA-1 for this old sshd`,
      hint: 'name ssh-rsa in legacyAlgorithms of the site file, or use an ed25519 or ecdsa key',
    });
  }
}
