// What nodes there may be: the router's templates as data. A template says of what kind a node is, which values it
// takes, what it is when nobody sets it, and what a commit of it checks and does.
import type { Action } from './action.ts';

/** As in node.def; `node` and `flag` have no value, a flag has no children either. */
export type Kind = 'node' | 'tag' | 'leaf' | 'multi' | 'flag';

export type ValueType = 'txt' | 'u32' | 'bool' | 'ipv4' | 'ipv4net' | 'ipv6' | 'ipv6net' | 'macaddr';

/** One line `syntax:` or `commit:` of node.def. */
export interface Check {
  /** Runs only in a commit, not at `set` (`commit:expression`). */
  readonly onlyInCommit?: boolean;
  readonly run: Action;
}

export interface Template {
  kind: Kind;
  /** Of tag, leaf and multi: one type or two. */
  types: readonly ValueType[];
  /** What the router says in place of its own sentence about the type; `%` stands for the value. */
  typeText?: string;
  default?: string;
  /** How many values of a multi or instances of a tag there may be. */
  limit?: number;
  /** Has a place of its own in the order of a commit. */
  priority?: number;
  readonly children: Map<string, Template>;
  readonly checks: Check[];
  /** What a commit does. `create` falls back to `update` as on the router. */
  begin?: Action;
  create?: Action;
  update?: Action;
  delete?: Action;
  end?: Action;
  /** Nobody described it: the seed had it (docs in learn.ts). */
  learned?: boolean;
}

export function newTemplate(kind: Kind, types: readonly ValueType[] = []): Template {
  return { kind, types, children: new Map(), checks: [] };
}

/** A path that the templates allow. With `isValue` its last word is a value, and the template is that of its node. */
export interface Place {
  readonly template: Template;
  readonly isValue: boolean;
}

export function takesValue(template: Template): boolean {
  return template.kind === 'tag' || template.kind === 'leaf' || template.kind === 'multi';
}

/** Where `path` leads, values unchecked; undefined when the templates have no such node. */
export function placeOf(root: Template, path: readonly string[]): Place | undefined {
  let template = root;
  for (let i = 0; i < path.length; i++) {
    const word = path[i] ?? '';
    const next = template.children.get(word);
    if (next === undefined) return undefined;
    template = next;
    if (!takesValue(template) || i + 1 === path.length) continue;
    i++;
    if (i + 1 === path.length) return { template, isValue: true };
    if (template.kind !== 'tag' || path[i] === '') return undefined;
  }
  return path.length === 0 ? undefined : { template, isValue: false };
}

/** The template at the node names of `path`, which holds no values: `['interfaces', 'wireguard', 'mtu']`. */
export function templateAt(root: Template, path: readonly string[]): Template {
  let template = root;
  for (const word of path) {
    const next = template.children.get(word);
    if (next === undefined) throw new Error(`the templates have no ${path.join(' ')}`);
    template = next;
  }
  return template;
}
