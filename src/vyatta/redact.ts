// Takes the secrets out of a running configuration, once, where it comes in: behind this nobody can print one.
import { Secret } from '../secret.ts';
import { fingerprintOf, publicKeyOf } from '../wireguard/key.ts';
import type { Path, Tree } from './tree.ts';

/** EdgeOS's own rule for what `show configuration` hides (edgeos-facts 8), and other leaves that hold a secret. */
const secretName = /(passphrase|password|pre-shared-secret|key)$/;
const moreSecrets = new Set(['secret', 'community', 'auth-key', 'connection', 'crypt-key', 'psk']);

/** A word that stands for a literal key: its public half, or a fingerprint for keys that have none. */
const literal = 'literal:';

/** Stands for any other secret. */
export const redacted = 'redacted';

/** The router itself puts this in place of a secret. */
export const masked = '****************';

/** The node at `path` is a leaf that holds a secret. */
export function isSecretLeaf(path: Path): boolean {
  const name = path.at(-1) ?? '';
  return secretName.test(name) || moreSecrets.has(name);
}

/** The word stands for a literal key in the configuration. */
export function isLiteral(word: string): boolean {
  return word.startsWith(literal);
}

/** The public key of a redacted literal private key; undefined when the word is something else. */
export function publicHalf(word: string): string | undefined {
  return isLiteral(word) && !word.includes(':', literal.length) ? word.slice(literal.length) : undefined;
}

/** What a literal's word shows of the key: a public key, or `sha256:…`. */
export function shownOf(word: string): string {
  return word.slice(literal.length);
}

/** A copy in which every secret value is a word that tells at most whether two are the same. Paths of key files stay. */
export function redact(tree: Tree): Tree {
  return copy(tree, '');
}

/** Shares every node below which nothing is secret: most of a configuration. */
function copy(tree: Tree, name: string): Tree {
  if (tree.children.size === 0) return tree;
  const isLeaf = isSecretLeaf([name]) && [...tree.children.values()].every(node => node.children.size === 0);
  let isChanged = false;
  const children: [string, Tree][] = [];
  for (const [word, node] of tree.children) {
    const shown = isLeaf ? redactWord(name, word) : word;
    const below = isLeaf ? node : copy(node, word);
    isChanged ||= shown !== word || below !== node;
    children.push([shown, below]);
  }
  return isChanged ? { ...tree, children: new Map(children) } : tree;
}

function redactWord(name: string, word: string): string {
  if (word.startsWith('/') || word === '' || word === masked || isLiteral(word) || word === redacted)
    return word;
  if (name === 'private-key') {
    try {
      return literal + publicKeyOf(new Secret(word));
    } catch {
      return redacted;
    }
  }
  // only a preshared key has enough entropy for a fingerprint to be safe to show
  if (name === 'preshared-key') return literal + fingerprintOf(new Secret(word));
  return redacted;
}

const keyText = /(?<![0-9A-Za-z+/=])[0-9A-Za-z+/]{43}=/g;

/**
 * Text of a router or of a person in which a secret may stand, made safe to show: the value after a secret leaf's name,
 * and every key but those after `peer` or `public-key` (failed commits print `[ … private-key KEY ]`, edgeos-facts 0.10).
 */
export function scrub(text: string): string {
  return text
    .replace(
      /((?:^|[\s'"])[\w-]*(?:passphrase|password|pre-shared-secret|private-key|preshared-key)['"]?[ \t=:]+)(?!\/)[^\s\]]+/g,
      '$1[secret]',
    )
    .replace(keyText, (key, at: number) =>
      /(peer|public[ -]key:?|pubkey)\s+['"]?$/i.test(text.slice(0, at)) ? key : '[key]',
    );
}
