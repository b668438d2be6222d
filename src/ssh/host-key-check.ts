// The host key in the course of one connection: judged once, then held to. What was accepted unseen is written down only
// after the server has proven that it has the key.
import { NoAccess } from '../errors.ts';
import type { Hop } from './hop.ts';
import { judgeHostKey, unknownKey } from './host-key.ts';
import { fingerprint, keyType } from './known-hosts.ts';
import type { PreparedHop } from './prepared-hop.ts';

export class HostKeyCheck {
  readonly #prepared: PreparedHop;
  #key: Buffer | undefined;
  #isNew = false;

  constructor(prepared: PreparedHop) {
    this.#prepared = prepared;
  }

  /** Throws NoAccess when the key is not acceptable. Called again at each later key exchange. */
  shown(key: Buffer): void {
    const { hop, trust, accepted } = this.#prepared;
    if (this.#key?.equals(key)) return;
    if (this.#key !== undefined) throw swappedKey(hop);
    const verdict = judgeHostKey(key, trust, hop);
    if (verdict === 'new' && !hop.trust.acceptNew) throw unknownKey(key, trust, hop);
    this.#isNew = verdict === 'new' && !accepted.some(before => before.equals(key));
    this.#key = key;
  }

  /** The server has signed with the key; rejects with NoAccess when a new one can't be written down. */
  async proven(): Promise<void> {
    if (!this.#isNew || this.#key === undefined) return;
    this.#isNew = false;
    this.#prepared.accepted.push(this.#key);
    await this.#prepared.recordKey(this.#key);
  }

  /** Whether the key was known before this run: only then a password may be sent. */
  wasKnown(): boolean {
    const { trust, hop } = this.#prepared;
    return this.#key !== undefined && judgeHostKey(this.#key, trust, hop) === 'known';
  }

  facts(): { type: string; fingerprint: string } {
    const key = this.#key ?? Buffer.alloc(0);
    return { type: keyType(key) ?? '', fingerprint: fingerprint(key) };
  }
}

function swappedKey(hop: Hop): NoAccess {
  const message = `${hop.name} shows another host key in the middle of the connection`;
  return new NoAccess('host-key-changed', message, 'somebody may be in the way');
}
