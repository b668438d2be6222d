// The plan as JSON: the type Plan of src/plan and nothing else, with its keys in one order, so that two plans can be
// compared as text; a command or a list of words stands on one line, so that a person can read it.
import type { Plan } from '../plan/types/plan.ts';

/** In which order keys are written, at whichever level; others follow in the order they come. */
const order = [
  ...[
    'format_version',
    'router',
    'host_key',
    'running_digest',
    'summary',
    'duration',
    'keys',
    'changes',
    'impacts',
    'peers',
    'commits',
    'proofs',
    'diagnostics',
  ],
  ...[
    'tunnel',
    'public_key',
    'name',
    'effect',
    'text',
    'do',
    'op',
    'code',
    'severity',
    'message',
    'file',
    'line',
    'column',
    'path',
    'from',
    'identity',
    'action',
  ],
  ...['before', 'after', 'impact', 'hint', 'allow', 'silenced', 'source', 'other', 'running', 'run', 'undo'],
];
const rank = new Map(order.map((key, i) => [key, i]));

/** Characters that JSON leaves as they are and over which a terminal or a reviewer's eye may stumble. */
const unseen = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** `more` stands beside the plan's own keys. */
export function renderJson(plan: Plan, more: Readonly<Record<string, unknown>> = {}): string {
  return printJson({ ...plan, ...more });
}

/** Any value in the same form, with a line break at its end. */
export function printJson(value: unknown): string {
  const text = print(value, '');
  return `${text.replace(unseen, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function print(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map(item => print(item, inner))
    : entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`);
  const [open, close, pad] = isList ? ['[', ']', ''] : ['{', '}', ' '];
  if (parts.length === 0) return open + close;
  if (!holdsObjects(value)) return `${open}${pad}${parts.join(', ')}${pad}${close}`;
  return `${open}\n${parts.map(part => inner + part).join(',\n')}\n${indent}${close}`;
}

function entries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length));
}

/** Then each part has a line of its own; anything else stands on one. */
function holdsObjects(value: object): boolean {
  return Object.values(value).some(
    item => typeof item === 'object' && item !== null && !(Array.isArray(item) && !holdsObjects(item)),
  );
}
