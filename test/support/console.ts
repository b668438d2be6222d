// The engine without any box, for tests of what it does by itself: files in memory, a clock that stands still until it is
// moved, and a shell that remembers what it was asked to run.
import type { Answer, BoxFiles, Call, Surroundings } from '../../src/lab/call.ts';
import type { EngineOptions } from '../../src/lab/engine/engine.ts';
import { createRouter, type LabRouter } from '../../src/lab/engine/router.ts';

export type ConsoleOptions = Omit<EngineOptions, 'surroundings'> & {
  readonly boot?: string;
  /** The key files that the seed names are there. */
  readonly hasKeys?: boolean;
  /** What `sh` answers; by default that all went well. */
  readonly sh?: (script: string) => Partial<Answer>;
};

export class Console {
  readonly files = new Map<string, Buffer>();
  readonly router: LabRouter;
  readonly scripts: string[] = [];
  reboots = 0;
  isLocked = false;
  now = new Date('2026-11-20T11:00:00Z');
  private readonly sleepers: { until: number; wake: () => void }[] = [];

  private constructor(options: ConsoleOptions) {
    this.router = createRouter({ ...options, surroundings: this.surroundings(options) });
  }

  static async start(options: ConsoleOptions = {}): Promise<Console> {
    const console = new Console(options);
    if (options.boot !== undefined) console.files.set('/config/config.boot', Buffer.from(options.boot));
    if (options.hasKeys)
      for (const [path, text] of Object.entries(console.router.seedFiles()))
        console.files.set(path, Buffer.from(text));
    // A boot may wait (a name that doesn't resolve), and nobody else moves its clock.
    await console.through(console.router.boot());
    return console;
  }

  /** Moves the clock; who slept until then wakes up. */
  async pass(ms: number): Promise<void> {
    this.now = new Date(this.now.getTime() + ms);
    for (const sleeper of [...this.sleepers]) {
      if (sleeper.until > this.now.getTime()) continue;
      this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
      sleeper.wake();
    }
    await new Promise(resolve => setImmediate(resolve));
  }

  /** Moves the clock as long as the work takes. */
  async through<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    for (await this.pass(0); !isDone; ) await this.pass(this.sleepers.length > 0 ? 1000 : 0);
    return done;
  }

  /** Runs a program as the admin, in the session of parent process 100 unless told otherwise. */
  run(program: string, args: readonly string[], more: Partial<Call> = {}): Promise<Answer> {
    return this.router.call({
      program,
      args,
      pid: 1,
      ppid: 100,
      env: {},
      user: 'ubnt',
      group: 'vyattacfg',
      cwd: '/',
      isTerminal: false,
      ...more,
    });
  }

  /** One line for the config wrapper, words parted by single blanks. Fails the test unless it exits 0. */
  async cfg(line: string, more: Partial<Call> = {}): Promise<string> {
    const answer = await this.run('vyatta-cfg-cmd-wrapper', line.split(' '), more);
    if (answer.exit !== 0) throw new Error(`${line}: exit ${answer.exit}\n${answer.stdout}${answer.stderr}`);
    return answer.stdout;
  }

  /** Several lines in one session, with begin, commit and end around them. */
  async configure(...lines: string[]): Promise<void> {
    for (const line of ['begin', ...lines, 'commit', 'end']) await this.cfg(line);
  }

  async op(line: string, more: Partial<Call> = {}): Promise<string> {
    return (await this.run('vyatta-op-cmd-wrapper', line.split(' '), more)).stdout;
  }

  async root(line: string): Promise<string> {
    const [program = '', ...args] = line.split(' ');
    return (await this.run(program, args, { user: 'root', group: 'root' })).stdout;
  }

  commands(): Promise<string> {
    return this.op('show configuration commands');
  }

  text(path: string): string {
    return this.files.get(path)?.toString('utf8') ?? '';
  }

  private surroundings(options: ConsoleOptions): Surroundings {
    return {
      files: this.boxFiles(),
      tryLock: async () => (this.isLocked ? undefined : async () => {}),
      sh: async script => {
        this.scripts.push(script);
        return { stdout: '', stderr: '', exit: 0, ...options.sh?.(script) };
      },
      reboot: () => {
        this.reboots++;
      },
      now: () => this.now,
      sleep: ms =>
        new Promise(wake => {
          this.sleepers.push({ until: this.now.getTime() + ms, wake });
        }),
    };
  }

  private boxFiles(): BoxFiles {
    return {
      read: async path => this.files.get(path),
      write: async (path, data) => {
        this.files.set(path, Buffer.from(data));
      },
      rename: async (from, to) => {
        const data = this.files.get(from);
        if (data !== undefined) this.files.set(to, data);
        this.files.delete(from);
      },
      remove: async path => {
        this.files.delete(path);
      },
      list: async path => [...this.files.keys()].filter(name => name.startsWith(`${path}/`)),
    };
  }
}
