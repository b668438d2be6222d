// From zod's issues to findings with a place and a way out, in this program's words.
import type * as z from 'zod';
import { closest } from './closest.ts';
import type { Fault } from './grammar/grammar.ts';
import { type Spot, spotAt } from './nodes.ts';
import { descriptionAt, exampleAt, hintForUnknownKey } from './schema/keys.ts';
import type { SitePath } from './site.ts';
import type { Finding, Span } from './text.ts';
import { nameOfType, nameOfValue, orList, shorten, typeHint, valueAt } from './values.ts';

type Issue = z.core.$ZodIssue;

/** What the shape of the file is checked against: its data and where it stands. */
export interface Shape {
  readonly data: unknown;
  readonly spots: Spot;
  readonly text: string;
}

/** The path of an issue as the file has it (a symbol is never one of its keys). */
export function sitePath(path: readonly PropertyKey[]): SitePath {
  return path.map(step => (typeof step === 'symbol' ? String(step) : step));
}

/** The findings of one issue; none where the reader of YAML has told about that place already. */
export function issueFindings(issue: Issue, shape: Shape): Finding[] {
  const path = sitePath(issue.path);
  const { spot, rest } = spotAt(shape.spots, path);
  if (spot.refused) return [];
  const value = valueAt(shape.data, path);
  const about = (code: string, predicate: string, hint = expected(path), span = spot.value): Finding[] => [
    { span, code, message: `${subject(path)} ${predicate}`, hint },
  ];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => unknownKey(path, key, spot));
    case 'invalid_key':
      return issue.issues.map(inner => keyFinding(faultOf(inner), path, spot, shape.text));
    case 'custom':
      return [leafFinding(faultOf(issue), path, spot)];
    case 'invalid_union':
      return unionFindings(issue, shape);
    case 'invalid_value':
      if (rest.length > 0) return [missing(path, spot)];
      return about(
        'bad-value',
        `must be ${orList(issue.values.map(String))}`,
        suggestion(value, issue.values),
      );
    case 'too_big':
      return about('bad-value', `is ${value}, more than ${issue.maximum}`);
    case 'too_small':
      return about('bad-value', `is ${value}, less than ${issue.minimum}`);
    case 'invalid_type':
      if (rest.length > 0) return [missing(path, spot)];
      return about(
        'wrong-type',
        `must be ${nameOfType(issue.expected)}, not ${nameOfValue(value)}`,
        typeHint(issue.expected, value, exampleAt(path)),
      );
    default:
      return about('bad-value', issue.message);
  }
}

/** What a sentence about the value at `path` begins with: its key, for an item that of its list. */
function subject(path: SitePath): string {
  return shorten(path.findLast(step => typeof step === 'string') ?? 'the file');
}

/** The way out where there is no better one: what should stand here. */
function expected(path: SitePath): string {
  const start =
    'begin with `version: 1`; `edgewg init` writes a first file, `edgewg import` that of the router as it is';
  return path.length === 0 ? start : `expected: ${descriptionAt(path) ?? 'see `edgewg schema`'}`;
}

function unknownKey(path: SitePath, key: string, parent: Spot): Finding {
  const span = parent.children?.get(key)?.key ?? parent.value;
  return {
    span,
    code: 'unknown-key',
    message: `unknown key ${shorten(key)}`,
    hint: hintForUnknownKey(path, key),
  };
}

function missing(path: SitePath, parent: Spot): Finding {
  const key = String(path.at(-1));
  const span = parent.key ?? ([parent.value[0], parent.value[0] + 1] as const);
  const description = descriptionAt(path);
  const hint = `add ${key}${description === undefined ? '' : `: ${description}`}`;
  return { span, code: 'missing-key', message: `${subject(path.slice(0, -1))} lacks ${key}`, hint };
}

function faultOf(issue: Issue): Fault {
  const fault: unknown = issue.code === 'custom' ? issue.params?.['fault'] : undefined;
  return (fault as Fault | undefined) ?? { message: issue.message };
}

/** The part that is meant, when the text stands in the file as it is; else the whole. */
function partOf({ from, to }: Fault, textAt: number | undefined, whole: Span): Span {
  return from === undefined || to === undefined || textAt === undefined
    ? whole
    : [textAt + from, textAt + to];
}

function leafFinding(fault: Fault, path: SitePath, spot: Spot): Finding {
  const whole = (spot.children && spot.key) ?? spot.value;
  const message = `${subject(path)} ${fault.message}`;
  return {
    span: partOf(fault, spot.textAt, whole),
    code: 'bad-value',
    message,
    hint: fault.hint ?? expected(path),
  };
}

function keyFinding(fault: Fault, path: SitePath, spot: Spot, text: string): Finding {
  const whole = spot.key ?? spot.value;
  const textAt = /["']/.test(text.charAt(whole[0])) ? undefined : whole[0];
  const message = `${subject(path)} ${fault.message}`;
  return {
    span: partOf(fault, textAt, whole),
    code: 'bad-value',
    message,
    hint: fault.hint ?? expected(path),
  };
}

/** Of the branches of a choice, the one of the value's own type says what is wrong; without one, all are named. */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, shape: Shape): Finding[] {
  const branch = issue.errors.find(
    inner => !inner.some(({ path, code }) => path.length === 0 && /^invalid_(type|value)$/.test(code)),
  );
  if (branch !== undefined)
    return branch.flatMap(inner => issueFindings({ ...inner, path: [...issue.path, ...inner.path] }, shape));
  const path = sitePath(issue.path);
  const value = valueAt(shape.data, path);
  const wanted = orList(issue.errors.flatMap(inner => inner.flatMap(expectation)));
  const found = typeof value === 'string' ? shorten(value) : nameOfValue(value);
  const message = `${subject(path)} must be ${wanted}, not ${found}`;
  return [{ span: spotAt(shape.spots, path).spot.value, code: 'wrong-type', message, hint: expected(path) }];
}

function expectation(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_type' ? [nameOfType(issue.expected)] : [];
}

function suggestion(value: unknown, known: readonly unknown[]): string | undefined {
  const close = typeof value === 'string' ? closest(value, known.map(String)) : undefined;
  return close === undefined ? undefined : `did you mean ${close}?`;
}
