// Literal keys of the running configuration. One that a change would remove or replace is moved into a file first, so that
// undo commands and records name a path and never hold a secret (docs/keys.md 'On the router'); the others are told.
import { isLiteral, isSecretLeaf, redacted, shownOf } from '../vyatta/redact.ts';
import { find, type Path, type Tree, value, values } from '../vyatta/tree.ts';
import { keyFileOf } from '../wireguard/key.ts';
import type { Commit, Diagnostic, KeyStep, Operation } from './types/plan.ts';

/** Literal keys that stay in the configuration after the plan: whoever reads a backup of it has them. */
export function literalsLeft(after: Tree): Diagnostic[] {
  const base = ['interfaces', 'wireguard'];
  const leaves: Path[] = values(after, base).flatMap(name => [
    [...base, name, 'private-key'],
    ...values(after, [...base, name, 'peer']).map(key => [...base, name, 'peer', key, 'preshared-key']),
  ]);
  return leaves
    .filter(leaf => isLiteral(value(after, leaf) ?? ''))
    .map(leaf => {
      const name = leaf[2] ?? '';
      const isPrivate = leaf.length === 4;
      const path = isPrivate
        ? `/config/auth/${name}.key`
        : keyFileOf(name, shownOf(value(after, leaf) ?? ''));
      const key = isPrivate ? 'privateKey' : `presharedKey of peer ${(leaf[4] ?? '').slice(0, 8)}…`;
      return {
        code: 'EW016',
        severity: 'warning' as const,
        message: `${leaf.slice(2).join(' ')} is a literal key: it stands in the configuration, in every backup and in every revision of it`,
        hint: `name a file for it in the site file, and the next apply moves it there: ${key}: ${path}`,
        running: onLine(after, leaf),
      };
    });
}

/** A node with its line of the running configuration, which what a plan leaves alone keeps. */
export function onLine(tree: Tree, path: Path): NonNullable<Diagnostic['running']> {
  const line = find(tree, path)?.line;
  return { path, ...(line !== undefined && { line }) };
}

/** An undo that would have to know a secret: edgewg takes nothing away that it can't put back. */
export function unrestorable(commits: readonly Commit[]): Diagnostic[] {
  return commits
    .flatMap(commit => commit.undo)
    .filter(({ op, path }) => op === 'set' && path.at(-1) === redacted && isSecretLeaf(path.slice(0, -1)))
    .map(({ path }) => ({
      code: 'EW014',
      severity: 'error',
      message: `${path.slice(0, -1).join(' ')} holds a secret, and would go with what the plan deletes: it could not be put back`,
      hint: 'take it out by hand first, or leave the interface to the router',
      running: { path: path.slice(0, -1) },
    }));
}

/** Commits whose undo names files in place of literal keys, and the moves that fill those files. */
export function withoutLiterals(
  commits: readonly Commit[],
  steps: readonly KeyStep[],
): { commits: Commit[]; steps: KeyStep[] } {
  const moves = new Map(
    steps.filter(step => step.from !== undefined).map(step => [step.from?.join(' '), step]),
  );
  const added: KeyStep[] = [];
  const file = (path: Path): string => {
    const leaf = path.slice(0, -1);
    const known = moves.get(leaf.join(' '));
    if (known !== undefined) return known.path;
    const name = path[2] ?? '';
    const step: KeyStep = {
      tunnel: name,
      do: 'move',
      path: keyFileOf(name, shownOf(path.at(-1) ?? '')),
      from: leaf,
    };
    moves.set(leaf.join(' '), step);
    added.push(step);
    return step.path;
  };
  const clean = (operation: Operation): Operation => {
    const word = operation.path.at(-1) ?? '';
    if (operation.op !== 'set' || !isLiteral(word)) return operation;
    return { op: 'set', path: [...operation.path.slice(0, -1), file(operation.path)] };
  };
  return {
    commits: commits.map(({ run, undo }) => ({ run, undo: undo.map(clean) })),
    steps: [...steps, ...added],
  };
}
