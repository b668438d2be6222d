// The site file that has everything, with a hostile value in place of any of its texts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, parseDocument, type Scalar, stringify } from 'yaml';
import { type LoadedSite, loadSite, type Problem, SiteProblems } from '../../src/site/load.ts';
import { fixture } from './fixtures.ts';

export const everything = readFileSync(fixture('specs/valid/everything.yaml'), 'utf8');

export interface Leaf {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Of keys the outer come first: what stands below a refused key isn't looked at. */
  readonly round: 'values' | 'outer keys' | 'inner keys';
}

/** Maps whose keys are the writer's own. */
const outerNames = [
  'manages.firewallRules',
  'tunnels',
  'rulesets',
  'absent.peers',
  'absent.routes',
  'absent.firewallRules',
  'bgp.neighbors',
  'cluster.kubernetes.nodeSelector',
  'cluster.nodes',
  'ignore',
]; // prettier-ignore
const innerNames = ['tunnels.wg4.peers', 'tunnels.wg4.routes', 'rulesets.K8S_IN.rules'];

/** All texts of the file with their ranges: values, and keys that the writer chooses. */
export function texts(): Leaf[] {
  const leaves: Leaf[] = [];
  const add = (scalar: Scalar, name: string, round: Leaf['round']): void => {
    const [from = 0, to = 0] = scalar.range ?? [];
    leaves.push({ name, from, to, round });
  };
  const walk = (node: unknown, path: string[]): void => {
    if (isSeq(node)) for (const [i, item] of node.items.entries()) walk(item, [...path, String(i)]);
    if (isScalar(node) && typeof node.value === 'string') add(node, path.join('.'), 'values');
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      assert.ok(isScalar(key));
      const below = [...path, String(key.source ?? key.value)];
      if (outerNames.includes(path.join('.'))) add(key, `key ${below.join('.')}`, 'outer keys');
      if (innerNames.includes(path.join('.'))) add(key, `key ${below.join('.')}`, 'inner keys');
      walk(value, below);
    }
  };
  walk(parseDocument(everything).contents, []);
  return leaves.sort((a, b) => a.from - b.from);
}

/** The file with a value in place of each of the leaves, and the place of each. */
export function withValue(
  leaves: readonly Leaf[],
  value: string,
): { text: string; places: Map<Leaf, Range> } {
  const places = new Map<Leaf, Range>();
  let text = '';
  let at = 0;
  for (const leaf of leaves) {
    text += everything.slice(at, leaf.from);
    const line = text.split('\n').length;
    const from = text.length - text.lastIndexOf('\n');
    text += quoted(value);
    at = leaf.to;
    places.set(leaf, { line, from, to: text.length - text.lastIndexOf('\n') });
  }
  return { text: text + everything.slice(at), places };
}

export interface Range {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

export const isAt = (problem: Problem, { line, from, to }: Range): boolean =>
  problem.line === line && from <= problem.column && problem.column <= to;

export type Outcome = { loaded: LoadedSite } | { problems: SiteProblems };

export function load(text: string): Outcome {
  try {
    return { loaded: loadSite(text, 'hostile.yaml') };
  } catch (error) {
    // anything else than our own error is a crash
    if (error instanceof SiteProblems) return { problems: error };
    throw error;
  }
}

/** As YAML would have it, on one line. A key of that length must not be folded. */
const quoted = (value: string): string =>
  stringify(value, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trimEnd();
