// A time limit that stands still while a person is asked: nobody types a passphrase against a clock.

export class Deadline {
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #expire: () => void;

  constructor(ms: number, expire: () => void) {
    this.#leftMs = ms;
    this.#expire = expire;
    this.#start();
  }

  #start(): void {
    this.#since = Date.now();
    this.#timer = setTimeout(this.#expire, this.#leftMs);
  }

  /** Runs the question outside the limit. */
  async pausedFor<T>(question: () => Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#leftMs = Math.max(1000, this.#leftMs - (Date.now() - this.#since));
    try {
      return await question();
    } finally {
      if (!this.#isOver) this.#start();
    }
  }

  /** For good, also when a question is still open. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
