// Takes the secrets out of a running configuration, once, where it comes in: behind this nobody can print one. What may be shown is
// listed (shown-names.ts); whatever stands behind a name that isn't listed is hidden, unless nothing secret looks like it.
import { Secret } from '../secret.ts';
import { fingerprintOf, publicKeyOf } from '../wireguard/key.ts';
import { lists } from './shown-names.ts';
import { bare, copyOf, emptyTree, type Path, type Tree } from './tree.ts';

/** EdgeOS's own rule for what `show configuration` hides (docs/edgeos.md 'Printed commands'), and other names of secrets: not even a number is shown there. */
const secretName = /(passphrase|password|passwd|pass|secret|key|token|pin|psk)$|^(community|connection)$/;

/** A word that stands for a literal key: its public half, or a fingerprint for keys that have none. */
const literal = 'literal:';

/** Stands for whatever else isn't shown. */
export const redacted = 'redacted';

/** The router itself puts this in place of a secret. */
export const masked = '****************';

/** The node at `path` is a leaf that holds a secret. */
export function isSecretLeaf(path: Path): boolean {
  return secretName.test(path.at(-1) ?? '');
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

/** What the next word of a path may be: the name of a node, a value that is shown, or what is hidden. */
type Next = 'name' | 'value' | 'hidden';

const kinds = new Map<string, Next>([
  ...lists.boxes.map((name): [string, Next] => [name, 'name']),
  ...lists.shows.map((name): [string, Next] => [name, 'value']),
  ...lists.hides.map((name): [string, Next] => [name, 'hidden']),
]);

const nextOf = (parent: string, name: string): Next =>
  kinds.get(`${parent}>${name}`) ?? kinds.get(name) ?? 'hidden';

/** What is known of the end of a path: the last name in it, and what may follow. */
interface Place {
  readonly name: string;
  readonly next: Next;
}

const root: Place = { name: '', next: 'name' };

/** Undefined where the word is one of those that need a closer look. */
function step({ name, next }: Place, word: string): Place | undefined {
  if (next === 'hidden' || holdsCredentials(word)) return undefined;
  return next === 'value' ? { name, next: 'name' } : { name: word, next: nextOf(name, word) };
}

/** A value of the leaf at `path` may be one that only the router knows, with {@link redacted} in its place here. */
export function isHidden(path: Path): boolean {
  let place: Place | undefined = root;
  for (const word of path) place = place && step(place, word);
  return place?.next !== 'value';
}

/**
 * A copy in which every hidden value is a word that tells at most whether two are the same. Paths of key files stay. The same
 * rules as in router/scripts/secrets.sh, which a router applies before it says anything.
 */
export function redact(tree: Tree): Tree {
  return copy(tree, root);
}

/** Shares every node below which nothing is hidden: most of a configuration. */
function copy(tree: Tree, place: Place): Tree {
  const { comment } = tree;
  const isCommentHidden = comment !== undefined && (place.next === 'hidden' || holdsCredentials(comment));
  // most nodes stay, and a list for each of them would be as much as the whole tree
  let changed: Tree | undefined;
  for (const [word, node] of tree.children) {
    const next = step(place, word);
    const shown = next === undefined ? shownWord(place, word, node) : word;
    const below = next === undefined ? hiddenBelow(node) : copy(node, next);
    if (changed === undefined && (shown !== word || below !== node)) changed = copyBefore(tree, word);
    changed?.children.set(shown, below);
  }
  if (changed === undefined && !isCommentHidden) return tree;
  changed ??= copyOf(tree);
  if (isCommentHidden) changed.comment = redacted;
  return changed;
}

function copyBefore(tree: Tree, end: string): Tree {
  const copy = bare(tree);
  for (const [word, node] of tree.children) {
    if (word === end) break;
    copy.children.set(word, node);
  }
  return copy;
}

/** Nothing below what is hidden is shown, not even how much there is. */
function hiddenBelow(node: Tree): Tree {
  if (node.children.size === 0 && node.comment === undefined) return node;
  const hidden = emptyTree(node.line);
  if (node.deactivated === true) hidden.deactivated = true;
  return hidden;
}

const keyShape = /^[0-9A-Za-z+/]{43}=$/;
const pathShape = /^\/[0-9A-Za-z_./@+-]*$/;

function shownWord({ name, next }: Place, word: string, { children }: Tree): string {
  if (word === '' || word === masked || isLiteral(word)) return word;
  if (next !== 'hidden' || children.size > 0) return redacted;
  if (name !== 'private-key' && name !== 'preshared-key')
    return !secretName.test(name) && isHarmless(word) ? word : redacted;
  // a key may begin with a slash too, and is none the less no path
  if (!keyShape.test(word)) return pathShape.test(word) ? word : redacted;
  if (name === 'private-key') return literal + publicKeyOf(new Secret(word));
  // only a preshared key has enough entropy for a fingerprint to be safe to show
  return literal + fingerprintOf(new Secret(word));
}

/** Short numbers, addresses, prefixes, ports and times, and the words of switches. */
function isHarmless(word: string): boolean {
  if (/^(enable|disable|true|false|auto|all|any|none|yes|no|on|off|default)$/.test(word)) return true;
  if (/^!?[0-9./,:-]+$/.test(word)) return !/[0-9]{7}/.test(word);
  return /^!?[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(\/[0-9]+)?$/.test(word);
}

/** A URL with a name or password in it, or `token=…`: in a text that may be shown otherwise. */
function holdsCredentials(word: string): boolean {
  if (!word.includes(':') && !word.includes('=')) return false;
  return /:\/\/[^/ ]*@|(pass|passwd|password|passphrase|secret|token|psk|key)["']? *[=:]/.test(
    word.toLowerCase(),
  );
}

/**
 * The words of a path behind `parents`, as far as they may be shown, and `isWhole` when that is all of them. Quotes of the router's stay
 * around a word.
 */
export function shownWords(
  words: readonly string[],
  parent = '',
): { shown: readonly string[]; isWhole: boolean } {
  let place: Place = parent === '' ? root : { name: parent, next: nextOf('', parent) };
  for (const [i, quoted] of words.entries()) {
    const word = quoted.replace(/^(['"])(.*)\1$/, '$2');
    const next = step(place, word);
    if (next !== undefined) {
      place = next;
      continue;
    }
    const isLast = i + 1 === words.length;
    const isSafe = isLast && (word === redacted || shownWord(place, word, emptyTree()) === word);
    if (isSafe) break;
    return { shown: words.slice(0, i), isWhole: false };
  }
  return { shown: words, isWhole: true };
}
