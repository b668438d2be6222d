// The TCP line between a client and the lab's SSH server, with the delay of a far router and the ways in which a line
// fails: reset, or silent for ever.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class Line extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remoteFamily: string | undefined;
  readonly remotePort: number | undefined;
  readonly #socket: Socket;
  readonly #oneWayMs: number;
  #isSilent = false;

  constructor(socket: Socket, roundTripMs: number) {
    super({ allowHalfOpen: true });
    this.#socket = socket.setNoDelay(true);
    this.#oneWayMs = roundTripMs / 2;
    this.remoteAddress = socket.remoteAddress;
    this.remoteFamily = socket.remoteFamily;
    this.remotePort = socket.remotePort;
    socket.on('data', data => this.#later(() => this.push(data)));
    socket.on('end', () => this.#later(() => this.push(null)));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#later(() => this.destroy()));
  }

  /** As when a router loses power behind a firewall that says so. */
  reset(): void {
    // A socket that has said its end can't be reset any more: Node would leak it, and never end.
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** As when a cable is pulled: nothing arrives on either side, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
    this.#socket.pause();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#later(() => {
      if (!this.#socket.destroyed) this.#socket.write(chunk);
    });
    if (this.#socket.writableNeedDrain) this.#socket.once('drain', () => done()).once('close', () => done());
    else done();
  }

  override _final(done: () => void): void {
    this.#later(() => this.#socket.end());
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** Timers of one delay fire in the order in which they were set, which keeps the bytes in order. */
  #later(step: () => void): void {
    const unlessSilent = () => {
      if (!this.#isSilent) step();
    };
    if (this.#oneWayMs > 0) setTimeout(unlessSilent, this.#oneWayMs);
    else unlessSilent();
  }
}
