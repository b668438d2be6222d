// Findings of a plan for a person: what is wrong, where in the file, where on the router, and the way out.
import type { ChalkInstance } from 'chalk';
import { type Allowed, isLifted } from '../plan/allow.ts';
import type { Finding } from '../plan/types/plan.ts';
import { printWord } from '../vyatta/words.ts';
import { printPlace } from './changes.ts';
import { paintSeverity } from './marks.ts';
import { visible } from './visible.ts';
import { wrap } from './wrap.ts';

export interface FindingOptions {
  readonly paint: ChalkInstance;
  readonly isVerbose: boolean;
  /** Notes in one block, with nothing that is to be looked up. */
  readonly areNotesShort?: boolean;
  /** No notes. */
  readonly isQuiet?: boolean;
  /** What a person lifted; nothing by default. */
  readonly allowed?: Allowed;
  /** Columns of a line; Infinity by default. */
  readonly width?: number;
}

/** The worst come last, where a person looks first. */
const order = ['note', 'warning', 'lifted', 'error'] as const;
type Weight = (typeof order)[number];

const indent = '    ';

/** One block per finding; those that the site file silences come first, on a line each with the reason. */
export function findingBlocks(diagnostics: readonly Finding[], options: FindingOptions): string[] {
  const { paint, isVerbose, isQuiet = false, width = Number.POSITIVE_INFINITY } = options;
  const silenced = diagnostics.flatMap(finding =>
    finding.silenced === undefined || isVerbose
      ? []
      : wrap(
          paint.dim(visible(`silenced ${finding.code}: ${finding.message} (reason: ${finding.silenced})`)),
          {
            width,
            indent,
          },
        ),
  );
  const weighed = diagnostics
    .filter(finding => isVerbose || finding.silenced === undefined)
    .map(finding => ({ finding, weight: weigh(finding, options.allowed) }))
    .toSorted((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight));
  const notes = weighed.filter(({ weight }) => weight === 'note' && !isQuiet);
  const others = weighed.filter(({ weight }) => weight !== 'note');
  const block = ({ finding, weight }: (typeof weighed)[number]): string => blockOf(finding, weight, options);
  return [
    ...(silenced.length === 0 ? [] : [silenced.join('\n')]),
    ...(notes.length === 0 ? [] : options.areNotesShort ? [notes.map(block).join('\n')] : notes.map(block)),
    ...others.map(block),
  ];
}

const weigh = (finding: Finding, allowed: Allowed = new Map()): Weight =>
  finding.severity === 'error' && finding.silenced === undefined && isLifted(finding, allowed)
    ? 'lifted'
    : finding.severity;

function blockOf(finding: Finding, weight: Weight, options: FindingOptions): string {
  const { paint, width = Number.POSITIVE_INFINITY } = options;
  const { code, message, hint, source, other, running, allow, silenced } = finding;
  const color = weight === 'lifted' ? paint.yellow : paintSeverity(paint, weight);
  const head = `${color.bold(weight)} ${paint.bold(code)}: ${visible(message)}`;
  // a note asks for nothing: its place stands behind it
  const isShort = weight === 'note' && options.areNotesShort === true;
  const place = isShort && source !== undefined ? `  ${paint.dim(printPlace(source))}` : '';
  const lines: string[] = [];
  if (source !== undefined && !isShort) lines.push(`at ${printPlace(source)}`);
  if (other !== undefined) lines.push(`and ${printPlace(other)}`);
  if (running !== undefined && !isShort) {
    const line = running.line === undefined ? '' : ` (line ${running.line})`;
    lines.push(`router: ${visible(running.path.map(printWord).join(' '))}${line}`);
  }
  if (hint !== undefined && weight !== 'lifted') lines.push(`${paint.cyan('hint:')} ${visible(hint)}`);
  if (allow !== undefined)
    lines.push(
      `${paint.cyan(weight === 'lifted' ? 'lifted by:' : 'lift it with:')} --allow ${visible(allow)}`,
    );
  if (silenced !== undefined) lines.push(`silenced: ${visible(silenced)}`);
  return [
    ...wrap(head + place, { width, indent }),
    ...lines.flatMap(line => wrap(indent + line, { width, indent: `${indent}  ` })),
  ].join('\n');
}
