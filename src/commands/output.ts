// How a plan goes out, the same for every command that shows one.
import { Refused } from '../errors.ts';
import { type Allowed, refusals } from '../plan/allow.ts';
import type { Plan } from '../plan/plan.ts';
import type { Io } from './io.ts';

export const outputOptions = {
  format: {
    choices: ['text', 'commands', 'json'],
    default: 'text',
    describe: 'text for people, commands for the router, json for programs',
    requiresArg: true,
  },
  inverse: { type: 'boolean', describe: 'show the commands that undo the plan' },
} as const;

interface OutputArgs {
  readonly format: 'text' | 'commands' | 'json';
  readonly inverse: boolean | undefined;
}

/** Refuses what can't go together, before anything is read. */
export function checkOutput(
  args: OutputArgs & { readonly diff?: boolean | undefined; readonly trace?: readonly string[] | undefined },
): void {
  if (args.format === 'json' && args.inverse === true)
    throw new Refused('usage', '--inverse has no place in --format json', 'the JSON plan holds both ways');
  if (args.format !== 'text' && (args.diff === true || args.trace !== undefined)) {
    const flag = args.diff === true ? '--diff' : '--trace';
    throw new Refused('usage', `${flag} has no place in --format ${args.format}`, 'take one of them');
  }
}

interface Shown {
  /** What a person lifted. */
  readonly allowed: Allowed;
  readonly diff?: string;
}

/** Data to stdout; findings, which a list of commands has no place for, to stderr. */
export async function showPlan(plan: Plan, args: OutputArgs, io: Io, more: Shown): Promise<void> {
  const { stdout, stderr, isVerbose } = io;
  const isInverse = args.inverse === true;
  if (args.format === 'json') {
    const { renderJson } = await import('../report/json.ts');
    stdout.write(renderJson(plan));
  } else if (args.format === 'commands') {
    const { renderCommands } = await import('../report/commands.ts');
    const { findingBlocks } = await import('../report/findings.ts');
    stdout.write(renderCommands(plan, isInverse));
    for (const block of findingBlocks(plan.diagnostics, { paint: stderr.paint, isVerbose }))
      stderr.write(`${block}\n`);
  } else {
    const { renderPlan } = await import('../report/text.ts');
    const refused = refusals(plan.diagnostics, more.allowed).length;
    stdout.write(renderPlan(plan, { paint: stdout.paint, isVerbose, isInverse, refused, ...more }));
  }
}
