// `edgewg lab` as a value: starts an EdgeOS in a box with an SSH server in front. The command and the tests use this alone.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, accountsOf, type User } from './box/accounts.ts';
import { rootOf } from './box/box.ts';
import { banner } from './box/router-files.ts';
import type { Answer, Call, Router, Surroundings } from './call.ts';
import { type Machine, startMachine } from './machine.ts';
import type { Access } from './ssh/auth.ts';
import { type HostKey, hostKeyOf, keptHostKey } from './ssh/host-key.ts';
import { type SshServer, startSsh } from './ssh/server.ts';

export interface LabOptions {
  /** Of loopback; a free one by default. */
  readonly port?: number;
  /** config.boot, for a folder that has none yet. */
  readonly seed?: string;
  /** Keeps the router's files over a restart; without it they are gone with the lab. */
  readonly data?: string;
  readonly users?: readonly User[];
  /** Of every user; random by default. */
  readonly password?: string;
  /** Lines of authorized_keys that let every user in. */
  readonly authorizedKeys?: readonly string[];
  /** An OpenSSH private key; made by default. */
  readonly hostKey?: string;
  /** Of a round trip. */
  readonly latencyMs?: number;
  readonly makeRouter: (surroundings: Surroundings) => Router;
}

export interface LabEvent {
  readonly at: Date;
  readonly kind: 'connection' | 'login' | 'channel' | 'call' | 'reboot';
  readonly text: string;
}

export interface Lab {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The line for known_hosts. */
  readonly hostKeyLine: string;
  /** The folder that is `/` inside: root/config, root/tmp … */
  readonly root: string;
  /** What has happened so far; `log.filter(e => e.kind === 'channel')` are the channels opened. */
  readonly log: readonly LabEvent[];
  /** Everything inside dies, connections are reset, and it boots from config.boot. */
  reboot(): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const defaultUsers: readonly User[] = [
  { name: 'ubnt', level: 'admin' },
  { name: 'oper', level: 'operator' },
];

/** Rejects with NoAccess where the system doesn't allow a root of its own, and with what `listen` says of the port. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'edgewg-lab-')));
  const clean = async () => {
    if (!options.data) await rm(folder, { recursive: true, force: true });
  };
  try {
    return await startIn(folder, options, clean);
  } catch (error) {
    await clean();
    throw error;
  }
}

async function startIn(folder: string, options: LabOptions, clean: () => Promise<void>): Promise<Lab> {
  const keys = join(folder, 'keys');
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const hostKey = options.hostKey
    ? hostKeyOf(options.hostKey)
    : await keptHostKey(join(keys, 'ssh_host_ed25519_key'));
  const password = await keptPassword(join(keys, 'password'), options.password);
  const accounts = accountsOf(options.users ?? defaultUsers);
  const log: LabEvent[] = [];
  const event = (kind: LabEvent['kind'], text: string) => void log.push({ at: new Date(), kind, text });
  const own = (call: Call) => {
    event('call', [call.program, ...call.args].join(' '));
    return ownProgram(call, () => void reboot());
  };
  let ssh: SshServer | undefined;
  let rebooting: Promise<void> | undefined;
  const reboot = () => {
    rebooting ??= restart().finally(() => {
      rebooting = undefined;
    });
    return rebooting;
  };
  const restart = async () => {
    event('reboot', '');
    await ssh?.stop('reset');
    await machine.restart();
    await ssh?.resume();
  };
  const machine = await startMachine({
    folder: join(folder, 'box'),
    boot: options.seed ?? '',
    hostname: 'ubnt',
    accounts: () => accounts,
    makeRouter: options.makeRouter,
    own,
    reboot: () => void reboot(),
    now: () => new Date(),
  });
  const access = accessOf(accounts, password, options.authorizedKeys ?? [], machine);
  const connect = () => machine.box().connect();
  const sshOptions = { hostKey, access, connect, latencyMs: options.latencyMs ?? 0, banner, event };
  ssh = await startSsh(sshOptions, options.port ?? 0).catch(async (error: unknown) => {
    await machine.stop();
    throw error;
  });
  return {
    host,
    port: ssh.port,
    user: accounts[0]?.name ?? '',
    password,
    hostKeyLine: knownHostsLine(ssh.port, hostKey),
    root: rootOf(join(folder, 'box')),
    log,
    reboot,
    async close() {
      await rebooting;
      await ssh?.stop('reset');
      await machine.stop();
      await clean();
    },
  };
}

/** A lab that keeps its files keeps its password too, so that a restart doesn't lock its users' scripts out. */
async function keptPassword(path: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept) return kept;
  const password = randomBytes(12).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

function knownHostsLine(port: number, { publicKey }: HostKey): string {
  return `[${host}]:${port} ${publicKey}`;
}

function accessOf(
  accounts: readonly Account[],
  password: string,
  given: readonly string[],
  machine: Machine,
): Access {
  return {
    account: name => accounts.find(account => account.name === name),
    password: () => password,
    async authorizedKeys(name) {
      const home = accounts.find(account => account.name === name)?.home;
      const file = await machine.box().files.read(`${home}/.ssh/authorized_keys`);
      return [...given, ...(file?.toString().split('\n') ?? [])];
    },
  };
}

/** The programs that are about the machine and not about its configuration. */
function ownProgram(call: Call, reboot: () => void): Promise<Answer> | undefined {
  if (call.program !== 'reboot' && call.program !== 'shutdown') return undefined;
  const answer = (stderr: string, exit: number) => Promise.resolve({ stdout: '', stderr, exit });
  if (call.user !== 'root') return answer(`${call.program}: must be superuser.\n`, 1);
  reboot();
  return answer('', 0);
}
