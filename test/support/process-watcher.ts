// Arguments, names and environments of all processes that begin while it watches, edgewg's children and a lab's among them.
import { readdirSync, readFileSync } from 'node:fs';

const read = (pid: string, what: string): string => readFileSync(`/proc/${pid}/${what}`, 'latin1');

export class ProcessWatcher {
  /** Those from before are somebody else's. */
  readonly #others = new Set(pids());
  /** What was seen, once, with the name of the process. */
  readonly #seen = new Map<string, string>();
  readonly #isExempt: (cmdline: string) => boolean;
  #timer: NodeJS.Timeout | undefined;
  looks = 0;

  /** `isExempt`: whose environment isn't looked at. */
  constructor(isExempt: (cmdline: string) => boolean) {
    this.#isExempt = isExempt;
    this.goOn();
  }

  goOn(): void {
    this.#timer ??= setInterval(() => this.look(), 40);
  }

  pause(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  look(): void {
    this.looks++;
    for (const pid of pids())
      if (!this.#others.has(pid))
        try {
          // first the arguments: before its exec a child is still a copy of who started it
          const cmdline = read(pid, 'cmdline');
          const name = cmdline.replaceAll('\0', ' ').slice(0, 80);
          this.#seen.set(cmdline, `arguments of ${name}`);
          this.#seen.set(read(pid, 'comm'), `name of ${name}`);
          if (cmdline !== '' && !this.#isExempt(cmdline))
            this.#seen.set(read(pid, 'environ'), `environment of ${name}`);
        } catch {
          // it has ended
        }
  }

  /** What was seen so far, each text once. */
  seen(): [text: string, where: string][] {
    return [...this.#seen];
  }
}

const pids = (): string[] => readdirSync('/proc').filter(name => /^\d+$/.test(name));
