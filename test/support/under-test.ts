// The router of the end-to-end suites: a lab router, or the one that EDGEWG_LAB_HOST names (with _PORT, _USER, and _KEY, a file, or
// _PASSWORD; EDGEWG_LAB_HOST_KEY is its public host key). Nothing in those suites may know which it is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, type LabOptions, startLab } from '../../src/lab/lab.ts';
import { connect, systemAccess } from '../../src/ssh/connection.ts';
import { baseBoot } from './router.ts';
import { type Ran, type Running, runCli, startCli } from './run-cli.ts';

type Terminal = Parameters<typeof systemAccess>[0]['terminal'];

export interface RouterUnderTest {
  /** Lines of `router:` in a site file. */
  readonly site: string;
  /** A folder of its own for site files; also HOME of the program. */
  readonly folder: string;
  /** Runs the real program there, with access. */
  edgewg(...args: string[]): Promise<Ran>;
  /** The same, while the test does something else. */
  start(...args: string[]): Running;
  /** Where it can be reached, for a proxy in front of it. */
  readonly target: Way['target'];
  /** Writes a site file for this router; gives its path. */
  write(name: string, text: string): string;
  /** Runs a command on the router, as the same user; a command may have some 30 KB, its stdin more. */
  exec(command: string, input?: string): Promise<string>;
  close(): Promise<void>;
}

export async function routerUnderTest(): Promise<RouterUnderTest> {
  const host = process.env['EDGEWG_LAB_HOST'];
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-e2e-'));
  return underTest(folder, host === undefined ? await ofLab() : ofEnvironment(host, folder));
}

/** The words of a command as from a machine that has no site file. */
export const fromElsewhere = ({ target: { host, port, user } }: RouterUnderTest): string[] => [
  '--router',
  `${user}@${host}:${port}`,
];

/** The same for suites that only a lab will do for. */
export interface LabUnderTest extends RouterUnderTest {
  readonly lab: Lab;
}

export async function labUnderTest(boot?: string, options: LabOptions = {}): Promise<LabUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-lab-'));
  const way = await ofLab(boot, options);
  return { ...underTest(folder, way), lab: way.lab };
}

function underTest(folder: string, access: Way): RouterUnderTest {
  return {
    site: `{ host: ${access.target.host}, port: ${access.target.port}, user: ${access.target.user} }`,
    folder,
    target: access.target,
    edgewg: (...args) => runCli(args, { cwd: folder, env: { HOME: folder, ...access.env } }),
    start: (...args) => startCli(args, { cwd: folder, env: { HOME: folder, ...access.env } }),
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async exec(command, input = '') {
      const terminal = { input: { isTTY: false }, output: { isTTY: false } } as unknown as Terminal;
      const outside = {
        env: { HOME: folder, ...access.env },
        terminal,
        acceptNewHostKey: false,
        notice: () => {},
      };
      const { host, port, user } = access.target;
      const connection = await connect({ host, port, user, legacyAlgorithms: [] }, systemAccess(outside));
      try {
        return (await connection.exec(command, { input, timeoutMs: 120_000 })).stdout.toString('utf8');
      } finally {
        await connection.close();
      }
    },
    async close() {
      await access.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Way {
  /** `way` is where it listens; `host` may be a name that only the program's ssh_config knows. */
  readonly target: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly way: { readonly host: string; readonly port: number };
  };
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

async function ofLab(boot = baseBoot, options: LabOptions = {}): Promise<Way & { readonly lab: Lab }> {
  const lab = await startLab({ ...options, seed: boot });
  return {
    lab,
    target: { host: lab.host, port: lab.port, user: lab.user, way: lab },
    env: { EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKeyLine.split(' ').slice(1).join(' ') },
    close: () => lab.close(),
  };
}

function ofEnvironment(host: string, folder: string): Way {
  const get = (name: string): string | undefined => process.env[`EDGEWG_LAB_${name}`];
  const env: Record<string, string> = {};
  const password = get('PASSWORD');
  if (password !== undefined) env['EDGEWG_PASSWORD'] = password;
  const hostKey = get('HOST_KEY');
  if (hostKey !== undefined) env['EDGEWG_HOST_KEY'] = hostKey;
  const key = get('KEY');
  const port = Number(get('PORT') ?? 22);
  const target = { host: 'edgewg-lab', port, user: get('USER') ?? 'ubnt', way: { host, port } };
  const identity = key === undefined ? [] : [`IdentityFile ${key}`];
  const config = ['Host edgewg-lab', `HostName ${host}`, 'Host *', ...identity];
  mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
  writeFileSync(join(folder, '.ssh/config'), `${config.join('\n')}\n`, { mode: 0o600 });
  return { target, env, close: async () => undefined };
}
