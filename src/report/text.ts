// A plan for a person: what changes, what was found, and one line that sums up; the commands that do it where they are asked for.
import { isEmpty, type Plan } from '../plan/types/plan.ts';
import { plural } from '../plural.ts';
import { changeBlocks, type TextOptions } from './changes.ts';
import { commitLines, helperLine, keyLine } from './commands.ts';
import { durationText } from './expected.ts';
import { type FindingOptions, findingBlocks } from './findings.ts';
import { proofLine } from './proofs.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

export interface PlanTextOptions extends TextOptions, FindingOptions {
  /** The commands that undo the plan in place of those that apply it. */
  readonly isInverse: boolean;
  /** With the commands; those that undo it are always shown. */
  readonly hasCommands?: boolean;
  /** Without the changes and the notes: they were shown to a person before. */
  readonly isKnown?: boolean;
  /** How many findings refuse it. */
  readonly refused: number;
  /** A unified diff, as {@link unifiedDiff} gives it. */
  readonly diff?: string;
}

/** So many blocks are written at once: one piece of all would be several megabytes, and stay until the end. */
const blocksAtOnce = 50;

/** The text in pieces that end with a line break. */
export function* renderPlan(plan: Plan, options: PlanTextOptions): Generator<string> {
  const blocks: string[] = [];
  for (const block of planBlocks(plan, options)) {
    if (blocks.length === blocksAtOnce) yield `${blocks.splice(0).join('\n\n')}\n\n`;
    blocks.push(block);
  }
  yield `${blocks.join('\n\n')}\n`;
}

function* planBlocks(plan: Plan, options: PlanTextOptions): Generator<string> {
  const { paint, isInverse, isVerbose, width = Number.POSITIVE_INFINITY } = options;
  const hasCommands = options.hasCommands === true || isInverse || isVerbose;
  if (options.isKnown !== true) {
    yield* changeBlocks(plan, options);
    yield* impactBlock(plan, options);
    yield* keyBlock(plan, options);
    yield* helperBlock(plan, options);
    yield* proofBlock(plan, options);
  }
  if (hasCommands) yield* commandBlocks(commitLines(plan, isInverse), options);
  if (options.diff !== undefined && options.diff !== '') yield options.diff.trimEnd();
  yield* findingBlocks(plan.diagnostics, {
    ...options,
    areNotesShort: !isVerbose,
    isQuiet: options.isQuiet === true || options.isKnown === true,
  });
  yield wrap(paint.bold(summary(plan, options.refused)), { width, indent: '    ' }).join('\n');
}

/** New tunnels are told by what is created; the others line by line, the word that counts first. */
function impactBlock({ impacts = [] }: Plan, options: PlanTextOptions): string[] {
  const { paint, width = Number.POSITIVE_INFINITY } = options;
  const told = impacts.filter(({ effect }) => effect !== 'new');
  if (told.length === 0) return [];
  const names = Math.max(...told.map(({ tunnel }) => tunnel.length));
  const color = {
    new: paint.green,
    keeps: paint.green,
    peer: paint.yellow,
    handshakes: paint.yellow,
    flaps: paint.red,
    gone: paint.red,
  };
  const lines = told.flatMap(({ tunnel, effect, text }) =>
    wrap(`    ${color[effect](`${visible(tunnel).padEnd(names)}  ${visible(text)}`)}`, {
      width,
      indent: ' '.repeat(names + 6),
    }),
  );
  return [[paint.bold('Impact on running tunnels:'), ...lines].join('\n')];
}

function keyBlock(plan: Plan, { paint, width = Number.POSITIVE_INFINITY }: PlanTextOptions): string[] {
  if (plan.keys.length === 0) return [];
  const lines = plan.keys.flatMap(step => wrap(`    ${keyLine(step)}`, { width, indent: '      ' }));
  return [[paint.bold('Key files, before the commands:'), ...lines].join('\n')];
}

function proofBlock(
  { proofs = [] }: Plan,
  { paint, width = Number.POSITIVE_INFINITY }: PlanTextOptions,
): string[] {
  if (proofs.length === 0) return [];
  const lines = proofs.flatMap(proof => wrap(`    ${proofLine(proof)}`, { width, indent: '      ' }));
  return [[paint.bold('Proofs after the commit:'), ...lines].join('\n')];
}

function helperBlock(
  { helpers = [] }: Plan,
  { paint, width = Number.POSITIVE_INFINITY }: PlanTextOptions,
): string[] {
  if (helpers.length === 0) return [];
  const lines = helpers.flatMap(step => wrap(`    ${helperLine(step)}`, { width, indent: '      ' }));
  return [[paint.bold('Scripts of the router:'), ...lines].join('\n')];
}

/** Never wrapped: they are copied. */
function commandBlocks(commits: readonly string[][], { paint, isInverse }: PlanTextOptions): string[] {
  const name = isInverse ? 'Commands that undo it' : 'Commands';
  return commits.map((lines, i) => {
    const which = commits.length === 1 ? '' : `, commit ${i + 1} of ${commits.length}`;
    return [paint.bold(`${name}${which}:`), ...lines.map(line => `    ${line}`)].join('\n');
  });
}

/** `Plan: 3 to create, 1 to change, 0 to delete; 4 commands in 1 commit`. */
function summary(plan: Plan, refused: number): string {
  const ignored = plan.diagnostics.filter(
    one => one.severity === 'error' && one.silenced !== undefined,
  ).length;
  const verdict = [
    ignored === 0 ? '' : `. The site file ignores ${plural(ignored, 'error')}`,
    refused === 0 ? '' : `. Refused: ${plural(refused, 'error')} above`,
  ].join('');
  if (isEmpty(plan)) return `Plan: nothing to do on ${visible(plan.router)}${verdict}`;
  const { create, update, delete: gone, keep, commands } = plan.summary;
  const kept = keep === 0 ? '' : `, ${keep} kept`;
  const steps = `${plural(commands, 'command')} in ${plural(plan.commits.length, 'commit')}`;
  return `Plan: ${create} to create, ${update} to change, ${gone} to delete${kept}; ${steps}${durationText(plan.duration)}${verdict}`;
}
