// A box for tests of the engine alone: a real bash whose router programs are small scripts that ask an engine in this
// process. No namespaces: its files lie below a folder of their own, and the paths in what it runs are bent to there.
import { execFile, spawn } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  type BoxFiles,
  type Call,
  passedVariables,
  programs,
  type Surroundings,
} from '../../src/lab/call.ts';
import type { EngineOptions } from '../../src/lab/engine/engine.ts';
import { createRouter, type LabRouter } from '../../src/lab/engine/router.ts';

export interface Ran {
  readonly stdout: string;
  readonly exit: number;
}

/** Something that runs a scenario's steps in one bash on a freshly booted router. */
export interface ScenarioBox {
  run(steps: readonly string[]): Promise<{ steps: Ran[]; stderr: string }>;
  close(): Promise<void>;
}

export type ShellBoxOptions = Omit<EngineOptions, 'surroundings'> & { readonly boot: string };

export class ShellBox implements ScenarioBox {
  readonly router: LabRouter;
  private readonly root: string;
  private readonly server: Server;

  private constructor(root: string, server: Server, options: ShellBoxOptions) {
    this.root = root;
    this.server = server;
    this.router = createRouter({ ...options, surroundings: surroundings(root) });
  }

  static async start(options: ShellBoxOptions): Promise<ShellBox> {
    const root = await mkdtemp(join(tmpdir(), 'edgewg-shellbox-'));
    const server = createServer();
    const box = new ShellBox(root, server, options);
    for (const folder of [
      'config/auth',
      'config/archive',
      'tmp',
      'opt/vyatta/config',
      'bin',
      'var/log/vyatta',
    ])
      await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, 'opt/vyatta/config/.lock'), '');
    await writeFile(join(root, 'config/config.boot'), options.boot);
    server.on('connection', socket => void box.answer(socket));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    await box.writeWrappers();
    await box.router.boot();
    return box;
  }

  private async writeWrappers(): Promise<void> {
    const address = this.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const [path, program] of Object.entries(programs)) {
      const file = join(this.root, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, wrapper(program, port));
      await chmod(file, 0o755);
    }
    const sudo = join(this.root, 'usr/bin/sudo');
    await writeFile(sudo, '#!/bin/bash\nLAB_USER=root LAB_GROUP=root exec "$@"\n');
    await chmod(sudo, 0o755);
    const id = join(this.root, 'usr/bin/id');
    await writeFile(id, '#!/bin/bash\n[ "$1" = -gn ] && echo vyattacfg\n');
    await chmod(id, 0o755);
  }

  private async answer(socket: Socket): Promise<void> {
    const words = await request(socket);
    const { stdout, stderr, exit } = await this.router.call(readCall(words));
    const line = (text: string): string => `${Buffer.from(text, 'utf8').toString('base64')}\n`;
    socket.end(`${exit}\n${line(stdout)}${line(stderr)}`);
  }

  async run(steps: readonly string[]): Promise<{ steps: Ran[]; stderr: string }> {
    const mark = '@@step@@';
    const prologue = [
      `PATH=${this.root}/usr/bin:${this.root}/bin:${this.root}/sbin:$PATH`,
      `W=${this.root}/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper`,
      `O=${this.root}/opt/vyatta/bin/vyatta-op-cmd-wrapper`,
      `r() { "$W" "$@" </dev/null; echo "=> $?"; }`,
    ];
    const body = steps.map(step => `${this.bend(step)}\nprintf '\\n${mark}%s\\n' $?`);
    const child = spawn('bash', ['-s'], {
      cwd: this.root,
      env: { PATH: process.env['PATH'], LAB_GROUP: 'vyattacfg' },
    });
    // one that ends early doesn't read it
    child.stdin.on('error', () => undefined);
    child.stdin.end([...prologue, ...body, ''].join('\n'));
    const [stdout, stderr] = await Promise.all([collect(child.stdout), collect(child.stderr)]);
    const pieces = stdout.replaceAll(this.root, '').split(`\n${mark}`);
    return {
      steps: steps.map((_, i) => {
        const before = pieces[i] ?? '';
        const exit = Number(/^\d+/.exec(pieces[i + 1] ?? '')?.[0] ?? -1);
        return { stdout: i === 0 ? before : before.slice(before.indexOf('\n') + 1), exit };
      }),
      stderr: stderr.replaceAll(this.root, ''),
    };
  }

  /** Paths of the router in a command, bent into the box's folder. */
  private bend(step: string): string {
    return step.replace(/(^|[\s'"=(])(\/(?:config|tmp|opt\/vyatta)\/)/gm, `$1${this.root}$2`);
  }

  async close(): Promise<void> {
    this.server.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of stream) parts.push(chunk as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** One line of base64: words that end in NUL. */
async function request(socket: Socket): Promise<string[]> {
  let text = '';
  await new Promise<void>(resolve => {
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      if (text.endsWith('\n')) resolve();
    });
    socket.on('close', resolve);
  });
  return Buffer.from(text, 'base64').toString('utf8').split('\0').slice(0, -1);
}

/** Sends name, ids, variables, stdin and arguments, and prints what comes back. */
function wrapper(program: string, port: number): string {
  const variables = passedVariables.map(name => `"\${${name}-}"`).join(' ');
  const stdin = program === 'wg' ? '"$([ "$1" = pubkey ] && cat)"' : "''";
  return `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port}
{ printf '%s\\0' ${program} $$ $PPID "\${LAB_USER:-ubnt}" "$LAB_GROUP" "$PWD" ${variables} ${stdin} "$@" | base64 -w0; echo; } >&3
{ read -r code; read -r out; read -r err; } <&3
[ -n "$out" ] && base64 -d <<<"$out"
[ -n "$err" ] && base64 -d <<<"$err" >&2
exit "$code"
`;
}

function readCall(words: readonly string[]): Call {
  const [program = '', pid = '', ppid = '', user = '', group = '', cwd = '', ...rest] = words;
  const values = rest.slice(0, passedVariables.length);
  const env = Object.fromEntries(
    passedVariables.map((name, i) => [name, values[i] ?? '']).filter(([, v]) => v !== ''),
  );
  const stdin = rest[passedVariables.length] ?? '';
  return {
    program,
    args: rest.slice(passedVariables.length + 1),
    pid: Number(pid),
    ppid: Number(ppid),
    env,
    user,
    group,
    cwd,
    isTerminal: false,
    ...(stdin === '' ? {} : { stdin: Buffer.from(stdin) }),
  };
}

function surroundings(root: string): Surroundings {
  const inside = (path: string): string => (path.startsWith(root) ? path : join(root, path));
  const lock = inside('/opt/vyatta/config/.lock');
  return {
    files: boxFiles(inside),
    tryLock: async () => ((await isLocked(lock)) ? undefined : async () => {}),
    sh: async script => {
      try {
        const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { cwd: root });
        return { stdout, stderr, exit: 0 };
      } catch (error) {
        const {
          stdout = '',
          stderr = '',
          code = 1,
        } = error as { stdout?: string; stderr?: string; code?: number };
        return { stdout, stderr, exit: code };
      }
    },
    reboot: () => {},
    now: () => new Date(),
    sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
  };
}

function boxFiles(inside: (path: string) => string): BoxFiles {
  return {
    read: async path => readFile(inside(path)).catch(() => undefined),
    write: async (path, data, mode) => writeFile(inside(path), data, mode === undefined ? {} : { mode }),
    rename: async (from, to) => rename(inside(from), inside(to)),
    remove: async path => rm(inside(path), { force: true }),
    list: async path => readdir(inside(path)).catch(() => []),
  };
}

/** Whether some process holds a lock on the file: the kernel lists them by inode. */
async function isLocked(file: string): Promise<boolean> {
  const { ino } = await stat(file);
  const handle = await open('/proc/locks', 'r');
  try {
    return (await handle.readFile('utf8')).split('\n').some(line => line.includes(`:${ino} `));
  } finally {
    await handle.close();
  }
}
