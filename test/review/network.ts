// A user's network for the jobs: a repository with site file, snapshot and the files of `edgewg init --ci`, written by the program as npm
// packs it; its router and a lab router, which are labs; the keys of the jobs; and programs in place of those that a runner brings.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture, project } from '../support/fixtures.ts';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { Keys } from '../support/openssh.ts';
import type { UsesStep } from './workflow.ts';

const { version } = JSON.parse(readFileSync(project('package.json'), 'utf8'));
const root = fileURLToPath(project(''));

export interface Network {
  readonly folder: string;
  /** The bare repository that jobs clone. */
  readonly origin: string;
  /** Where its owner works. */
  readonly work: string;
  readonly tools: string;
  readonly router: LabProcess;
  readonly labRouter: LabProcess;
  /** Paths of private keys: one that can only read, one that may apply. */
  readonly planKey: string;
  readonly applyKey: string;
  git(...words: string[]): string;
  /** As the router's owner, in the working folder. */
  edgewg(...words: string[]): string;
  /** What somebody types on the router. */
  byHand(...commands: string[]): void;
  /** Plays checkout of this commit or branch, artifacts, and what a runner has anyway. */
  uses(at: string): (step: UsesStep) => string;
  remove(): Promise<void>;
}

export async function makeNetwork(): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-jobs-'));
  const keys = new Keys();
  const [tools, origin, work] = ['tools', 'origin.git', 'work'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const program = installed(folder);
  writeTools(tools, program);
  const [planKey, applyKey] = [keys.make('plan', 'ed25519'), keys.make('apply', 'ed25519')];
  const forced = run(program, ['ssh-command', '--public-key', `${planKey}.pub`], folder);
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, forced + readFileSync(`${applyKey}.pub`, 'utf8'));
  const seed = fileURLToPath(fixture('blog/router.boot'));
  const start = () => startLabProcess(['--seed', seed, '--authorized-keys', authorized]);
  const [router, labRouter] = await Promise.all([start(), start()]);
  const git = (...words: string[]): string => run('git', words, work);
  const owner = { EDGEWG_HOST_KEY: router.hostKey, EDGEWG_PASSWORD: router.password };
  const edgewg = (...words: string[]): string => run(program, words, work, owner);
  run('git', ['init', '-q', '--bare', '-b', 'main', origin], folder);
  run('git', ['clone', '-q', origin, work], folder);
  edgewg('import', '--router', `${router.user}@${router.host}:${router.port}`);
  edgewg('snapshot', '--out', 'router.snapshot');
  for (const kind of ['github', 'gitlab', 'forgejo']) edgewg('init', '--ci', kind);
  git('add', '.');
  git('commit', '-q', '-m', 'The router as it is');
  git('push', '-q', '-u', 'origin', 'HEAD:main');
  return {
    folder,
    origin,
    work,
    tools,
    router,
    labRouter,
    planKey,
    applyKey,
    git,
    edgewg,
    byHand(...commands) {
      const client = fileURLToPath(new URL('../support/by-hand.js', import.meta.url));
      const words = [client, String(router.port), router.user, router.password];
      const input = ['configure', ...commands, 'commit', 'save', 'exit discard'].join('\n');
      execFileSync(process.execPath, words, { input, timeout: 60_000 });
    },
    uses: at => step => play(step, origin, at),
    async remove() {
      await Promise.all([router.stop(), labRouter.stop()]);
      keys.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The path of edgewg as a user has it: what `npm pack` packs, with the libraries of this project. */
function installed(folder: string): string {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], root));
  run('tar', ['-xzf', packed.filename], folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'));
  return join(folder, 'package/bin/edgewg.js');
}

/** `npm` installs the packed edgewg where a job's PATH leads, or takes this project's libraries and build; `gh` is a stand-in. */
function writeTools(tools: string, program: string): void {
  mkdirSync(tools);
  const write = (name: string, script: string): void => {
    writeFileSync(join(tools, name), `#!/bin/bash\n${script}`);
    chmodSync(join(tools, name), 0o755);
  };
  write(
    'npm',
    `case "$*" in
  "install --global edgewg@${version}") mkdir -p "$HOME/bin" && ln -s '${program}' "$HOME/bin/edgewg" ;;
  "ci --silent --prefix "*) ln -s '${root}node_modules' "$4/node_modules" ;;
  "run -s build --prefix "*) ln -s '${root}dist' "$5/dist" ;;
  *) echo "npm $* isn't known here" >&2; exit 1 ;;
esac
`,
  );
  const gh = fileURLToPath(new URL('./gh.js', import.meta.url));
  write('gh', `exec '${process.execPath}' '${gh}' "$@"\n`);
}

/** Says how; what it doesn't know is an error. */
function play(step: UsesStep, origin: string, at: string): string {
  const { workspace, artifacts } = step;
  const named = join(artifacts, step.with['name'] ?? '');
  switch (step.action) {
    case 'actions/checkout':
      run('git', ['clone', '-q', origin, workspace], artifacts);
      run('git', ['checkout', '-q', at], workspace);
      return 'played';
    case 'actions/upload-artifact': {
      const paths = (step.with['path'] ?? '').split('\n').filter(path => existsSync(join(workspace, path)));
      if (paths.filter(Boolean).length === 0) throw new Error(`nothing to upload as ${step.with['name']}`);
      mkdirSync(named, { recursive: true });
      for (const path of paths.filter(Boolean)) {
        mkdirSync(dirname(join(named, path)), { recursive: true });
        cpSync(join(workspace, path), join(named, path));
      }
      return 'played';
    }
    case 'actions/download-artifact':
      cpSync(named, workspace, { recursive: true });
      return 'played';
    case 'actions/setup-node':
      return 'not run, for Node.js is here';
    default:
      throw new Error(`${step.action} isn't known here`);
  }
}

/** Throws with what it said. Nobody's own settings. */
export function run(
  command: string,
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  return execFileSync(command, words, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'someone',
      GIT_AUTHOR_EMAIL: 'someone@example.net',
      GIT_COMMITTER_NAME: 'someone',
      GIT_COMMITTER_EMAIL: 'someone@example.net',
      ...env,
    },
  });
}
