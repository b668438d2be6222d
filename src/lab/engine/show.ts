// Prints one configuration, or the difference of two, in braces: what `show`, `compare` and `save` print
// (cnode-algorithm.cpp; transcripts existing-and-missing, transaction and interactive/05).
import { byVersion } from '../../vyatta/tree.ts';
import { compareValues } from './commit-tree.ts';
import type { View } from './config.ts';
import { placeOf, type Template } from './template.ts';

export interface ShowOptions {
  /** Print values that nobody set. */
  readonly defaults?: boolean;
  /** Stars in place of keys and passwords. */
  readonly hideSecrets?: boolean;
  /** Only what differs, below lines `[edit PATH]`. */
  readonly context?: boolean;
}

/** What to print: the two configurations at the same path, or one alone. */
export interface ShowSubject {
  readonly template: Template;
  /** From the root of the configuration; where the views are. */
  readonly path: readonly string[];
  /** Put before the paths of `[edit …]`: the edit level. */
  readonly level?: readonly string[];
  readonly before: View | undefined;
  readonly after: View | undefined;
  /** One configuration, no marks in front of the lines. */
  readonly isOne: boolean;
}

/** The text, or the router's sentence when there is nothing to print. */
export function show(templates: Template, subject: ShowSubject, options: ShowOptions): string {
  const { path, before, after } = subject;
  const place = path.length === 0 ? { template: templates, isValue: false } : placeOf(templates, path);
  if (place === undefined) return 'Specified configuration path is not valid\n';
  const { kind } = place.template;
  const isLeafValue = place.isValue && kind !== 'tag';
  const hasContent = (view: View | undefined): boolean =>
    view !== undefined && (kind === 'leaf' || kind === 'multi' || view.names().length > 0);
  if (isLeafValue || (!hasContent(before) && !hasContent(after)))
    return 'Configuration under specified path is empty\n';
  const printer = new Printer(subject, options);
  printer.root(place.template, place.isValue, path);
  return printer.text;
}

const secretName = /(?:passphrase|password|pre-shared-secret|key)$/;

/** A value in braces' form: in double quotes when the router's reader needs them, nothing escaped. */
function bracesValue(value: string): string {
  return value === '' || /[*}{;\t\n\v\f\r ]/.test(value) ? `"${value}"` : value;
}

type Mark = '' | ' ' | '+' | '-' | '>';
type Both = readonly [View | undefined, View | undefined];

class Printer {
  text = '';
  private readonly isOne: boolean;
  private readonly options: ShowOptions;
  private readonly both: Both;
  private readonly level: readonly string[];
  private shown: string;
  private context: boolean;

  constructor(subject: ShowSubject, options: ShowOptions) {
    this.isOne = subject.isOne;
    this.options = options;
    this.both = [subject.before, subject.after];
    this.level = subject.level ?? [];
    this.context = options.context ?? false;
    this.shown = '';
  }

  root(template: Template, isInstance: boolean, path: readonly string[]): void {
    if (this.context && this.isOne) return;
    const name = path.at(-1) ?? '';
    if (template.kind === 'leaf' || template.kind === 'multi') {
      this.leaf(template, name, this.both, this.level, 0);
      return;
    }
    this.below(template, isInstance, name, this.both, this.level, 0);
  }

  private below(
    template: Template,
    isInstance: boolean,
    name: string,
    [a, b]: Both,
    path: readonly string[],
    depth: number,
  ): void {
    const names = new Set([...(a?.names() ?? []), ...(b?.names() ?? [])]);
    const isTagNode = template.kind === 'tag' && !isInstance;
    for (const word of [...names].sort(byVersion)) {
      const both: Both = [a?.child(word), b?.child(word)];
      if (isTagNode) {
        this.block(template, `${name} ${word}`, both, [...path, name, word], depth);
        continue;
      }
      const child = template.children.get(word);
      if (child === undefined) continue;
      if (child.kind === 'leaf' || child.kind === 'multi') this.leaf(child, word, both, path, depth);
      else if (child.kind === 'tag') this.below(child, false, word, both, path, depth);
      else this.block(child, word, both, [...path, word], depth);
    }
  }

  /** A plain node or an instance of a tag, with what is below it. */
  private block(template: Template, head: string, both: Both, path: readonly string[], level: number): void {
    const depth = this.context ? 0 : level;
    const [a, b] = both;
    if (this.context && a !== undefined && a === b) return;
    const mark = this.markOf(both);
    const above = path.slice(0, head.includes(' ') && template.kind === 'tag' ? -2 : -1);
    const wasContext = this.context;
    const commented = this.comment(both, above, depth);
    if (wasContext && mark !== ' ') this.context = false;
    const isBare = template.kind === 'flag';
    const isPrinted = !wasContext || mark !== ' ';
    if (isPrinted) {
      if (wasContext && !commented) this.edit(above);
      this.line(mark, depth, `${head}${isBare ? '' : ' {'}`);
    } else if (commented) {
      this.line(mark, depth, `${head} { ... }`);
    }
    this.below(template, true, head, both, path, depth + 1);
    if (isPrinted && !isBare) this.line(mark, depth, '}');
    this.context = wasContext;
  }

  private leaf(template: Template, name: string, both: Both, path: readonly string[], level: number): void {
    const depth = this.context ? 0 : level;
    const [a, b] = both;
    const commented = this.comment(both, path, depth);
    const wasContext = this.context;
    if (commented) this.context = false;
    const isDefault = (b ?? a)?.isDefault ?? false;
    let isAnnounced = commented || !this.context;
    for (const { value, mark } of this.marked(template, both)) {
      if (template.kind === 'leaf' && isDefault && !this.options.defaults) continue;
      if (this.context && (mark === ' ' || mark === '')) continue;
      if (!isAnnounced) this.edit(path);
      isAnnounced = true;
      const isHidden = this.options.hideSecrets === true && secretName.test(name);
      this.line(mark, depth, `${name} ${isHidden ? '*'.repeat(16) : bracesValue(value)}`);
    }
    this.context = wasContext;
  }

  private marked(template: Template, both: Both): { value: string; mark: Mark }[] {
    const [a, b] = both;
    const mark = this.markOf(both);
    if (mark !== ' ') return ((b ?? a)?.values ?? []).map(value => ({ value, mark }));
    const before = a?.values ?? [];
    const after = b?.values ?? [];
    if (template.kind === 'leaf')
      return after.slice(0, 1).map(value => ({ value, mark: value === before[0] ? ' ' : '>' }));
    const marks = { added: '+', deleted: '-', changed: '>', unchanged: ' ' } as const;
    return compareValues(before, after).map(({ value, state }) => ({ value, mark: marks[state] }));
  }

  private markOf([a, b]: Both): Mark {
    if (this.isOne) return '';
    return a === undefined ? '+' : b === undefined ? '-' : ' ';
  }

  /** Prints the node's comment, when it is to be printed; says whether it was. */
  private comment([a, b]: Both, path: readonly string[], depth: number): boolean {
    const [before, after] = [a?.comment, b?.comment];
    const text = after ?? before;
    if (text === undefined || text === '') return false;
    let mark: Mark = '';
    if (!this.isOne)
      mark = before === undefined ? '+' : after === undefined ? '-' : before === after ? ' ' : '>';
    if (this.context && (mark === ' ' || mark === '')) return false;
    if (this.context) this.edit(path);
    this.line(mark, depth, `/* ${text} */`);
    return true;
  }

  private edit(path: readonly string[]): void {
    const line = path.map(word => ` ${word}`).join('');
    if (line === this.shown) return;
    this.shown = line;
    this.text += `[edit${line}]\n`;
  }

  private line(mark: Mark, depth: number, text: string): void {
    this.text += `${mark}${'    '.repeat(depth)}${text}\n`;
  }
}
