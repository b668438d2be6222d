// The real OpenSSH for end-to-end tests: sshd as a plain process on a free port of loopback, with keys and configuration in
// a folder of its own; ssh-keygen and ssh-agent. Debian: apt-get install openssh-server openssh-client.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(path => existsSync(path));
export const isRoot = process.getuid?.() === 0;

/** Whether the suite can run. In CI a missing sshd is an error, elsewhere a loud line. */
export function haveOpenSsh(): boolean {
  if (sshd !== undefined) return true;
  if (process.env['CI']) throw new Error('openssh-server is missing: apt-get install openssh-server');
  process.stderr.write(
    '\n!!! SKIPPED: no sshd here; apt-get install openssh-server, and run this suite again\n\n',
  );
  return false;
}

export class Keys {
  readonly folder = mkdtempSync(join(tmpdir(), 'edgewg-keys-'));

  /** The path of a new private key; its public half lies beside it as .pub. */
  make(
    name: string,
    type: string,
    options: { passphrase?: string; format?: string; bits?: number } = {},
  ): string {
    const path = join(this.folder, name);
    const { passphrase = '', format, bits } = options;
    const more = [...(format ? ['-m', format] : []), ...(bits ? ['-b', String(bits)] : [])];
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', path, ...more]);
    return path;
  }

  /** Signs a key by an authority's; the certificate lies beside it as -cert.pub, whose path this gives. */
  certify(path: string, authority: string, more: readonly string[]): string {
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'test', ...more, `${path}.pub`], {
      stdio: 'ignore',
    });
    return `${path}-cert.pub`;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `ssh-ed25519 AAAA…` without the comment. */
export function publicKey(path: string): string {
  return readFileSync(`${path}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
}

export function fingerprintOf(path: string): string {
  return execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

export interface Sshd {
  readonly port: number;
  readonly process: ChildProcess;
  /** What it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface SshdOptions {
  readonly hostKeys: readonly string[];
  /** Public key lines. */
  readonly authorized?: readonly string[];
  /** Further lines of sshd_config; of two the first counts, and these come first. */
  readonly lines?: readonly string[];
  /** The words of a program that starts it, such as `unshare -m`, and becomes it. */
  readonly by?: readonly string[];
}

export async function startSshd(options: SshdOptions): Promise<Sshd> {
  if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // where its unprivileged half lives
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-sshd-'));
  chmodSync(folder, 0o755); // authorized_keys are read as the user who logs in
  const port = await freePort();
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, `${(options.authorized ?? []).join('\n')}\n`, { mode: 0o644 });
  const config = [
    ...(options.lines ?? []),
    ...options.hostKeys.map(key => `HostKey ${key}`),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `AuthorizedKeysFile ${authorized}`,
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PidFile none',
    'LogLevel VERBOSE',
  ];
  writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const words = [...(options.by ?? []), sshd ?? 'sshd', '-D', '-e', '-f', join(folder, 'sshd_config')];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log += text;
      if (log.includes('Server listening')) resolve();
    });
    child.once('exit', code => reject(new Error(`sshd ended with ${code}: ${log}`)));
  });
  const stop = async () => {
    const gone = child.exitCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, process: child, log: () => log, stop };
}

/** The processes that serve its connections. */
export function sessionsOf({ process: { pid } }: Sshd): number[] {
  const children = (parent: number): number[] => {
    const text = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
    const pids = text.trim().split(' ').filter(Boolean).map(Number);
    return pids.flatMap(child => [child, ...children(child)]);
  };
  return children(pid ?? 0);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface Agent {
  readonly socket: string;
  add(path: string, passphrase?: string): void;
  stop(): Promise<void>;
}

export async function startAgent(): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-agent-'));
  const socket = join(folder, 'agent');
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data'); // it prints where it listens
  const add = (path: string) => {
    execFileSync('ssh-add', ['-q', path], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    });
  };
  const stop = async () => {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { socket, add, stop };
}

/** The user that the test runs as, who logs in to its own sshd. */
export const ownUser = userInfo().username;

/** Needs root. Makes a user with a password; `remove` takes it away again. */
export function makeUser(name: string, password: string): { remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'edgewg-home-'));
  execFileSync('useradd', ['--no-create-home', '--home-dir', home, '--shell', '/bin/sh', name], {
    stdio: 'ignore',
  });
  execFileSync('chpasswd', { input: `${name}:${password}\n` });
  return {
    remove() {
      execFileSync('userdel', [name], { stdio: 'ignore' });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
