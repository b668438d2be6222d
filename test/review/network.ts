// A user's network for the jobs: a repository with site file, snapshot and the files of `edgewg init --ci`, written by the program as npm
// packs it; its router and a lab router, which are labs; the keys of the jobs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ciKinds } from '../../src/ci/ci-files.ts';
import { fixture, project } from '../support/fixtures.ts';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { Keys } from '../support/openssh.ts';
import type { UsesStep } from './workflow.ts';

const root = fileURLToPath(project(''));

export interface Network {
  readonly folder: string;
  /** The bare repository that jobs clone. */
  readonly origin: string;
  /** Where its owner works. */
  readonly work: string;
  readonly router: LabProcess;
  readonly labRouter: LabProcess;
  /** Paths of private keys: one that can only read, one that may apply. */
  readonly planKey: string;
  readonly applyKey: string;
  /** Lines of known_hosts: what EDGEWG_HOST_KEY takes for several routers. */
  readonly hostKeys: string;
  git(...words: string[]): string;
  /** Changes the site file on a branch of this name, from where main is, and pushes it. */
  branch(name: string, change: (text: string) => string): void;
  /** Applies the branch to the lab router, as a job that died would leave it. */
  leaveOnLabRouter(name: string): void;
  /** Takes the branch over into main, as one commit. */
  merge(name: string): void;
  /** As the router's owner, in the working folder. */
  edgewg(...words: string[]): string;
  /** What somebody types on the router. */
  byHand(...commands: string[]): void;
  /** Plays checkout of this commit or branch, artifacts, and what a runner has anyway. */
  uses(at: string): (step: UsesStep) => void;
  remove(): Promise<void>;
}

/** Of one router, or of two whose site files this pattern means: sites/*.yaml. */
export async function makeNetwork(pattern?: string): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-jobs-'));
  const keys = new Keys();
  const [origin, work] = [join(folder, 'origin.git'), join(folder, 'work')];
  const program = installed(folder);
  const [planKey, applyKey] = [keys.make('plan', 'ed25519'), keys.make('apply', 'ed25519')];
  const forced = run(program, ['ssh-command', '--public-key', `${planKey}.pub`], folder);
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, forced + readFileSync(`${applyKey}.pub`, 'utf8'));
  const seed = fileURLToPath(fixture('blog/router.boot'));
  const start = () => startLabProcess(['--seed', seed, '--authorized-keys', authorized]);
  const [router, labRouter] = await Promise.all([start(), start()]);
  const git = (...words: string[]): string => run('git', words, work);
  const owner = (lab: LabProcess) => ({ EDGEWG_HOST_KEY: lab.hostKey, EDGEWG_PASSWORD: lab.password });
  const edgewg = (...words: string[]): string => run(program, words, work, owner(router));
  run('git', ['init', '-q', '--bare', '-b', 'main', origin], folder);
  run('git', ['clone', '-q', origin, work], folder);
  const site = pattern?.replace('*', 'home') ?? 'edgewg.yaml';
  const sites: { file: string; snapshot: string; host: string; lab: LabProcess }[] = [
    { file: site, snapshot: 'router.snapshot', host: router.host, lab: router },
  ];
  if (pattern !== undefined) {
    mkdirSync(join(work, dirname(pattern)));
    sites.push({ file: pattern.replace('*', 'office'), snapshot: '', host: 'localhost', lab: labRouter });
  }
  for (const { file, snapshot, host, lab } of sites) {
    const more = ['--router', `${lab.user}@${host}:${lab.port}`, '-f', file];
    run(program, ['import', ...more], work, owner(lab));
    const out = pattern === undefined ? snapshot : file.replace('.yaml', '.snapshot');
    run(program, ['snapshot', '-f', file, '--out', out], work, owner(lab));
  }
  for (const kind of ciKinds) edgewg('init', '--ci', kind, '-f', pattern ?? site);
  git('add', '.');
  git('commit', '-q', '-m', 'The router as it is');
  git('push', '-q', '-u', 'origin', 'HEAD:main');
  const branch = (name: string, change: (text: string) => string): void => {
    git('switch', '-q', '-C', name, 'main');
    const file = join(work, site);
    const text = readFileSync(file, 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`${name} changes nothing`);
    writeFileSync(file, changed);
    git('commit', '-q', '-a', '-m', name);
    git('push', '-q', '-f', 'origin', name);
    git('switch', '-q', 'main');
  };
  const merge = (name: string): void => {
    git('switch', '-q', 'main');
    git('merge', '-q', '--ff-only', name);
    git('push', '-q');
  };
  return {
    folder,
    origin,
    hostKeys: `${router.hostKeyLine}\n${labRouter.hostKeyLine.replace('127.0.0.1', 'localhost')}`,
    branch,
    merge,
    leaveOnLabRouter(name) {
      const way = ['--router', `${labRouter.user}@${labRouter.host}:${labRouter.port}`];
      git('switch', '-q', name);
      run(program, ['apply', '--yes', '--allow', 'router-key', ...way], work, owner(labRouter));
      git('switch', '-q', 'main');
    },
    work,
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

/** The path of edgewg as a user has it: installed, from nothing but what `npm pack` packs. */
function installed(folder: string): string {
  const words = ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(run('npm', words, root));
  const install = ['install', '--global', '--offline', '--silent', '--prefix', join(folder, 'prefix')];
  run('npm', [...install, join(folder, packed.filename)], folder);
  return join(folder, 'prefix/bin/edgewg');
}

/** What it doesn't know is an error. */
function play(step: UsesStep, origin: string, at: string): void {
  const { workspace, artifacts } = step;
  const named = join(artifacts, step.with['name'] ?? '');
  const path = step.with['path'] ?? '';
  switch (step.action) {
    case 'actions/checkout':
      run('git', ['clone', '-q', origin, workspace], artifacts);
      run('git', ['checkout', '-q', at], workspace);
      return;
    case 'actions/upload-artifact':
      // it warns, and no more, where there is nothing
      if (existsSync(join(workspace, path))) cpSync(join(workspace, path), named, { recursive: true });
      return;
    case 'actions/download-artifact':
      cpSync(named, join(workspace, path), { recursive: true });
      return;
    case 'actions/setup-node':
      return;
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
