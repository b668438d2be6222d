// A machine of the small internet: a process that holds a network and a mount namespace of its own. /run, /etc/wireguard and /etc/frr
// are its own too, so that every machine may have a wg0 and the daemons keep their usual places.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';

export interface Ran {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const setUp = [
  'mount -t tmpfs tmpfs /run',
  'mkdir -p /run/wireguard /run/frr /etc/wireguard /etc/frr',
  'chown frr:frr /run/frr',
  'mount -t tmpfs tmpfs /etc/wireguard',
  'mount -t tmpfs tmpfs /etc/frr',
  'ip link set lo up',
  // every address at once: nobody else is on these cables
  'sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0',
  'sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.tcp_mtu_probing=0',
  'echo ready',
  'exec sleep infinity',
].join(' && ');

export class Machine {
  readonly name: string;
  readonly pid: number;
  readonly #holder: ChildProcess;
  readonly #children = new Set<ChildProcess>();

  private constructor(name: string, holder: ChildProcess) {
    this.name = name;
    this.#holder = holder;
    this.pid = holder.pid ?? 0;
  }

  static async start(name: string): Promise<Machine> {
    const holder = spawn('unshare', ['-m', '-n', '--propagation', 'private', 'sh', '-c', setUp], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaint = '';
    holder.stderr.on('data', (text: Buffer) => {
      complaint += text;
    });
    const failed = once(holder, 'exit').then(() => {
      throw new Error(`machine ${name} did not come up: ${complaint}`);
    });
    await Promise.race([once(holder.stdout, 'data'), failed]);
    failed.catch(() => undefined);
    return new Machine(name, holder);
  }

  /** Runs a program on the machine and waits for it; never throws for its exit code. */
  try(words: readonly string[], input?: string, seconds = 150): Ran {
    const done = spawnSync('nsenter', [...this.#enter, ...words], {
      encoding: 'utf8',
      timeout: seconds * 1000,
      maxBuffer: 64 << 20,
      ...(input !== undefined && { input }),
    });
    return { exit: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  /** Gives what the program says; throws what it complains of. */
  run(words: readonly string[], input?: string, seconds?: number): string {
    const ran = this.try(words, input, seconds);
    if (ran.exit === 0) return ran.stdout;
    throw new Error(
      `${this.name}: ${words.join(' ').slice(0, 300)}: exit ${ran.exit}\n${ran.stderr}${ran.stdout}`,
    );
  }

  /** Commands as a shell reads them, one per line. */
  sh(script: string): string {
    return this.run(['sh', '-euc', script]);
  }

  /** Writes a file that root alone may read. */
  write(path: string, text: string): void {
    this.run(['sh', '-c', 'umask 077; cat >"$0"', path], text);
  }

  /** The same for one that everybody may read, with the folders above it. */
  writeReadable(path: string, text: string): void {
    this.run(['sh', '-c', 'mkdir -p "$(dirname "$0")"; cat >"$0"; chmod 644 "$0"', path], text);
  }

  /** A program that goes on until {@link Machine.stop} or its own end. */
  spawn(words: readonly string[]): ChildProcess {
    const child = spawn('nsenter', [...this.#enter, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#children.add(child);
    child.on('exit', () => this.#children.delete(child));
    return child;
  }

  /** Ends everything on the machine, daemons too, and with that its namespaces. */
  async stop(): Promise<void> {
    const ends = [...this.#children, this.#holder]
      .filter(child => child.exitCode === null && child.signalCode === null)
      .map(child => once(child, 'exit'));
    for (const pid of this.#processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended by itself
      }
    }
    await Promise.all(ends);
  }

  /** Every process in the machine's network. */
  #processes(): number[] {
    const network = (pid: number | string): string | undefined => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        return undefined;
      }
    };
    const own = network(this.pid);
    const all = readdirSync('/proc').filter(name => /^\d+$/.test(name));
    return own === undefined ? [] : all.filter(pid => network(pid) === own).map(Number);
  }

  get #enter(): string[] {
    return ['-t', String(this.pid), '-m', '-n', '--'];
  }
}

/** Asks again and again until the answer is not undefined; throws with what was `seen` last after the limit. */
export async function until<T>(
  what: string,
  ask: () => T | undefined,
  seen: () => string = () => '',
  seconds = 150,
): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; ) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}\n${seen()}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
