// Where keys stand on the router: the private keys of the WireGuard interfaces, and the preshared keys of their peers.
import { type Path, type Tree, value } from '../vyatta/tree.ts';
import { peer } from './peer.ts';
import { tunnel } from './tunnel.ts';

export interface KeyLeaf {
  readonly path: Path;
  readonly tunnel: string;
  /** Of a preshared key; undefined for a private key. */
  readonly publicKey?: string;
}

/** Every leaf that holds a key, or could, of a configuration; interface by interface. */
export function keyLeaves(tree: Tree): KeyLeaf[] {
  return tunnel.names(tree).flatMap(name => [
    { path: tunnel.leaf('privateKey', name), tunnel: name },
    ...peer.names(tree, name).map(publicKey => ({
      path: peer.leaf('presharedKey', name, publicKey),
      tunnel: name,
      publicKey,
    })),
  ]);
}

/** The key leaf that a path is at or below. */
export function keyLeafAt(path: Path): KeyLeaf | undefined {
  const ofPeer = peer.match(path);
  if (ofPeer !== undefined) {
    const [name, publicKey] = ofPeer.instance;
    const isKey = peer.keyAt(ofPeer.below) === 'presharedKey';
    return isKey ? { path: peer.leaf('presharedKey', name, publicKey), tunnel: name, publicKey } : undefined;
  }
  const found = tunnel.match(path);
  if (found === undefined || tunnel.keyAt(found.below) !== 'privateKey') return undefined;
  const [name] = found.instance;
  return { path: tunnel.leaf('privateKey', name), tunnel: name };
}

/** The files, or literals, that the leaves of keys name. */
export function keysNamed(tree: Tree): string[] {
  return keyLeaves(tree).flatMap(({ path }) => value(tree, path) ?? []);
}
