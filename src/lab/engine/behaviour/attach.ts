// Puts checks and actions on templates by their node names: `at(root, 'interfaces wireguard mtu')`.
import type { Act, Action } from '../action.ts';
import { failed, fine } from '../action.ts';
import { type Template, templateAt } from '../template.ts';

export function on(root: Template, names: string): Template {
  return templateAt(root, names.split(' '));
}

/** Whether the templates have the node: parts of the tree may be missing with a package. */
export function has(root: Template, names: string): boolean {
  let template: Template | undefined = root;
  for (const name of names.split(' ')) template = template?.children.get(name);
  return template !== undefined;
}

/** `syntax:expression: CONDITION; "TEXT"`. Without a text the router only says that the validation failed. */
export function expression(template: Template, passes: (act: Act) => boolean, text?: string): void {
  template.checks.push({
    run: act =>
      passes(act) ? fine : { ok: false, ...(text === undefined ? {} : { text: fill(text, act) }) },
  });
}

/** `commit:expression: CONDITION; "TEXT"`: asked in a commit only. */
export function inCommit(template: Template, passes: (act: Act) => boolean, text: string): void {
  template.checks.push({
    onlyInCommit: true,
    run: act => (passes(act) ? fine : { ok: false, text: fill(text, act) }),
  });
}

/** A program that says what is wrong, or nothing: `syntax:expression: exec …`. */
export function program(
  template: Template,
  problem: (act: Act) => string | undefined,
  onlyInCommit = false,
): void {
  const run: Action = act => {
    const said = problem(act);
    return said === undefined ? fine : failed(said);
  };
  template.checks.push({ run, onlyInCommit });
}

export function range(template: Template, least: number, greatest: number, text: string): void {
  expression(template, ({ value }) => Number(value) >= least && Number(value) <= greatest, text);
}

export function oneOf(template: Template, values: readonly string[], text: string): void {
  expression(template, ({ value }) => values.includes(value), text);
}

export function pattern(template: Template, wanted: RegExp, text: string): void {
  expression(template, ({ value }) => wanted.test(value), text);
}

/** `$VAR(@)` in a text of a template. */
function fill(text: string, act: Act): string {
  return text.replaceAll('%', act.value);
}
