// Literal keys of the running configuration. One that a change would remove or replace is moved into a file first, so that
// undo commands and records name a path and never hold a secret (docs/keys.md 'On the router'); the others are reported.
import { isLiteral, shownOf } from '../vyatta/redact.ts';
import { find, type Path, type Tree } from '../vyatta/tree.ts';
import { keyFileOf } from '../wireguard/key.ts';
import type { Commit, Finding, KeyStep, Operation } from './types/plan.ts';

/** A node with its line of the running configuration, which what a plan leaves alone keeps. */
export function onLine(tree: Tree, path: Path): NonNullable<Finding['running']> {
  const line = find(tree, path)?.line;
  return { path, ...(line !== undefined && { line }) };
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
