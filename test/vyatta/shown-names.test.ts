// The list of what may be shown, held against every node that the lab knows of EdgeOS.
import assert from 'node:assert/strict';
import type { Template } from '../../src/lab/engine/template.ts';
import { readTemplates } from '../../src/lab/engine/templates/all.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import type { Node } from '../../src/vyatta/node.ts';
import { nodes } from '../../src/vyatta/nodes.ts';
import { isHidden, redact } from '../../src/vyatta/redact.ts';
import { lists } from '../../src/vyatta/shown-names.ts';
import { assertGolden } from '../support/golden.ts';

interface Leaf {
  /** Names only. */
  readonly names: readonly string[];
  readonly path: readonly string[];
  readonly isText: boolean;
}

const takesValue = ({ kind }: Template): boolean => kind === 'tag' || kind === 'leaf' || kind === 'multi';

/** Every node that takes a value, with a value of its kind for it and each before it. */
function* leavesOf(
  template: Template,
  names: readonly string[] = [],
  path: readonly string[] = [],
): Generator<Leaf> {
  for (const [name, child] of template.children) {
    const isText = child.types.includes('txt');
    const own = [...names, name];
    const value = isText ? 'Zebra-crossing' : child.types[0] === 'u32' ? '7' : '192.0.2.1';
    const whole = takesValue(child) ? [...path, name, value] : [...path, name];
    if (takesValue(child)) yield { names: own, path: whole, isText };
    yield* leavesOf(child, own, whole);
  }
}

const fixture = (name: string): URL => new URL(`../../../fixtures/shown-names/${name}.txt`, import.meta.url);

const all = [...leavesOf(readTemplates(true))];
const shown = ({ path }: Pick<Leaf, 'path'>): boolean => {
  const line = `set ${path.join(' ')}\n`;
  return printCommands(redact(parseCommands(line))) === line;
};

const samples: Readonly<Record<string, string>> = {
  u32: '7',
  bool: 'true',
  port: '51820',
  ipv4: '192.0.2.1',
  ip: '192.0.2.1',
};

describe('the list of what may be shown', () => {
  it('names nothing twice', () => {
    const words = [...lists.boxes, ...lists.shows, ...lists.hides];
    assert.deepEqual(
      words.filter((word, i) => words.indexOf(word) !== i),
      [],
    );
  });

  it('hides texts of other programs, and shows names and descriptions: node by node', () => {
    // of nodes that stand at many places the last two names tell enough
    const texts = all.filter(({ isText }) => isText);
    const told = (leaves: readonly Leaf[]): string[] =>
      [...new Set(leaves.map(({ names }) => names.slice(-2).join(' ')))].sort();
    assertGolden(`${told(texts.filter(shown)).join('\n')}\n`, fixture('shown'));
    assertGolden(`${told(texts.filter(leaf => !shown(leaf))).join('\n')}\n`, fixture('hidden'));
  });

  it('takes no text for the name of a node', () => {
    // behind a text that is shown comes a name; a text behind a hidden name never counts as one
    for (const leaf of all.filter(({ isText }) => isText))
      if (isHidden(leaf.path.slice(0, -1)))
        assert.ok(
          !printCommands(redact(parseCommands(`set ${leaf.path.join(' ')} bb\n`))).includes(' bb'),
          leaf.path.join(' '),
        );
  });

  it('shows all that edgewg writes and takes away, but for secrets, commands and the name at a provider', () => {
    const hidden = new Set<string>();
    const walk = (node: Node, path: readonly string[]): void => {
      if (node.kind === 'valueless') return;
      const own =
        node.kind === 'container'
          ? path
          : [...path, node.value.oneOf?.[0] ?? samples[node.value.type] ?? 'Xy'];
      if (!shown({ path: own })) hidden.add(path.at(-1) ?? '');
      if (node.kind === 'container' || node.kind === 'tag')
        for (const [name, child] of Object.entries(node.children)) walk(child, [...own, name]);
    };
    for (const [name, node] of Object.entries(nodes.children)) walk(node, [name]);
    const secrets = ['md5-key', 'password', 'plaintext-password', 'preshared-key', 'private-key'];
    assert.deepEqual([...hidden].sort(), ['down-command', ...secrets, 'up-command', 'user-id']);
  });
});
