// Collects bytes in blocks: a server that sends single bytes must not cost us a buffer object for each.

const blockSize = 64 * 1024;

export class ByteSink {
  length = 0;
  readonly #full: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;

  add(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#used === this.#block.length) this.#next();
      const copied = chunk.copy(this.#block, this.#used, at);
      this.#used += copied;
      at += copied;
    }
    this.length += chunk.length;
  }

  #next(): void {
    if (this.#used > 0) this.#full.push(this.#block);
    this.#block = Buffer.allocUnsafeSlow(blockSize);
    this.#used = 0;
  }

  bytes(): Buffer {
    return Buffer.concat([...this.#full, this.#block.subarray(0, this.#used)], this.length);
  }
}
