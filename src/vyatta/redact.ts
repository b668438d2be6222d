// Takes the secrets out of a running configuration, once, where it comes in: behind this nobody can print one.
import { Secret } from '../secret.ts';
import { fingerprintOf, publicKeyOf } from '../wireguard/key.ts';
import type { Path, Tree } from './tree.ts';

/** EdgeOS's own rule for what `show configuration` hides (docs/edgeos.md 'Secrets and levels'), and other leaves that hold a secret. */
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

/**
 * A copy in which every secret value is a word that tells at most whether two are the same. Paths of key files stay. The same
 * rules as in router/scripts/secrets.sh, which a router applies before it says anything.
 */
export function redact(tree: Tree): Tree {
  return copy(tree, []);
}

/** Shares every node below which nothing is secret: most of a configuration. */
function copy(tree: Tree, path: Path): Tree {
  if (tree.children.size === 0) return tree;
  if (isCommunities(path)) return withoutNames(tree);
  const name = path.at(-1) ?? '';
  const isLeaf = isSecretLeaf(path) && isLeafLike(tree);
  let isChanged = false;
  const children: [string, Tree][] = [];
  for (const [word, node] of tree.children) {
    const shown = isLeaf ? redactWord(name, word, node) : word;
    const below = isLeaf ? { ...node, children: new Map() } : copy(node, [...path, word]);
    isChanged ||= shown !== word || (isLeaf ? node.children.size > 0 : below !== node);
    children.push([shown, below]);
  }
  return isChanged ? { ...tree, children: new Map(children) } : tree;
}

/** Values, or what a value with a quote and a blank in it was taken for, since nothing is escaped: `'a' b'`. */
function isLeafLike(tree: Tree): boolean {
  return [...tree.children.values()].every(node =>
    [...node.children.keys()].every(word => word.includes("'")),
  );
}

/** The one secret that is the name of a node with others below it. */
const isCommunities = (path: Path): boolean => path.join(' ') === 'service snmp community';

function withoutNames(tree: Tree): Tree {
  const children = [...tree.children].map(([word, node], i): [string, Tree] => [
    word.startsWith(redacted) ? word : `${redacted}-${i + 1}`,
    copy(node, []),
  ]);
  return { ...tree, children: new Map(children) };
}

const keyShape = /^[0-9A-Za-z+/]{43}=$/;
const pathShape = /^\/[0-9A-Za-z_./@+-]*$/;

function redactWord(name: string, word: string, { children }: Tree): string {
  if (word === '' || word === masked || isLiteral(word) || word === redacted) return word;
  if ((name !== 'private-key' && name !== 'preshared-key') || children.size > 0) return redacted;
  // a key may begin with a slash too, and is none the less no path
  if (!keyShape.test(word)) return pathShape.test(word) ? word : redacted;
  if (name === 'private-key') return literal + publicKeyOf(new Secret(word));
  // only a preshared key has enough entropy for a fingerprint to be safe to show
  return literal + fingerprintOf(new Secret(word));
}

const keyText = /(?<![0-9A-Za-z+/=])[0-9A-Za-z+/]{43}=/g;

/** Leaves whose names are words of prose too: looked for only in what is a command, or the place of a failed commit. */
const moreNames = 'secret|community|connection|psk|[\\w-]*key';
const surelySecret = '[\\w-]*(?:passphrase|password|pre-shared-secret|private-key|preshared-key)';
const path = String.raw`/[\w./@+-]*(?![\w+/=])`;
/** A quoted value goes to the quote before the end, a `]` or a line's end: nothing inside is escaped. */
const quotedValue = String.raw`'[^\n]*'(?=\s*\]|\s*$)|'[^'\n]*'?|"[^"\n]*"?`;

const inProse = new RegExp(
  String.raw`((?:^|[\s'"])${surelySecret}['"]?[ \t=:]+)(?!${path}(?:[\s\]'";,)]|$))(?:${quotedValue}|[^\s\]]+)`,
  'gm',
);
/** `set … secret VALUE` to the line's end, `[ … secret VALUE ]` to the bracket. */
const inPlace = new RegExp(
  String.raw`(^\s*(?:[-+]\s*)?(?:set|delete)\s.*?\s|\[\s[^\][\n]*?\s)((?:${surelySecret}|${moreNames})\s+)(?!${path}\s*(?:\]|$))(?:'[^\n]*'(?=\s*\]|\s*$)|[^\s\]]+(?=\s*\]|\s*$))`,
  'gm',
);

/**
 * Text of a router or of a person in which a secret may stand, made safe to show: the value after a secret leaf's name,
 * and every key but those after `peer` or `public-key` (failed commits print `[ … private-key KEY ]`, docs/edgeos.md 'Commits').
 */
export function scrub(text: string): string {
  return text
    .split('\n')
    .map(line => scrubLine(line.length > longest ? `${line.slice(0, longest)}…` : line))
    .join('\n');
}

/** The end of what a program complained, on one line and without secrets. */
export function lastWords(stderr: string): string {
  const lines = scrub(stderr)
    .split('\n')
    .map(line => line.trim());
  return lines
    .filter(line => line !== '')
    .slice(-3)
    .join('; ')
    .slice(-300);
}

/** No sentence of a router is longer; and a line's cost grows with its square. */
const longest = 2000;

function scrubLine(line: string): string {
  return line
    .replace(inPlace, '$1$2[secret]')
    .replace(inProse, '$1[secret]')
    .replace(keyText, (key, at: number) =>
      /(peer|public[ -]key:?|pubkey)\s+['"]?$/i.test(line.slice(Math.max(0, at - 40), at)) ? key : '[key]',
    );
}
