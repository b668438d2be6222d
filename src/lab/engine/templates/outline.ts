// Reads a table of templates from an outline, two blanks a level: the shape of the configuration at a glance. What a
// node checks and does is attached to it elsewhere (../behaviour).
//
//   name            a flag, or with lines below it a plain node      name {}      a plain node with nothing known below
//   name <type>     a tag node                                       name = type  a leaf        name * type  a multi
//   :value          its default    @460  its priority    #3  its limit    & part  the lines of that part belong here
import { type Kind, newTemplate, type Template, type ValueType } from '../template.ts';

/** Parts by name, for `& name`. */
export type Parts = Readonly<Record<string, string>>;

const line = /^( *)(\S+)(?: (?:<(\S+)>|([=*]) (\S+)|(\{\})))?((?: [:@#]\S+)*)$/;

/** Adds the outline to `root`. Throws on a line it can't read: the tables are part of the program. */
export function readOutline(text: string, root: Template, parts: Parts = {}): void {
  const open: { depth: number; template: Template }[] = [{ depth: -1, template: root }];
  for (const row of text.split('\n')) {
    if (row.trim() === '') continue;
    const depth = (row.length - row.trimStart().length) / 2;
    while ((open.at(-1)?.depth ?? -1) >= depth) open.pop();
    const parent = open.at(-1)?.template ?? root;
    if (parent.kind === 'flag') parent.kind = 'node';
    const part = /^& (\S+)$/.exec(row.trim())?.[1];
    if (part !== undefined) {
      readOutline(parts[part] ?? unreadable(row), parent, parts);
      continue;
    }
    const [name, template] = readLine(row);
    const known = parent.children.get(name);
    if (known === undefined) parent.children.set(name, template);
    open.push({ depth, template: known ?? template });
  }
}

function readLine(row: string): [string, Template] {
  const [, , name = '', tag, sign, value, braces, more = ''] = line.exec(row) ?? unreadable(row);
  const kind: Kind =
    tag !== undefined
      ? 'tag'
      : sign === '='
        ? 'leaf'
        : sign === '*'
          ? 'multi'
          : braces === undefined
            ? 'flag'
            : 'node';
  const types = (tag ?? value)?.split(',') ?? [];
  const template = newTemplate(kind, types as ValueType[]);
  for (const mark of more.trim().split(' ')) {
    if (mark.startsWith(':')) template.default = mark.slice(1);
    if (mark.startsWith('@')) template.priority = Number(mark.slice(1));
    if (mark.startsWith('#')) template.limit = Number(mark.slice(1));
  }
  return [name, template];
}

function unreadable(row: string): never {
  throw new Error(`a line of the templates is unreadable: ${row}`);
}
