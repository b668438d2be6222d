// Where SSH's packets begin and end in a stream of bytes, without reading them: with AES-GCM (RFC 5647) the length of each stands in clear.
// A packet is worth nothing to its receiver before its last byte, so a stream that ends anywhere within one ends the same.

const newKeys = 21;

export class Frames {
  /** Whole packets so far, the line that says the version first. */
  count = 0;
  #isLine = true;
  #isEncrypted = false;
  #head = Buffer.alloc(0);
  #left = 0;

  /** How many bytes of this chunk come before the `nth` packet's second byte; undefined when it isn't reached. */
  take(chunk: Buffer, nth = Number.POSITIVE_INFINITY): number | undefined {
    let at = 0;
    while (at < chunk.length) {
      if (this.count === nth) return at + 1;
      at = this.#isLine ? this.#line(chunk, at) : this.#packet(chunk, at);
    }
    return undefined;
  }

  #line(chunk: Buffer, at: number): number {
    const end = chunk.indexOf('\n', at);
    if (end < 0) return chunk.length;
    this.#isLine = false;
    this.count++;
    return end + 1;
  }

  /** Length, then without encryption the length of the padding and the kind of the packet. */
  #packet(chunk: Buffer, at: number): number {
    if (this.#left === 0) {
      const wanted = (this.#isEncrypted ? 4 : 6) - this.#head.length;
      const part = chunk.subarray(at, at + wanted);
      this.#head = Buffer.concat([this.#head, part]);
      if (part.length < wanted) return chunk.length;
      this.#left = this.#head.readUInt32BE(0) + (this.#isEncrypted ? 16 : -2);
      if (!this.#isEncrypted && this.#head[5] === newKeys) this.#isEncrypted = true;
      this.#head = Buffer.alloc(0);
      return at + part.length;
    }
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.count++;
    return end;
  }
}
