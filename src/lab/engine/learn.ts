// A seed may hold parts of EdgeOS that nobody described here. Their shape is read off the seed itself, so that they load,
// print, save, differ and can be deleted; they take any value, check nothing and do nothing.
//
// From config.boot the shape is certain: `name value {` is an instance of a tag, `name {` a plain node, `name value` a
// leaf (with several values when it is written more than once), a bare `name` a flag. From `set` commands it is guessed:
// a node whose children all have children of their own, and whose names repeat, or that look like values (digits, dots,
// slashes, colons), is a tag; words without anything below them are values, several of one node make a multi-valued
// leaf, unless they look like flags (`disable`, `enable-…`).
import type { Tree } from '../../vyatta/tree.ts';
import type { Written } from './parse.ts';
import { type Kind, newTemplate, type Template } from './template.ts';

/** Adds to `templates` what `written` has beyond them. Throws a RangeError when that can't be a node's name. */
export function learnWritten(templates: Template, written: readonly Written[]): void {
  const count = new Map<string, number>();
  for (const node of written) count.set(node.name, (count.get(node.name) ?? 0) + 1);
  for (const node of written) {
    const kind = kindOf(node, (count.get(node.name) ?? 0) > 1);
    const template = known(templates, node.name, kind);
    if (template.learned && template.kind === 'leaf' && kind === 'multi') template.kind = 'multi';
    if (template.learned && template.kind === 'flag' && kind === 'node') template.kind = 'node';
    learnWritten(template, node.children);
  }
}

function kindOf(node: Written, isRepeated: boolean): Kind {
  if (node.hasBlock) return node.value === undefined ? 'node' : 'tag';
  if (node.value === undefined) return 'flag';
  return isRepeated ? 'multi' : 'leaf';
}

function known(templates: Template, name: string, kind: Kind): Template {
  const there = templates.children.get(name);
  if (there !== undefined) return there;
  if (!/^[-A-Za-z0-9_]+$/.test(name)) throw new RangeError(`no node can be called '${name}'`);
  const made = newTemplate(kind, kind === 'node' || kind === 'flag' ? [] : ['txt']);
  made.learned = true;
  templates.children.set(name, made);
  if (templates.kind === 'flag') templates.kind = 'node';
  return made;
}

/** Adds to `to` what `from` has learnt, but below nodes that `to` doesn't have. */
export function adoptLearned(to: Template, from: Template): void {
  for (const [name, template] of from.children) {
    const known = to.children.get(name);
    if (known !== undefined) adoptLearned(known, template);
    else if (template.learned) to.children.set(name, template);
  }
}

/** The written form of a tree of words, with guesses where the templates don't tell. */
export function writtenFrom(tree: Tree, templates: Template | undefined): Written[] {
  const result: Written[] = [];
  for (const [name, node] of tree.children) {
    const template = templates?.children.get(name);
    const kind = template?.kind ?? guess(node);
    const one = (value: string | undefined, below: Tree, hasBlock: boolean): void => {
      const comment = below.comment ?? node.comment;
      const children = hasBlock ? writtenFrom(below, template) : [];
      result.push({ name, value, hasBlock, comment, children });
    };
    if (kind === 'flag' || kind === 'node') one(undefined, node, kind === 'node');
    else for (const [value, below] of node.children) one(value, below, kind === 'tag');
  }
  return result;
}

const flagName = /^(disable|enable|no|log|exclude|force|match|default|persistent|passive|shutdown)(-|$)/;
const isName = /^[a-z][-a-z0-9_]*$/i;

function guess(node: Tree): Kind {
  const children = [...node.children];
  if (children.length === 0) return 'flag';
  const bare = children.filter(([, below]) => below.children.size === 0);
  if (bare.length === children.length) {
    if (children.every(([word]) => flagName.test(word))) return 'node';
    return children.length === 1 ? 'leaf' : 'multi';
  }
  if (children.some(([word]) => !isName.test(word))) return 'tag';
  if (bare.length > 0) return 'node';
  const inner = children.map(([, below]) => [...below.children.keys()]);
  const first = inner[0] ?? [];
  return children.length > 1 && inner.every(names => names.some(word => first.includes(word)))
    ? 'tag'
    : 'node';
}
