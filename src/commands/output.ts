// How a plan goes out, the same for every command that shows one.
import { Refused } from '../errors.ts';
import { type Allowed, refusals } from '../plan/allow.ts';
import type { Comparison } from '../plan/compare.ts';
import type { Origin } from '../plan/types/origin.ts';
import type { Plan } from '../plan/types/plan.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { Io } from './io.ts';

const formats = ['text', 'markdown', 'commands', 'json', 'sarif', 'github'] as const;

export const commandsOption = {
  type: 'boolean',
  describe: 'with the commands that do it, which -v shows too',
} as const;

export const outputOptions = {
  format: {
    choices: formats,
    default: 'text',
    describe:
      'text for people, markdown for a pull request, commands for the router, json for programs, sarif and github for findings at their lines',
    requiresArg: true,
  },
  commands: commandsOption,
  inverse: { type: 'boolean', describe: 'show the commands that undo the plan' },
  'max-length': {
    type: 'string',
    default: '65536',
    describe:
      "bytes that the Markdown may have; default: a comment of GitHub's; its job summaries hold 1048576",
    requiresArg: true,
  },
  artifact: {
    type: 'string',
    describe: 'what the Markdown names for all that it has no room for; default: the file of the plan',
  },
} as const;

export interface OutputArgs {
  readonly format: (typeof formats)[number];
  readonly inverse: boolean | undefined;
  readonly commands?: boolean | undefined;
  readonly 'max-length'?: string;
  readonly artifact?: string | undefined;
}

interface Extras {
  readonly compare?: string | undefined;
  readonly diff?: boolean | undefined;
  readonly trace?: readonly string[] | undefined;
}

/** A page that can't say what it lacks is of no use. */
const leastLength = 1000;

/** Refuses what can't go together, before anything is read. */
export function checkOutput(args: OutputArgs & Extras): void {
  const { format } = args;
  if (args.inverse === true && format !== 'text' && format !== 'commands') {
    const hint = format === 'json' || format === 'markdown' ? 'it holds both ways' : 'it holds no commands';
    throw new Refused('usage', `--inverse has no place in --format ${format}`, hint);
  }
  const isForPeople = format === 'text' || format === 'markdown';
  const misplaced = [
    args.commands === true && format !== 'text' ? ['--commands'] : [],
    args.diff === true && !isForPeople ? ['--diff'] : [],
    args.compare !== undefined && !isForPeople ? ['--compare'] : [],
    args.trace !== undefined && format !== 'text' && format !== 'json' ? ['--trace'] : [],
  ].flat()[0];
  if (misplaced !== undefined)
    throw new Refused('usage', `${misplaced} has no place in --format ${format}`, 'take one of them');
  readLength(args);
}

function readLength({ 'max-length': text = '65536' }: OutputArgs): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < leastLength)
    throw new Refused(
      'usage',
      `--max-length takes a number of bytes from ${leastLength}, not ${text}`,
      'such as --max-length 65536',
    );
  return Number(text);
}

interface Shown {
  /** What a person lifted. */
  readonly allowed: Allowed;
  /** A person saw the changes before: in the saved plan. */
  readonly isKnown?: boolean;
  readonly diff?: string;
  /** The configuration that the plan was made for, without secrets. */
  readonly running?: Tree;
  readonly origin?: Origin;
  /** The file that holds all of the plan. */
  readonly file?: string | undefined;
  /** With the plan that was reviewed, and its file. */
  readonly comparison?: Comparison | undefined;
  readonly reviewed?: string | undefined;
  /** Stands beside the plan where that is data. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** Data to stdout; findings, which a list of commands has no place for, to stderr. */
export async function showPlan(plan: Plan, args: OutputArgs, io: Io, more: Shown): Promise<void> {
  const { stdout, stderr, isVerbose, isQuiet } = io;
  const isInverse = args.inverse === true;
  if (args.format === 'json') {
    const { renderJson } = await import('../report/json.ts');
    stdout.write(renderJson(plan, more.beside));
  } else if (args.format === 'commands') {
    const { renderCommands } = await import('../report/commands.ts');
    const { findingBlocks } = await import('../report/findings.ts');
    stdout.write(renderCommands(plan, isInverse));
    const options = { paint: stderr.paint, width: stderr.wrapAt, isVerbose, isQuiet, allowed: more.allowed };
    for (const block of findingBlocks(plan.diagnostics, options)) stderr.write(`${block}\n`);
  } else if (args.format === 'markdown') {
    stdout.write(await markdown(plan, args, more));
  } else if (args.format === 'text') {
    const { renderPlan } = await import('../report/text.ts');
    const refused = refusals(plan.diagnostics, more.allowed).length;
    const how = { paint: stdout.paint, width: stdout.wrapAt, isVerbose, isQuiet, isInverse };
    const hasCommands = args.commands === true;
    for (const piece of renderPlan(plan, { ...how, ...more, refused, hasCommands })) stdout.write(piece);
    if (more.comparison !== undefined) {
      const { renderComparison } = await import('../report/comparison.ts');
      stdout.write(`\n${renderComparison(more.comparison, more.reviewed ?? '', stdout.paint)}`);
    }
  } else {
    const { ofFindings } = await import('../report/annotations/annotation.ts');
    const { writeAnnotations } = await import('./annotate.ts');
    await writeAnnotations(ofFindings(plan.diagnostics), args.format, io);
  }
}

async function markdown(plan: Plan, args: OutputArgs, more: Shown): Promise<string> {
  const { renderMarkdown } = await import('../report/markdown/markdown.ts');
  const { originText } = await import('../report/origin.ts');
  const { running, origin, diff, comparison, reviewed } = more;
  const file = more.file === '-' ? undefined : more.file;
  return renderMarkdown(plan, {
    allowed: more.allowed,
    comparison,
    reviewed,
    maxLength: readLength(args),
    artifact: args.artifact ?? file ?? 'the file that `edgewg plan --out FILE` writes',
    ...(running && { graph: await graphOf(plan, running) }),
    ...(origin && { origin: originText(origin) }),
    ...(diff !== undefined && { diff }),
  });
}

/** The tunnels before and after the plan. */
export async function graphOf(plan: Plan, running: Tree) {
  const { configurationAfter } = await import('../plan/after.ts');
  const { topology } = await import('../model/routing/topology.ts');
  return topology(plan.router, running, configurationAfter(running, plan.commits), plan.peers);
}
