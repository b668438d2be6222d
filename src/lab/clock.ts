// The router's clock, which can jump, and everything that waits for it; nothing waits any more once it is stopped.

interface Waiting {
  timer: NodeJS.Timeout;
  readonly due: Date | undefined;
  readonly act: () => void;
}

export class Clock {
  #offsetMs = 0;
  readonly #waiting = new Set<Waiting>();

  get offsetSeconds(): number {
    return Math.round(this.#offsetMs / 1000);
  }

  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** A length of time, whatever the clock says meanwhile. */
  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.#wait(resolve, ms, undefined));
  }

  /** Until the clock shows this time, by a jump if need be. Gives what cancels it. */
  at(due: Date, act: () => void): () => void {
    return this.#wait(act, due.getTime() - this.now().getTime(), due);
  }

  /** As when somebody sets it: what is due by then happens now. */
  move(seconds: number): void {
    this.#offsetMs += seconds * 1000;
    for (const waiting of [...this.#waiting]) {
      if (waiting.due === undefined) continue;
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
      this.at(waiting.due, waiting.act);
    }
  }

  /** Forgets everything that waits; it never happens. */
  stop(): void {
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }

  #wait(act: () => void, ms: number, due: Date | undefined): () => void {
    const fire = () => {
      this.#waiting.delete(waiting);
      act();
    };
    // A timer can't wait longer than this; nobody keeps a lab for 24 days.
    const waiting: Waiting = { timer: setTimeout(fire, Math.min(Math.max(0, ms), 2 ** 31 - 1)), due, act };
    this.#waiting.add(waiting);
    return () => {
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
    };
  }
}
