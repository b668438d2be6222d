// Runs jobs of a GitLab pipeline as its runner does: before_script and script in one shell, after_script in another, artifacts from job to
// job by `needs`. What a file asks for and isn't known here is an error.
import { cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runScript } from './run-script.ts';
import type { Job, Texts } from './workflow.ts';

export interface PipelineRunner {
  /** What GitLab and the project's settings put into the environment of every job. */
  readonly variables: Texts;
  readonly folder: string;
  /** What the commits of this pipeline changed. */
  readonly changed: readonly string[];
  /** Fills the folder with the commit. */
  readonly checkout: (workspace: string) => void;
}

export interface PipelineJob extends Job {
  /** Waits for a person in the pipeline; here it is run at once. */
  readonly isManual: boolean;
}

interface JobText {
  readonly extends?: string;
  readonly image?: string;
  readonly stage?: string;
  readonly tags?: readonly string[];
  readonly needs?: readonly string[];
  readonly environment?: string;
  readonly rules?: readonly {
    readonly if: string;
    readonly when?: string;
    readonly changes?: readonly string[];
  }[];
  readonly variables?: Texts;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly artifacts?: { readonly when?: string; readonly paths: readonly string[] };
}

const known = [
  ...['extends', 'image', 'stage', 'tags', 'needs', 'environment', 'rules', 'variables'],
  ...['before_script', 'script', 'artifacts'],
];

/** The jobs that the rules put into this pipeline, in the file's order; a job whose needs failed isn't run. */
export async function runPipeline(
  text: string,
  runner: PipelineRunner,
): Promise<Record<string, PipelineJob>> {
  const { variables = {}, ...jobs } = parse(text) as { variables?: Texts } & Record<string, JobText>;
  const done: Record<string, PipelineJob> = {};
  const artifacts = mkdtempSync(join(runner.folder, 'artifacts-'));
  for (const name of Object.keys(jobs).filter(job => !job.startsWith('.'))) {
    const job = merged(name, jobs);
    const strange = Object.keys(job).filter(key => !known.includes(key));
    if (strange.length > 0) throw new Error(`${strange} of ${name} isn't known here`);
    const all = { ...runner.variables, ...expanded({ ...variables, ...job.variables }, runner.variables) };
    const rule = job.rules?.find(
      one => holds(one.if, all) && (one.changes?.some(path => isChanged(path, runner.changed)) ?? true),
    );
    if (rule === undefined) continue;
    if ((job.needs ?? []).some(other => done[other]?.result !== 'success')) continue;
    const ran = await run(name, job, all, runner, artifacts);
    done[name] = { ...ran, isManual: rule.when === 'manual' };
  }
  return done;
}

async function run(
  name: string,
  job: JobText,
  variables: Texts,
  runner: PipelineRunner,
  artifacts: string,
): Promise<Job> {
  const folder = mkdtempSync(join(runner.folder, 'job-'));
  const workspace = join(folder, 'workspace');
  const home = join(folder, 'home');
  mkdirSync(home);
  runner.checkout(workspace);
  for (const other of job.needs ?? [])
    if (existsSync(join(artifacts, other))) cpSync(join(artifacts, other), workspace, { recursive: true });
  const { code, output } = await runScript({
    text: [...(job.before_script ?? []), ...(job.script ?? [])].join('\n'),
    shell: ['bash', '-e', '-o', 'pipefail'],
    cwd: workspace,
    env: { CI: 'true', HOME: home, PATH: process.env['PATH'] ?? '', ...variables },
    folder,
  });
  const isKept = code === 0 || job.artifacts?.when === 'always';
  for (const text of isKept ? (job.artifacts?.paths ?? []) : []) {
    const file = expand(text, variables);
    if (existsSync(join(workspace, file)))
      cpSync(join(workspace, file), join(artifacts, name, file), { recursive: true });
  }
  return { result: code === 0 ? 'success' : 'failure', steps: [], output };
}

/** With what it extends: maps are joined, lists replaced. */
function merged(name: string, jobs: Readonly<Record<string, JobText>>): JobText {
  const job = jobs[name];
  if (job === undefined) throw new Error(`no job ${name}`);
  if (job.extends === undefined) return job;
  const base = merged(job.extends, jobs);
  return { ...base, ...job, variables: { ...base.variables, ...job.variables } };
}

function expanded(variables: Texts, outside: Texts): Texts {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, expand(String(value), outside)]),
  );
}

function expand(text: string, variables: Texts): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? '');
}

/** `*` stands for what is in a folder, and `**` for all below it. */
function isChanged(pattern: string, changed: readonly string[]): boolean {
  const parts = pattern.split('**').map(part => part.replace(/[.]/g, '\\.').replaceAll('*', '[^/]*'));
  return changed.some(path => new RegExp(`^${parts.join('.*')}$`).test(path));
}

/** `$A == "x" && $B == $C && $D`. */
function holds(condition: string, variables: Texts): boolean {
  return condition.split(' && ').every(part => {
    const sides = /^(\$\w+)(?: == (\$\w+|"[^"]*"))?$/.exec(part);
    if (sides === null) throw new Error(`the rule ${part} isn't known here`);
    const [left = '', right] = sides
      .slice(1)
      .map(side => (side?.startsWith('$') ? variables[side.slice(1)] : side?.slice(1, -1)));
    return right === undefined ? left !== '' : left === right;
  });
}
