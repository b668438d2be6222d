// Runs the jobs of a workflow file of GitHub (or Forgejo, whose files are of the same kind), as a runner would: in the order of `needs`,
// under their conditions, every `run` as the file says it. `uses` steps are played by stand-ins, and an action of this repository by its
// own steps. What a file asks for and isn't known here is an error.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Contexts, evaluate, type Functions, fill, isTrue } from './expression.ts';
import { runScript } from './run-script.ts';

export type Texts = Readonly<Record<string, string>>;

/** What happened: `github.event_name`, and what its payload holds. */
export interface Event {
  readonly name: 'pull_request' | 'push' | 'schedule' | 'workflow_dispatch';
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Runner {
  readonly event: Event;
  readonly vars: Texts;
  readonly secrets: Texts;
  /** Environment of every job beside what a runner sets. */
  readonly env: Texts;
  /** Where workspaces and artifacts are made. */
  readonly folder: string;
  /** In front of PATH. */
  readonly tools: string;
  /** Plays a `uses` step in this workspace; says how. Throws for one that it can't play. */
  readonly uses: (step: UsesStep) => string;
}

export interface UsesStep {
  /** Without its commit: actions/checkout. */
  readonly action: string;
  readonly with: Texts;
  readonly workspace: string;
  /** Of the workflow's artifacts. */
  readonly artifacts: string;
}

type Result = 'success' | 'failure' | 'skipped';

export interface Job {
  readonly name: string;
  readonly result: Result;
  /** A line for each step: what became of it, its name. */
  readonly steps: readonly string[];
  readonly output: string;
  /** What the job's page shows. */
  readonly summary: string;
  readonly outputs: Texts;
}

interface StepText {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Texts;
  readonly shell?: string;
  readonly 'working-directory'?: string;
}

interface JobText {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly env?: Texts;
  readonly steps: readonly StepText[];
}

interface WorkflowText {
  readonly on: Readonly<Record<string, { readonly branches?: readonly string[] } | null>>;
  readonly env?: Texts;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, JobText>>;
}

/** `bash`, named, is run with pipefail; the default of a runner isn't. */
const shells: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail'],
  '': ['bash', '-e'],
};

/** Of the jobs named, or of all; those that they need are run as well. */
export async function runWorkflow(text: string, runner: Runner): Promise<ReadonlyMap<string, Job>> {
  const workflow = parse(text) as WorkflowText;
  if (!(runner.event.name in workflow.on)) throw new Error(`the workflow isn't run on ${runner.event.name}`);
  const artifacts = mkdtempSync(join(runner.folder, 'artifacts-'));
  const done = new Map<string, Job>();
  const run = async (name: string): Promise<void> => {
    if (done.has(name)) return;
    const job = workflow.jobs[name];
    if (job === undefined) throw new Error(`no job ${name}`);
    const needs = [job.needs ?? []].flat();
    for (const other of needs) await run(other);
    const before = ancestors(needs, workflow).map(other => done.get(other)?.result ?? 'skipped');
    done.set(name, await new JobRun(name, job, workflow, runner, artifacts).run(before));
  };
  for (const name of Object.keys(workflow.jobs)) await run(name);
  return done;
}

/** The jobs that these need, and so on. */
function ancestors(needs: readonly string[], workflow: WorkflowText): string[] {
  return needs.flatMap(name => [name, ...ancestors([workflow.jobs[name]?.needs ?? []].flat(), workflow)]);
}

class JobRun {
  readonly #name: string;
  readonly #job: JobText;
  readonly #workflow: WorkflowText;
  readonly #runner: Runner;
  readonly #artifacts: string;
  readonly #folder: string;
  readonly #workspace: string;
  readonly #summary: string;
  readonly #path: string;
  readonly #told: string[] = [];
  #output = '';
  #result: 'success' | 'failure' = 'success';

  constructor(name: string, job: JobText, workflow: WorkflowText, runner: Runner, artifacts: string) {
    this.#name = name;
    this.#job = job;
    this.#workflow = workflow;
    this.#runner = runner;
    this.#artifacts = artifacts;
    this.#folder = mkdtempSync(join(runner.folder, `${name}-`));
    this.#workspace = join(this.#folder, 'workspace');
    this.#summary = join(this.#folder, 'summary.md');
    this.#path = join(this.#folder, 'path');
    mkdirSync(this.#workspace);
    mkdirSync(join(this.#folder, 'home'));
    mkdirSync(join(this.#folder, 'temp'));
    writeFileSync(join(this.#folder, 'event.json'), JSON.stringify(runner.event.payload));
    for (const file of [this.#summary, this.#path]) writeFileSync(file, '');
  }

  async run(before: readonly Result[]): Promise<Job> {
    const isWanted = this.#isWanted(this.#job.if, this.#contexts(), {
      success: () => before.every(result => result === 'success'),
      failure: () => before.includes('failure'),
    });
    if (!isWanted) return this.#end('skipped', {});
    const outputs = await this.#steps(this.#job.steps, {}, {});
    return this.#end(this.#result, outputs);
  }

  #end(result: Result, outputs: Texts): Job {
    return {
      name: this.#name,
      result,
      steps: this.#told,
      output: this.#output,
      summary: readFileSync(this.#summary, 'utf8'),
      outputs,
    };
  }

  /** One after the other; gives the outputs of all as ID.NAME. */
  async #steps(steps: readonly StepText[], inputs: Contexts, more: Texts): Promise<Texts> {
    const outputs: Record<string, { outputs: Record<string, string> }> = {};
    for (const step of steps) {
      const contexts = { ...this.#contexts(), inputs, steps: outputs };
      const name = step.name ?? step.uses?.split('@')[0] ?? step.run ?? '';
      const status = {
        success: () => this.#result === 'success',
        failure: () => this.#result === 'failure',
      };
      if (!this.#isWanted(step.if, contexts, status)) {
        this.#told.push(`skipped: ${name}`);
        continue;
      }
      const found = await this.#step(step, name, contexts, more);
      if (step.id !== undefined) outputs[step.id] = { outputs: found };
    }
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([id, all]) =>
        Object.entries(all.outputs).map(([key, value]) => [`${id}.${key}`, value]),
      ),
    );
  }

  async #step(
    step: StepText,
    name: string,
    contexts: Contexts,
    more: Texts,
  ): Promise<Record<string, string>> {
    if (step.uses?.startsWith('./')) {
      await this.#composite(step, contexts);
      return {};
    }
    if (step.uses !== undefined) {
      const given = Object.entries(step.with ?? {}).map(([key, value]) => [key, this.#fill(value, contexts)]);
      const how = this.#runner.uses({
        action: step.uses.split('@')[0] ?? '',
        with: Object.fromEntries(given),
        workspace: this.#workspace,
        artifacts: this.#artifacts,
      });
      this.#told.push(`${how}: ${name}`);
      return {};
    }
    return this.#script(step, name, contexts, more);
  }

  /** The action of this repository, with its own steps. */
  async #composite(step: StepText, contexts: Contexts): Promise<void> {
    const at = join(this.#workspace, step.uses ?? '');
    const action = parse(readFileSync(join(at, 'action.yml'), 'utf8'));
    const defaults = Object.entries(action.inputs as Record<string, { default?: unknown }>);
    const given = step.with ?? {};
    const unknown = Object.keys(given).filter(key => !(key in action.inputs));
    if (unknown.length > 0) throw new Error(`the action has no input ${unknown}`);
    const inputs = Object.fromEntries(
      defaults.map(([key, input]) => [key, this.#fill(given[key] ?? input.default ?? '', contexts)]),
    );
    await this.#steps(action.runs.steps, inputs, { GITHUB_ACTION_PATH: at });
  }

  async #script(
    step: StepText,
    name: string,
    contexts: Contexts,
    more: Texts,
  ): Promise<Record<string, string>> {
    const files = mkdtempSync(join(this.#folder, 'files-'));
    const outputFile = join(files, 'output');
    writeFileSync(outputFile, '');
    const named = step.shell ?? this.#workflow.defaults?.run?.shell ?? '';
    const shell = shells[named];
    if (shell === undefined) throw new Error(`the shell ${named} isn't known here`);
    const { code, output } = await runScript({
      text: this.#fill(step.run ?? '', contexts),
      shell,
      cwd: join(this.#workspace, step['working-directory'] ?? ''),
      env: { ...this.#env(step, contexts), ...more, GITHUB_OUTPUT: outputFile },
      folder: this.#folder,
    });
    this.#output += `== ${name}\n${output}`;
    this.#told.push(code === 0 ? `ran: ${name}` : `failed with ${code}: ${name}`);
    if (code !== 0) this.#result = 'failure';
    return Object.fromEntries(pairs(readFileSync(outputFile, 'utf8')));
  }

  #env(step: StepText, contexts: Contexts): Record<string, string> {
    const { event } = this.#runner;
    const home = join(this.#folder, 'home');
    const asked = { ...this.#workflow.env, ...this.#job.env, ...step.env };
    const filled = Object.entries(asked).map(([key, value]) => [key, this.#fill(value, contexts)]);
    const more = readFileSync(this.#path, 'utf8').trim().split('\n').filter(Boolean).reverse();
    return {
      HOME: home,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: join(this.#folder, 'event.json'),
      GITHUB_REPOSITORY: repository,
      GITHUB_WORKSPACE: this.#workspace,
      GITHUB_STEP_SUMMARY: this.#summary,
      GITHUB_PATH: this.#path,
      RUNNER_TEMP: join(this.#folder, 'temp'),
      ...this.#runner.env,
      ...Object.fromEntries(filled),
      PATH: [...more, join(home, 'bin'), this.#runner.tools, process.env['PATH'] ?? ''].join(':'),
    };
  }

  #contexts(): Contexts {
    const { event, vars, secrets } = this.#runner;
    const github = {
      event_name: event.name,
      event: event.payload,
      repository,
      token: 'token-of-the-job',
    };
    return { github, vars, secrets };
  }

  /** A condition that asks for no status means `success()` as well. */
  #isWanted(
    condition: string | boolean | undefined,
    contexts: Contexts,
    status: { success: () => boolean; failure: () => boolean },
  ): boolean {
    const text = String(condition ?? 'success()').replace(/^\$\{\{(.*)\}\}$/, '$1');
    const functions = { ...this.#functions(), ...status, always: () => true, cancelled: () => false };
    const asked = isTrue(evaluate(text, contexts, functions));
    return asked && (/\b(always|success|failure|cancelled)\(/.test(text) || status.success());
  }

  #fill(value: unknown, contexts: Contexts): string {
    return fill(String(value), contexts, this.#functions());
  }

  #functions(): Functions {
    return {
      hashFiles: name => {
        const path = join(this.#workspace, name);
        return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      },
    };
  }
}

const repository = 'owner/network';

/** `NAME=VALUE` lines; a value of several lines isn't used here. */
function pairs(text: string): [string, string][] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [, name, value] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`no output: ${line}`);
      return [name, value];
    });
}
