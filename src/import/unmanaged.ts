// What a site file leaves unsaid of a router's WireGuard, line by line, with the reason: what edgewg would neither plan nor touch.
import { ownership, whyUnsayable } from '../objects/all.ts';
import { intoTunnels } from '../objects/clients/into-tunnels.ts';
import { discovery } from '../objects/discovery.ts';
import { tunnel } from '../objects/tunnel.ts';
import { managesInterface } from '../site/manages.ts';
import type { Site } from '../site/site.ts';
import { canonicalValues } from '../vyatta/canonical.ts';
import { type Found, isIdle, step, top } from '../vyatta/nodes.ts';
import { isLiteral, masked, publicHalf, redacted } from '../vyatta/redact.ts';
import { leaves, type Path, startsWith, type Tree, value } from '../vyatta/tree.ts';
import { printCommand } from '../vyatta/words.ts';
import type { Removed } from './reduce-to-empty-plan.ts';

export interface Unmanaged {
  /** The line of the running configuration, from 1. */
  readonly line: number | undefined;
  /** The `set` command without secrets. */
  readonly command: string;
  readonly why: string;
}

/** `wanted` is what the file says, as the router's nodes. */
export function unmanaged(running: Tree, wanted: Tree, site: Site, removed: readonly Removed[]): Unmanaged[] {
  const owns = ownership(site, running, wanted);
  const said = new Set([...leaves(wanted)].flatMap(({ path }) => forms(path)));
  const names = new Set(tunnel.names(running));
  const routed = intoTunnels(running);
  const isRouted = (path: Path): boolean => routed.some(one => startsWith(path, one));
  return [...leaves(running)]
    .filter(({ path }) => concerns(path, names, removed) || isRouted(path) || owns(path) === 'kept')
    .filter(({ path }) => !forms(path).every(form => said.has(form)))
    .filter(({ path }) => !isSilent(path, running))
    .map(({ path, node }) => ({
      line: node.line,
      command: printCommand('set', path.map(shownWord)),
      why: reason(path, site, { removed, names, isKept: owns(path) === 'kept' }),
    }));
}

/** Below an interface, or naming one; or what was in the draft and isn't any more. */
function concerns(path: Path, names: ReadonlySet<string>, removed: readonly Removed[]): boolean {
  return path.some(word => names.has(word)) || removed.some(({ running }) => startsWith(path, running));
}

/** Says what holds anyway: the `log disable` that the GUI writes into every rule. */
function isSilent(path: Path, running: Tree): boolean {
  return isIdle(path) && value(running, path.slice(0, -1)) !== undefined;
}

/** A path with every value in its canonical form; several for a comma list. */
function forms(path: Path): string[] {
  let found: Found | undefined = top;
  let all: string[][] = [[]];
  for (const word of path) {
    const next: Found | undefined = found && step(found, word);
    const words =
      next?.isValue === true && 'value' in next.node ? canonicalValues(next.node.value, word) : [word];
    all = all.flatMap(before => words.map(one => [...before, one]));
    found = next;
  }
  return all.map(words => words.join('\0'));
}

interface Known {
  readonly removed: readonly Removed[];
  /** Of all tunnels. */
  readonly names: ReadonlySet<string>;
  readonly isKept: boolean;
}

function reason(path: Path, site: Site, { removed, names, isKept }: Known): string {
  const nearest = removed
    .filter(({ running }) => startsWith(path, running) || startsWith(running, path))
    .sort((x, y) => y.running.length - x.running.length)[0];
  const word = path.at(-1) ?? '';
  if (word === masked)
    return 'hidden: the configuration was taken with its secrets hidden; `show configuration commands` hides nothing';
  if (isLiteral(word))
    return 'a literal key stays in the configuration; name a file for it, and the next apply moves it there';
  if (nearest !== undefined) return nearest.why;
  const why = whyUnsayable(path);
  if (why !== undefined) return why;
  const shut = discovery.match(path)?.instance[0];
  if (shut !== undefined)
    return managesInterface(site, shut) ? 'it is kept' : 'comes with manages: { interfaces }';
  const below = tunnel.match(path)?.below;
  if (below?.length === 0) return 'the site file has no word for it';
  if (below !== undefined || isKept) return 'the site file has no word for it: it is kept';
  if (!path.some(one => names.has(one)))
    return 'sends packets into a tunnel, in a way that `clients` has no word for: edgewg reads it and never touches it';
  return 'names a tunnel, and is not for a site file: edgewg reads it and never touches it';
}

function shownWord(word: string): string {
  if (word === redacted) return '(a secret)';
  if (!isLiteral(word)) return word;
  const key = publicHalf(word);
  return key === undefined ? '(a literal key)' : `(a literal key, its public half ${key})`;
}
