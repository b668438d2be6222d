// The tunnels of a router as a graph: the router, its WireGuard interfaces, their peers, and the networks behind those; of two
// configurations at once, so that a drawing can show what becomes of each part.
import { addressesOf, type Interface } from '../../vyatta/interfaces.ts';
import { byVersion, type Tree, value } from '../../vyatta/tree.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { type PeerOnRouter, peersOf } from './peers.ts';
import { type Routing, routingOf } from './routing.ts';

export type GraphMark = 'same' | 'new' | 'changed' | 'gone';

export interface GraphNode {
  readonly id: string;
  readonly kind: 'router' | 'tunnel' | 'peer' | 'networks';
  /** The first is its name. Text of strangers is among it. */
  readonly lines: readonly string[];
  readonly mark: GraphMark;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Empty: nothing is said of it. */
  readonly label: string;
  readonly mark: GraphMark;
}

/** A tree with the router at its root: every other node has one edge to it, from a node that stands before. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** A node of one configuration with the edge to it. */
interface Part {
  readonly id: string;
  readonly kind: GraphNode['kind'];
  readonly parent: string;
  /** By what each line is about, so that those of two configurations can be put side by side. */
  readonly lines: ReadonlyMap<string, string>;
  readonly edge: string;
}

/** What a person calls a peer, whatever the router says of it. */
interface PeerName {
  readonly tunnel: string;
  readonly public_key: string;
  readonly name: string;
}

/** `router` is its name. Both trees without secrets; the same one twice for a drawing of one configuration. */
export function topology(router: string, before: Tree, after: Tree, names: readonly PeerName[] = []): Graph {
  const nameOf = new Map(names.map(({ tunnel, public_key: key, name }) => [`${tunnel} ${key}`, name]));
  const [old, fresh] = [partsOf(before, nameOf), partsOf(after, nameOf)];
  const root: GraphNode = { id: 'router', kind: 'router', lines: [router], mark: 'same' };
  const nodes: GraphNode[] = [root];
  const edges: GraphEdge[] = [];
  const children = new Map<string, string[]>();
  for (const { id, parent } of [...fresh.values(), ...old.values()]) {
    const list = children.get(parent) ?? [];
    if (!list.includes(id)) children.set(parent, [...list, id]);
  }
  const visit = (parent: string): void => {
    for (const id of (children.get(parent) ?? []).toSorted(byVersion)) {
      const drawn = draw(old.get(id), fresh.get(id));
      if (drawn === undefined) continue;
      nodes.push(drawn.node);
      edges.push(drawn.edge);
      visit(id);
    }
  };
  visit(root.id);
  return { nodes, edges };
}

/** What a reader has to look at: the parts that change, and what they hang on. */
export function changedOnly({ nodes, edges }: Graph): Graph {
  const kept = new Set(nodes.filter(({ mark }) => mark !== 'same').map(({ id }) => id));
  for (const { to, mark } of edges) if (mark !== 'same') kept.add(to);
  // parents stand before their children
  for (const { from, to } of edges.toReversed()) if (kept.has(to)) kept.add(from);
  return { nodes: nodes.filter(({ id }) => kept.has(id)), edges: edges.filter(({ to }) => kept.has(to)) };
}

function draw(
  old: Part | undefined,
  fresh: Part | undefined,
): { node: GraphNode; edge: GraphEdge } | undefined {
  const part = fresh ?? old;
  if (part === undefined) return undefined;
  const { id, kind, parent } = part;
  const ends = { from: parent, to: id };
  if (old === undefined || fresh === undefined) {
    const mark = old === undefined ? 'new' : 'gone';
    return {
      node: { id, kind, lines: [...part.lines.values()], mark },
      edge: { ...ends, label: part.edge, mark },
    };
  }
  const lines = sideBySide(old.lines, fresh.lines);
  const isSame = [...fresh.lines].join() === [...old.lines].join();
  const isSameEdge = old.edge === fresh.edge;
  return {
    node: { id, kind, lines, mark: isSame ? 'same' : 'changed' },
    edge: {
      ...ends,
      label: isSameEdge ? fresh.edge : movedEdge(old.edge, fresh.edge),
      mark: isSameEdge ? 'same' : 'changed',
    },
  };
}

function sideBySide(old: Part['lines'], fresh: Part['lines']): string[] {
  const kept = [...fresh].map(([key, text]) => {
    const before = old.get(key);
    if (before === undefined) return `+ ${text}`;
    return before === text ? text : `${before} → ${text}`;
  });
  return [...kept, ...[...old].filter(([key]) => !fresh.has(key)).map(([, text]) => `− ${text}`)];
}

type Names = ReadonlyMap<string, string>;

function partsOf(tree: Tree, names: Names): Map<string, Part> {
  const routing = routingOf(tree);
  const parts: Part[] = routing.ifaces
    .filter(({ path }) => path[1] === 'wireguard')
    .flatMap(iface => [
      tunnelPart(iface),
      ...peersOf(iface).flatMap(peer => peerParts(routing, iface, peer, names)),
    ]);
  return new Map(parts.map(part => [part.id, part]));
}

function tunnelPart(iface: Interface): Part {
  const { name, node } = iface;
  const port = value(node, ['listen-port']);
  const description = value(node, ['description']);
  const mtu = value(node, ['mtu']);
  const lines = new Map([['name', name]]);
  if (description !== undefined) lines.set('description', description);
  for (const address of addressesOf(iface)) lines.set(`address ${address}`, address);
  if (mtu !== undefined) lines.set('mtu', `MTU ${mtu}`);
  if (node.children.has('disable')) lines.set('disable', 'disabled');
  return { id: name, kind: 'tunnel', parent: 'router', lines, edge: port === undefined ? '' : `UDP ${port}` };
}

function peerParts(routing: Routing, iface: Interface, peer: PeerOnRouter, names: Names): Part[] {
  const id = `${iface.name} ${peer.key}`;
  const name = names.get(id) ?? peer.description;
  const short = `${peer.key.slice(0, 8)}…`;
  const lines = new Map([['name', name ?? `peer ${short}`]]);
  if (name !== undefined) lines.set('key', short);
  if (peer.disabled) lines.set('disable', 'disabled');
  const endpoint = value(iface.node, ['peer', peer.key, 'endpoint']) ?? '';
  const networks = new Map(
    peer.allowed.map(({ text }) => [text, `${text}${routeRemark(routing, iface, text)}`]),
  );
  const own: Part = { id, kind: 'peer', parent: iface.name, lines, edge: endpoint };
  return networks.size === 0
    ? [own]
    : [own, { id: `${id} networks`, kind: 'networks', parent: id, lines: networks, edge: '' }];
}

/** Empty where routes lead all of `text` into the interface; else by what it may come there, or where it goes instead. */
function routeRemark(
  { main, announced, mayWin }: Routing,
  { name, disabled }: Interface,
  text: string,
): string {
  const prefix = parsePrefix(text);
  if (prefix === undefined || disabled) return '';
  const winning = mayWin(prefix);
  const mine = winning.filter(({ out }) => out === name);
  if (mine.length > 0) return ` (by BGP from ${mine.map(({ neighbor }) => neighbor).join(', ')})`;
  const others = winning.flatMap(({ neighbor, out }) =>
    out === undefined ? [] : `${neighbor} through ${out}`,
  );
  if (others.length > 0) return ` (by BGP from ${[...new Set(others)].join(', ')})`;
  const used = main.best(prefix);
  if (used.some(({ out }) => out === name)) return '';
  const isAnywhere = used.every(entry => entry.prefix.length === 0);
  const elsewhere = isAnywhere ? [] : [...new Set(used.flatMap(({ out }) => out ?? []))];
  if (elsewhere.length > 0) return ` (routed to ${elsewhere.join(', ')})`;
  const open = announced.filter(({ isOpen, out }) => isOpen && out === name);
  if (open.length > 0)
    return ` (unless by BGP from ${open.map(({ neighbor }) => neighbor).join(', ')}: no route)`;
  return ' (no route)';
}

/** `UDP 51824 → 51825`: what both begin with is said once. */
function movedEdge(before: string, after: string): string {
  const isSaid = /^UDP /.test(before) && /^UDP /.test(after);
  return `${before || 'none'} → ${(isSaid ? after.replace(/^UDP /, '') : after) || 'none'}`;
}
