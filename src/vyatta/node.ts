// The vocabulary of the node tables: what a template says of a node of the configuration.

/** What a value must look like; `txt` is any text. Names are the templates' own where they have one. */
export type ValueType =
  | 'txt'
  | 'u32'
  | 'bool'
  | 'ipv4'
  | 'ipv6'
  | 'ip'
  | 'ipv4net'
  | 'ipv6net'
  | 'ipnet'
  | 'ipv4orNet'
  | 'ipv6orNet'
  | 'ipOrNetList'
  | 'key'
  | 'keyOrFile'
  | 'endpoint'
  | 'port'
  | 'macaddr'
  | 'task'
  | 'helper'
  | 'interval';

/** What one value may be. */
export interface Value {
  readonly type: ValueType;
  /** The least and the greatest number, or length of a text. */
  readonly range?: readonly [number, number];
  /** The only values that there are. */
  readonly oneOf?: readonly string[];
  /** The router sets and prints it when nobody did; `delete` sets it again (docs/edgeos.md 'Defaults'). */
  readonly default?: string;
  /** Says what holds anyway when nothing is said: `log disable` of a rule, which the GUI writes. */
  readonly idle?: string;
  /** Holds a key or password: never printed, hidden by `show configuration`. */
  readonly secret?: true;
}

/** A named box of nodes: `firewall`. */
export interface Container {
  readonly kind: 'container';
  readonly children: Nodes;
}

/** A node with instances, each a box of nodes: `rule 24`. */
export interface Tag {
  readonly kind: 'tag';
  readonly value: Value;
  readonly children: Nodes;
}

/** One value: `set` replaces it. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly value: Value;
}

/** Several values, each `set` and `delete`d by itself; their order is kept. */
export interface Multi {
  readonly kind: 'multi';
  readonly value: Value;
  /** Each value is an object by itself: the others on the list are other people's. */
  readonly ofObjects?: true;
}

/** There or not: `disable`. */
export interface Valueless {
  readonly kind: 'valueless';
}

export type Node = Container | Tag | Leaf | Multi | Valueless;
export type Nodes = Readonly<Record<string, Node>>;

export const container = (children: Nodes): Container => ({ kind: 'container', children });
export const tag = (type: ValueType, children: Nodes, more: Omit<Value, 'type'> = {}): Tag => ({
  kind: 'tag',
  value: { type, ...more },
  children,
});
export const leaf = (type: ValueType, more: Omit<Value, 'type'> = {}): Leaf => ({
  kind: 'leaf',
  value: { type, ...more },
});
export const multi = (type: ValueType, more: Omit<Value, 'type'> = {}): Multi => ({
  kind: 'multi',
  value: { type, ...more },
});
export const multiOfObjects = (type: ValueType): Multi => ({ ...multi(type), ofObjects: true });
export const number = (least: number, greatest: number, more: Omit<Value, 'type'> = {}): Leaf =>
  leaf('u32', { range: [least, greatest], ...more });
export const oneOf = (...values: string[]): Leaf => leaf('txt', { oneOf: values });
export const valueless: Valueless = { kind: 'valueless' };
