// One leaf of an object: its node on the router, its key in the site file, and how one becomes the other. What is known from
// the table of nodes (src/vyatta/nodes.ts) is: a leaf of one value, of several, or of none.
import { lookup } from '../vyatta/nodes.ts';
import type { Path, Tree } from '../vyatta/tree.ts';
import { canonicalInterfaceAddress, type Family } from '../wireguard/prefix.ts';

/** What tells an instance from others of its kind, in the order of its path: `['wg4', 'GIPW…=']`, `[4, '10.0.0.0/8', 'wg4']`. */
export type Instance = readonly (string | Family)[];

/** Words below an object; two where they depend on the family of addresses. */
export type NodeName = string | Readonly<Record<Family, string>>;

export interface Leaf<Key extends string = string> {
  /** Of the site file, below the object's own: `listenPort`, `firewall.in.ipv4`. Also what the program calls it. */
  readonly key: Key;
  /** Below the object: `['firewall', 'in', 'name']`. */
  readonly node: Readonly<Record<Family, Path>>;
  /** Why the site file has no word for it; undefined where it has. */
  readonly unsayable?: string;
  /** What it is on an object that is ours as a whole, when the file doesn't say it. */
  readonly otherwise?: (object: unknown) => unknown;
  /** The words below the node that say a value, by default the value itself; undefined: what the router has stays. */
  readonly words?: (value: unknown, object: unknown, context: unknown) => readonly Path[] | undefined;
  /** The value that a node says; undefined where that can't be said. `running` is the whole configuration. */
  readonly said?: (node: Tree, running: Tree, instance: Instance) => unknown;
  /** False: a value that is not ours, even on an object that is. */
  readonly isOurs?: (word: string) => boolean;
}

interface Options<Value, Said, Context> {
  readonly otherwise?: (object: Said) => Value;
  readonly words?: (value: Value, object: Said, context: Context) => readonly Path[] | undefined;
  readonly said?: (node: Tree, running: Tree, instance: Instance) => unknown;
  readonly isOurs?: (word: string) => boolean;
}

type ValueOf<Said, Key> = Key extends keyof Said ? NonNullable<Said[Key]> : string;

/** `leafOf<Tunnel, Wish>()('listen-port', 'listenPort')`: a line of the table of tunnels. */
export function leafOf<Said, Context = unknown>() {
  return <Key extends string>(
    node: NodeName,
    key: Key,
    options: Options<ValueOf<Said, Key>, Said, Context> = {},
  ): Leaf<Key> => ({ key, node: byFamily(node), ...(options as Omit<Leaf, 'key' | 'node'>) });
}

/** A leaf that the router has and the site file doesn't. */
export function unsayable<Key extends string>(node: NodeName, key: Key, why: string): Leaf<Key> {
  return { key, node: byFamily(node), unsayable: why };
}

function byFamily(name: NodeName): Leaf['node'] {
  const [four, six] = typeof name === 'string' ? [name, name] : [name[4], name[6]];
  return { 4: four.split(' '), 6: six.split(' ') };
}

/** The words of a leaf of one value. */
export const oneWord = (word: string | undefined): readonly Path[] | undefined =>
  word === undefined ? undefined : [[word]];

/** The words of a value as they stand in the site file's form. */
export function plainWords(path: Path, value: unknown): readonly Path[] {
  if (lookup(path)?.node.kind === 'valueless') return value === true ? [[]] : [];
  return Array.isArray(value) ? value.map(one => [String(one)]) : [[String(value)]];
}

/** The value of a node as the site file's schema has it: true, a list, a number, a text. Secrets are none of a file's business. */
export function plainValue(path: Path, node: Tree): unknown {
  const kind = lookup(path)?.node;
  const words = [...node.children.keys()];
  const [first] = words;
  // a value there is none of the router's: the file's grammar refuses it
  if (first === undefined) return kind?.kind === 'valueless' ? true : undefined;
  if (kind?.kind === 'multi')
    return kind.value.type === 'ipnet' ? words.map(canonicalInterfaceAddress) : words;
  if (kind?.kind !== 'leaf') return first;
  if (kind.value.secret && !first.startsWith('/')) return undefined;
  if (kind.value.type === 'bool' && (first === 'true' || first === 'false')) return first === 'true';
  return kind.value.type === 'u32' && /^\d{1,10}$/.test(first) ? Number(first) : first;
}

/** A number where it is one: a port, a protocol, a mark. */
export const numberOr = {
  said: (node: Tree) => {
    const [word] = node.children.keys();
    return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : word;
  },
};

/** What an object of the site file has at `firewall.in.ipv4`. */
export function valueAt(object: unknown, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], object);
}
