// Runs the jobs of a workflow file of GitHub (or Forgejo, whose files are of the same kind), as a runner would: in the order of `needs`,
// under their conditions, every `run` as the file says it. `uses` steps are played by stand-ins, and an action of this repository by its
// own steps.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Contexts, fill, isWanted, type Status } from './expression.ts';
import { runScript } from './run-script.ts';

export type Texts = Readonly<Record<string, string>>;

export interface Job {
  readonly result: 'success' | 'failure' | 'skipped';
  /** A line for each step: what became of it, its name. */
  readonly steps: readonly string[];
  readonly output: string;
}

export interface Runner {
  /** `github`, `vars` and `secrets`. */
  readonly contexts: Contexts & { readonly github: Contexts };
  /** Environment of every job beside what a runner sets. */
  readonly env: Texts;
  /** Where workspaces and artifacts are made. */
  readonly folder: string;
  /** Plays a `uses` step in this workspace. Throws for one that it can't play. */
  readonly uses: (step: UsesStep) => void;
}

export interface UsesStep {
  /** Without its commit: actions/checkout. */
  readonly action: string;
  readonly with: Texts;
  readonly workspace: string;
  /** Of the workflow's artifacts. */
  readonly artifacts: string;
}

interface StepText {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Texts;
}

interface JobText {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly env?: Texts;
  readonly outputs?: Texts;
  readonly steps: readonly StepText[];
}

/** All jobs by their names. Throws where the file isn't run on this event. */
export async function runWorkflow(text: string, runner: Runner): Promise<Record<string, Job>> {
  const workflow = parse(text) as { on: object; env?: Texts; jobs: Record<string, JobText> };
  const event = String(runner.contexts.github['event_name']);
  if (!(event in workflow.on)) throw new Error(`the workflow isn't run on ${event}`);
  const artifacts = mkdtempSync(join(runner.folder, 'artifacts-'));
  const done: Record<string, Job & { outputs: Texts }> = {};
  const needsOf = (name: string): string[] => [workflow.jobs[name]?.needs ?? []].flat();
  const ancestors = (name: string): string[] => needsOf(name).flatMap(other => [other, ...ancestors(other)]);
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const before = ancestors(name).map(other => done[other]?.result ?? `${other} comes later in the file`);
    const status = statusOf(
      before.every(result => result === 'success'),
      before.includes('failure'),
    );
    const contexts = { ...runner.contexts, needs: Object.fromEntries(needsOf(name).map(o => [o, done[o]])) };
    const run = new JobRun(name, { ...workflow.env, ...job.env }, contexts, runner, artifacts);
    done[name] = isWanted(job.if, contexts, status)
      ? await run.whole(job)
      : { result: 'skipped', steps: [], output: '', outputs: {} };
  }
  return done;
}

const statusOf = (success: boolean, failure: boolean): Status => ({
  success,
  failure,
  cancelled: false,
  always: true,
});

class JobRun {
  readonly #env: Texts;
  readonly #contexts: Contexts;
  readonly #runner: Runner;
  readonly #artifacts: string;
  readonly #folder: string;
  readonly #workspace: string;
  readonly #told: string[] = [];
  #output = '';
  #failed = false;

  constructor(name: string, env: Texts, contexts: Contexts, runner: Runner, artifacts: string) {
    this.#env = env;
    this.#contexts = contexts;
    this.#runner = runner;
    this.#artifacts = artifacts;
    this.#folder = mkdtempSync(join(runner.folder, `${name}-`));
    this.#workspace = join(this.#folder, 'workspace');
    for (const folder of ['workspace', 'home', 'temp']) mkdirSync(join(this.#folder, folder));
    for (const file of ['summary', 'path', 'output']) writeFileSync(join(this.#folder, file), '');
  }

  async whole({ steps, outputs = {} }: JobText): Promise<Job & { outputs: Texts }> {
    const found = await this.#steps(steps, {}, {});
    const values = Object.entries(outputs).map(([key, value]) => [key, fill(value, found)]);
    return {
      result: this.#failed ? 'failure' : 'success',
      steps: this.#told,
      output: this.#output + readFileSync(join(this.#folder, 'summary'), 'utf8'),
      outputs: Object.fromEntries(values),
    };
  }

  /** One after the other; gives the contexts as they are then. */
  async #steps(steps: readonly StepText[], inputs: Texts, more: Texts): Promise<Contexts> {
    const outputs: Record<string, { outputs: Texts }> = {};
    const contexts = { ...this.#contexts, inputs, steps: outputs };
    for (const step of steps) {
      const name = step.name ?? step.uses?.split('@')[0] ?? '';
      if (!isWanted(step.if, contexts, statusOf(!this.#failed, this.#failed))) {
        this.#told.push(`skipped: ${name}`);
        continue;
      }
      if (step.uses?.startsWith('./')) await this.#action(step, contexts);
      else if (step.uses !== undefined) this.#play(step, name, contexts);
      else outputs[step.id ?? ''] = { outputs: await this.#script(step, name, contexts, more) };
    }
    return contexts;
  }

  #play({ uses = '', with: given = {} }: StepText, name: string, contexts: Contexts): void {
    const values = Object.entries(given).map(([key, value]) => [key, fill(value, contexts)]);
    const folders = { workspace: this.#workspace, artifacts: this.#artifacts };
    this.#runner.uses({
      action: uses.split('@')[0] ?? '',
      with: Object.fromEntries(values),
      ...folders,
    });
    this.#told.push(`played: ${name}`);
  }

  /** The action of this repository, with its own steps. */
  async #action({ uses = '', with: given = {} }: StepText, contexts: Contexts): Promise<void> {
    const at = join(this.#workspace, uses);
    const action = parse(readFileSync(join(at, 'action.yml'), 'utf8'));
    const unknown = Object.keys(given).filter(key => !(key in action.inputs));
    if (unknown.length > 0) throw new Error(`the action has no input ${unknown}`);
    const inputs = Object.entries(action.inputs as Record<string, { default?: unknown }>).map(
      ([key, input]) => [key, fill(given[key] ?? input.default ?? '', contexts)],
    );
    await this.#steps(action.runs.steps, Object.fromEntries(inputs), { GITHUB_ACTION_PATH: at });
  }

  async #script(step: StepText, name: string, contexts: Contexts, more: Texts): Promise<Texts> {
    const at = (file: string): string => join(this.#folder, file);
    writeFileSync(at('output'), '');
    const asked = Object.entries({ ...this.#env, ...step.env }).map(([key, value]) => [
      key,
      fill(value, contexts),
    ]);
    const { code, output } = await runScript({
      text: fill(step.run ?? '', contexts),
      shell: ['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail'],
      cwd: this.#workspace,
      env: {
        ...{ HOME: at('home'), CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: at('temp') },
        ...{ GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary'), GITHUB_PATH: at('path') },
        ...this.#runner.env,
        ...more,
        ...Object.fromEntries(asked),
        PATH: `${readFileSync(at('path'), 'utf8').trim()}:${this.#runner.env['PATH'] ?? process.env['PATH']}`,
      },
      folder: this.#folder,
    });
    this.#output += `== ${name}\n${output}`;
    this.#told.push(code === 0 ? `ran: ${name}` : `failed with ${code}: ${name}`);
    if (code !== 0) this.#failed = true;
    return Object.fromEntries(
      [...readFileSync(at('output'), 'utf8').matchAll(/^([\w-]+)=(.*)$/gm)].map(([, key, value]) => [
        key,
        value,
      ]),
    );
  }
}
