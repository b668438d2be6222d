// Which key files an apply makes or fills before its session begins. A literal key that a change would remove or replace is
// moved into a file first, so that undo commands and records name a path and never hold a secret (design, 'Keys').
import type { Site, SitePlace } from '../site/site.ts';
import { isLiteral, isSecretLeaf, publicHalf, redacted } from '../vyatta/redact.ts';
import { has, type Path, type Tree, value } from '../vyatta/tree.ts';
import type { RouterFacts } from './facts.ts';
import type { Commit, Diagnostic, KeyStep, Operation } from './plan.ts';
import type { PlaceOf } from './wanted/builder.ts';
import { privateKeyOf } from './wanted/tunnel.ts';

export interface KeyPlan {
  readonly steps: readonly KeyStep[];
  readonly diagnostics: readonly Diagnostic[];
}

const interfacePath = (name: string): string[] => ['interfaces', 'wireguard', name];

/** For the private keys of the file's tunnels. `facts` is undefined when the router wasn't asked. */
export function planPrivateKeys(
  site: Site,
  placeOf: PlaceOf,
  running: Tree,
  facts: RouterFacts | undefined,
): KeyPlan {
  const steps: KeyStep[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const tunnel of site.tunnels) {
    const source = privateKeyOf(tunnel);
    const isNew = !has(running, interfacePath(tunnel.name));
    if (source.kind !== 'router' || (!isNew && tunnel.privateKey === undefined)) continue;
    const place = placeOf([...tunnel.at, 'privateKey']);
    const file = facts?.keyFiles.get(source.path);
    const before = value(running, [...interfacePath(tunnel.name), 'private-key']);
    if (isNew) {
      if (file === undefined)
        steps.push({ tunnel: tunnel.name, do: 'generate', path: source.path, source: place });
    } else if (before !== undefined && isLiteral(before) && file === undefined) {
      const from = [...interfacePath(tunnel.name), 'private-key'];
      steps.push({ tunnel: tunnel.name, do: 'move', path: source.path, from, source: place });
    } else if (facts !== undefined && file === undefined) {
      diagnostics.push(missing(tunnel.name, source.path, place));
    }
    if (file !== undefined && file.publicKey === undefined)
      diagnostics.push({
        code: 'EW011',
        severity: 'error',
        message: `${source.path} on the router holds no WireGuard key`,
        hint: 'look at the file; edgewg makes a key only where there is no file',
        source: place,
      });
    const identity =
      before === undefined ? undefined : (publicHalf(before) ?? facts?.keyFiles.get(before)?.publicKey);
    if (identity !== undefined && file?.publicKey !== undefined && identity !== file.publicKey)
      diagnostics.push({
        code: 'EW012',
        severity: 'warning',
        message: `${tunnel.name} changes its identity: public key ${identity} → ${file.publicKey}`,
        hint: 'every peer of the interface must know the new public key before it can connect again',
        source: place,
      });
  }
  return { steps, diagnostics };
}

function missing(name: string, path: string, source: SitePlace): Diagnostic {
  return {
    code: 'EW010',
    severity: 'error',
    message: `${path}, the private key of ${name}, isn't on the router, and ${name} exists: a new key would change its identity`,
    hint: 'correct the path, or make the key there with `edgewg keys` if the identity is meant to change',
    source,
  };
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
    const mark = (path.at(-1) ?? '')
      .replace(/^literal:(sha256:)?/, '')
      .replaceAll(/[^0-9A-Za-z]/g, '')
      .slice(0, 12);
    const step: KeyStep = {
      tunnel: name,
      do: 'move',
      path: `/config/auth/edgewg-${name}-${mark}.key`,
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
