// A peer more in a site file. Where the peers stand in a block, which is nearly always, it is one line more and not a byte else;
// a printer of YAML would move comments about.
import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { loadSite } from '../site/load.ts';
import { asBefore, toNode } from './write.ts';

export interface NewPeer {
  readonly tunnel: string;
  readonly name: string;
  readonly publicKey: string;
  readonly allowedIPs: readonly string[];
}

/** The new text; throws {@link SiteProblems} where the file's rules refuse the peer. */
export function addPeer(text: string, file: string, peer: NewPeer): string {
  const after = inserted(text, peer) ?? printed(text, peer);
  loadSite(after, file);
  return after;
}

/** Names, keys and prefixes need no quotes but IPv6 ones in a list, whose colon-space never occurs. */
const entry = ({ name, publicKey, allowedIPs }: NewPeer): string =>
  `${/^\d+$/.test(name) ? `"${name}"` : name}: { publicKey: ${publicKey}, allowedIPs: [${allowedIPs.join(', ')}] }`;

/** Undefined where the peers, or the tunnel that has none yet, stand in braces. */
function inserted(text: string, peer: NewPeer): string | undefined {
  const document = parseDocument(text);
  const peers = document.getIn(['tunnels', peer.tunnel, 'peers'], true);
  if (isBlock(peers)) return withLine(text, peers, entry(peer));
  const tunnel = document.getIn(['tunnels', peer.tunnel], true);
  if (peers !== undefined || !isBlock(tunnel)) return undefined;
  const indent = indentOf(text, tunnel);
  return withLine(text, tunnel, `peers:\n${' '.repeat(indent + 2)}${entry(peer)}`);
}

const isBlock = (node: unknown): node is YAMLMap<Node, Node | null> =>
  isMap(node) && node.flow !== true && node.items.length > 0;

/** Behind the last line of a block. */
function withLine(text: string, map: YAMLMap<Node, Node | null>, line: string): string {
  const newline = text.indexOf('\n', lastOf(map) - 1);
  const end = newline === -1 ? text.length : newline + 1;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.slice(0, end);
  const whole = `${' '.repeat(indentOf(text, map))}${line}\n`.replaceAll('\n', eol);
  return `${before}${before.endsWith('\n') ? '' : eol}${whole}${text.slice(end)}`;
}

function indentOf(text: string, map: YAMLMap<Node, Node | null>): number {
  const at = map.items[0]?.key.range?.[0] ?? 0;
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Where the last text of a node ends: a comment behind it stays on its line. */
function lastOf(node: Node): number {
  const pair: Pair<Node, Node | null> | undefined = isBlock(node) ? node.items.at(-1) : undefined;
  const inner = pair?.value ?? pair?.key;
  if (inner !== undefined && !(isScalar(inner) && inner.range === undefined)) return lastOf(inner);
  return node.range?.[1] ?? 0;
}

function printed(text: string, { tunnel, name, ...peer }: NewPeer): string {
  const document = parseDocument(text);
  const at = ['tunnels', tunnel, 'peers', name];
  const node = toNode({ ...peer, allowedIPs: [...peer.allowedIPs] }, at);
  if (isMap(node)) node.flow = true;
  document.setIn(at, node);
  return asBefore(text, document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}
