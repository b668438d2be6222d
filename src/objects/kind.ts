// A kind of object on the router: where its instances stand, the table of its leaves, whose an instance is, and what reports call
// it. Everything else that edgewg does with objects (wanted, owned, imported, read, told) is derived from that here.
import { find, has, type Path, startsWith, type Tree, value, values } from '../vyatta/tree.ts';
import { type Family, isIPv6 } from '../wireguard/prefix.ts';
import type { Data, Draft } from './draft.ts';
import type { Claim, Hold } from './hold.ts';
import { type Instance, type Leaf, plainValue, plainWords, valueAt } from './leaf.ts';
import type { SaidObject, Wanted } from './wanted.ts';

/** A step of a path that names an instance. */
export const any: unique symbol = Symbol('any word');

/** A word of the path of all instances; or one of two, by the family of addresses. */
export type Step = string | typeof any | Readonly<Record<Family, string>>;

/** All but the last. */
type Parents<I extends Instance> = I extends readonly [...infer First extends Instance, unknown] ? First : [];

/** Under which heading a report tells of an object, and where among the others there. */
export interface Title {
  readonly title: string;
  /** `owner` is the tunnel for what belongs to one. */
  readonly order: readonly [section: Section, owner: string, part: number];
  /** The path of the object that it is reported with, if it is a part of another. */
  readonly partOf?: Path;
}

/** Headings of reports, in their order; a tunnel is a group of its own. */
export const sections = [
  'tunnels',
  'Guard routes',
  'Firewall',
  'Groups',
  'Policy routing',
  'NAT',
  'DNS',
  'MSS clamp',
  'BGP',
  'Others',
] as const;
export type Section = (typeof sections)[number];

interface Definition<I extends Instance, Key extends string> {
  readonly at: readonly Step[];
  readonly leaves: readonly Leaf<Key>[];
  /** Whose an instance of the running configuration is. By default nobody's here. */
  hold?(claim: Claim, ...instance: I): Hold;
  title(...instance: I): Title;
  /** One entry of the site file says all of it: its leaves stand where it does. */
  readonly isOneEntry?: true;
  /** Words of the path that name the object in a report, where it is known by fewer than all of them. */
  readonly known?: number;
  /** Words of the path that go with the instance where all below them is ours: EdgeOS takes no route without a next hop. */
  readonly unit?: number;
}

/** Where a path is beside the instances of a kind. */
export type Reach = 'within' | 'above' | 'outside';

/** The keys of a table of leaves. */
export type KeyOf<Leaves extends readonly Leaf[]> = Leaves[number]['key'];

const families: readonly Family[] = [4, 6];

export class Kind<I extends Instance, Key extends string> {
  readonly leaves: readonly Leaf<Key>[];
  readonly #definition: Definition<I, Key>;

  constructor(definition: Definition<I, Key>) {
    this.#definition = definition;
    this.leaves = definition.leaves;
  }

  /** Words from the root to an instance. */
  get depth(): number {
    return this.#definition.at.length;
  }

  /** Words from the root to what a report calls the object. */
  get known(): number {
    return this.#definition.known ?? this.depth;
  }

  /** The first two words of the paths of all instances. */
  roots(): Path[] {
    const [top = '', box = ''] = this.#definition.at;
    const boxes = typeof box === 'object' ? Object.values(box) : [box];
    return boxes.map(word => [String(top), String(word)]);
  }

  /** `within`: at or below an instance, or what goes with it. `above`: there may be one below. */
  reach(path: Path): Reach {
    const { at, unit = at.length } = this.#definition;
    if (!at.every((step, i) => i >= path.length || isWordOf(step, path[i] ?? ''))) return 'outside';
    return path.length >= unit ? 'within' : 'above';
  }

  path(...instance: I): Path {
    const words: (string | Family)[] = [...instance];
    return this.#definition.at.map(step => {
      if (typeof step === 'string') return step;
      const word = words.shift() ?? '';
      return step === any ? String(word) : step[word as Family];
    });
  }

  /** The instance that a path is at or below, and the words below it. */
  match(path: Path): { readonly instance: I; readonly below: Path } | undefined {
    const { at } = this.#definition;
    if (path.length < at.length) return undefined;
    const instance: (string | Family)[] = [];
    let i = 0;
    for (const step of at) {
      const word = path[i++] ?? '';
      if (typeof step === 'string') {
        if (word !== step) return undefined;
      } else if (step === any) {
        instance.push(word);
      } else {
        const family = families.find(one => step[one] === word);
        if (family === undefined) return undefined;
        instance.push(family);
      }
    }
    return { instance: instance as unknown as I, below: path.slice(at.length) };
  }

  /** Every instance of a configuration, in its order. */
  all(tree: Tree): I[] {
    let found: { node: Tree; instance: (string | Family)[] }[] = [{ node: tree, instance: [] }];
    for (const step of this.#definition.at)
      found = found.flatMap(({ node, instance }) =>
        stepsOf(step, node).flatMap(([word, more]) => {
          const child = node.children.get(word);
          return child === undefined ? [] : [{ node: child, instance: [...instance, ...more] }];
        }),
      );
    return found.map(({ instance }) => instance as unknown as I);
  }

  /** The node that the instances stand below: `interfaces wireguard`. */
  tag(...parents: Parents<I>): Path {
    return this.path(...([...parents, ''] as unknown as I)).slice(0, -1);
  }

  /** The last names of the instances below others: the peers of an interface. */
  names(tree: Tree, ...parents: Parents<I>): string[] {
    return values(tree, this.tag(...parents));
  }

  has(tree: Tree, ...instance: I): boolean {
    return has(tree, this.path(...instance));
  }

  node(tree: Tree, ...instance: I): Tree | undefined {
    return find(tree, this.path(...instance));
  }

  /** The path of a leaf. */
  leaf(key: Key, ...instance: I): Path {
    return [...this.path(...instance), ...this.#nodeOf(key, instance)];
  }

  /** The words of a leaf's path below the instance. */
  below(key: Key, family: Family = 4): Path {
    return this.#leafOf(key).node[family];
  }

  /** The only, or the first, value of a leaf. */
  value(tree: Tree, key: Key, ...instance: I): string | undefined {
    return value(tree, this.leaf(key, ...instance));
  }

  values(tree: Tree, key: Key, ...instance: I): string[] {
    return values(tree, this.leaf(key, ...instance));
  }

  /** A leaf is there, whatever its value: `disable`. */
  says(tree: Tree, key: Key, ...instance: I): boolean {
    return has(tree, this.leaf(key, ...instance));
  }

  /** The key of the leaf at or above the words below an instance. */
  keyAt(below: Path, instance: Instance = []): Key | undefined {
    return this.leaves.find(leaf => startsWith(below, leaf.node[familyOf(instance)]))?.key;
  }

  hold(claim: Claim, ...instance: I): Hold {
    return this.#definition.hold?.(claim, ...instance) ?? 'none';
  }

  title(...instance: I): Title {
    return this.#definition.title(...instance);
  }

  /** The site file can say the leaf, or one above or below it, and the word there is one that it would. */
  canSay(instance: Instance, below: Path): boolean {
    const family = familyOf(instance);
    return this.leaves.some(leaf => {
      const node = leaf.node[family];
      if (leaf.unsayable !== undefined || !(startsWith(below, node) || startsWith(node, below))) return false;
      const word = below[node.length];
      return word === undefined || (leaf.isOurs?.(word) ?? true);
    });
  }

  /** Wants an object of the site file with all its leaves; `isWhole`: also those that it doesn't say and that have a default. */
  want(wanted: Wanted, object: SaidObject, instance: I, context?: unknown, isWhole = false): void {
    wanted.set(this.path(...instance), object.at);
    for (const leaf of this.leaves) {
      if (leaf.unsayable !== undefined) continue;
      const said = valueAt(object, leaf.key);
      const value = said ?? (isWhole ? leaf.otherwise?.(object) : undefined);
      if (value === undefined) continue;
      const path = this.leaf(leaf.key, ...instance);
      const at = this.#definition.isOneEntry ? object.at : [...object.at, ...leaf.key.split('.')];
      const all =
        leaf.words === undefined
          ? plainWords(path, value)
          : (leaf.words(value, object, context) ?? values(wanted.running, path).map(word => [word]));
      const isList = !this.#definition.isOneEntry && Array.isArray(value) && all.length === value.length;
      for (const [i, words] of all.entries()) wanted.set([...path, ...words], isList ? [...at, i] : at);
    }
  }

  /** What an instance says that a site file can, each leaf an entry of the draft. */
  draft(draft: Draft, running: Tree, at: readonly string[], ...instance: I): void {
    for (const { key, value } of this.#sayings(running, instance))
      draft.set([...at, ...key.split('.')], value, this.leaf(key, ...instance));
  }

  /** The same as plain data. */
  data(running: Tree, ...instance: I): Data {
    const data: Data = {};
    for (const { key, value } of this.#sayings(running, instance)) {
      const steps = key.split('.');
      let map = data;
      for (const step of steps.slice(0, -1)) {
        map[step] ??= {};
        map = map[step] as Data;
      }
      map[steps.at(-1) ?? ''] = value;
    }
    return data;
  }

  *#sayings(running: Tree, instance: I): Generator<{ key: Key; value: unknown }> {
    for (const leaf of this.leaves) {
      const path = this.leaf(leaf.key, ...instance);
      const node = leaf.unsayable === undefined ? find(running, path) : undefined;
      if (node === undefined) continue;
      const value = leaf.said === undefined ? plainValue(path, node) : leaf.said(node, running, instance);
      if (value !== undefined) yield { key: leaf.key, value };
    }
  }

  #leafOf(key: Key): Leaf<Key> {
    const found = this.leaves.find(leaf => leaf.key === key);
    if (found === undefined) throw new Error(`no leaf ${key}`);
    return found;
  }

  #nodeOf(key: Key, instance: Instance): Path {
    return this.#leafOf(key).node[familyOf(instance)];
  }
}

function isWordOf(step: Step, word: string): boolean {
  return step === any || (typeof step === 'string' ? word === step : Object.values(step).includes(word));
}

/** Of an instance that has one, or whose name is an address; the nodes of the others are the same for both. */
function familyOf(instance: Instance): Family {
  return instance.some(word => word === 6 || (typeof word === 'string' && isIPv6(word))) ? 6 : 4;
}

/** The words that a step can be below a node, each with what it adds to the name of the instance. */
function stepsOf(step: Step, node: Tree): [string, (string | Family)[]][] {
  if (typeof step === 'string') return [[step, []]];
  if (step === any) return [...node.children.keys()].map(word => [word, [word]]);
  return families.map(family => [step[family], [family]]);
}
