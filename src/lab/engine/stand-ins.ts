// A snapshot has words in place of secrets. Where the router would take no such word the lab puts a secret of its own in, so that a
// configuration comes into force as a whole; nobody can log in by it, and no tunnel of anybody's is met with it.
import { isLiteral, isSecretLeaf, redacted } from '../../vyatta/redact.ts';
import { leaves, type Tree } from '../../vyatta/tree.ts';
import { generateKeyPair, generatePresharedKey } from '../../wireguard/key.ts';

const standIns: Readonly<Record<string, () => string>> = {
  'encrypted-password': () => '*',
  'private-key': () => generateKeyPair().privateKey.reveal(),
  'preshared-key': () => generatePresharedKey().reveal(),
};

/** Changes the tree in place. */
export function putStandIns(tree: Tree): void {
  for (const { path } of [...leaves(tree)]) {
    const [name = '', word = ''] = path.slice(-2);
    const make = Object.hasOwn(standIns, name) ? standIns[name] : undefined;
    if (make === undefined || !isSecretLeaf([name]) || (word !== redacted && !isLiteral(word))) continue;
    let leaf = tree;
    for (const step of path.slice(0, -1)) leaf = leaf.children.get(step) ?? leaf;
    const value = leaf.children.get(word);
    leaf.children.delete(word);
    if (value !== undefined) leaf.children.set(make(), value);
  }
}
