// What a plan is: data. No closures, no colour, no secrets; it can be rendered twice, hashed and written as JSON.
import type { SitePath, SitePlace } from '../../site/site.ts';
import type { Path } from '../../vyatta/tree.ts';
import type { Proof } from './proof.ts';

/** Minor: something was added. Major: a reader that doesn't know it must reject the plan. */
export const formatVersion = '1.3';

/** `keep`: found below something that is ours, and left alone because the file can't say it. */
export type Action = 'create' | 'update' | 'delete' | 'keep';

/** One leaf that changes; a node without children counts as a leaf. */
export interface Change {
  /** The leaf, without its values; for a valueless leaf or an empty tag instance, itself. */
  readonly path: Path;
  readonly action: Action;
  /** The values on the router; null when the leaf isn't there, empty when it has no values. */
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
  /** The line of the site file that wants it; for a deletion, what owns it. */
  readonly source?: SitePlace;
  /** The line of the running configuration. */
  readonly running?: number;
  /** What the router's scripts will do to the tunnel, in a few words. */
  readonly impact?: string;
}

/**
 * One command of a configuration session. `prune` deletes a node only when nothing is left below it: what the apply had
 * to create on the way, and somebody else may have used since.
 */
export interface Operation {
  readonly op: 'set' | 'delete' | 'prune';
  readonly path: Path;
}

/** One commit; most plans have one, some need two (docs/edgeos.md 'Order in a commit'). */
export interface Commit {
  readonly run: readonly Operation[];
  /** Puts back what `run` changed. The undos of several commits run in reverse order. */
  readonly undo: readonly Operation[];
}

export type Severity = 'error' | 'warning' | 'note';

/** What a hint asks for: other values in the site file, or commands for a configuration session on the router. */
export type Fix =
  | { readonly kind: 'site'; readonly edits: readonly SiteEdit[] }
  | { readonly kind: 'router'; readonly commands: readonly Operation[] };

export interface SiteEdit {
  /** In the file's own keys. Maps on the way that aren't there are made. */
  readonly path: SitePath;
  /** As YAML would read it; null takes the key out. */
  readonly value: unknown;
}

/** A finding about the plan. An error refuses the apply. */
export interface Finding {
  /** `EW012`; `edgewg explain EW012` explains it. */
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, naming both sides of a conflict. */
  readonly message: string;
  /** The way out. */
  readonly hint?: string;
  /** The same as data, where a machine can do it and nothing more is wrong then. */
  readonly fix?: Fix;
  readonly source?: SitePlace;
  /** The place of the site file that is the other side: of two ends, the cluster's. */
  readonly other?: SitePlace;
  /** The line on the router that is the other side. */
  readonly running?: { readonly line?: number; readonly path: Path };
  /** The flag value of `--allow` that lifts it, such as `cut-off` or `delete=3`. */
  readonly allow?: string;
  /** Why the site file silences it: the reason of an `ignore`, or the limits that let it through. */
  readonly silenced?: string;
}

/**
 * Impact on a tunnel, from the least to the worst: it is made; it goes on; some peers handshake anew or end; all peers handshake
 * anew; its interface goes down and up; it is removed.
 */
export type Effect = 'new' | 'keeps' | 'peer' | 'handshakes' | 'flaps' | 'gone';

/** What an apply does to one tunnel, in the worst of its changes. */
export interface TunnelImpact {
  readonly tunnel: string;
  readonly effect: Effect;
  readonly text: string;
}

/** What a person calls a peer. */
export interface PeerName {
  readonly tunnel: string;
  readonly public_key: string;
  readonly name: string;
}

/** A key file that the apply makes or fills before the session begins; never a key. */
export interface KeyStep {
  readonly tunnel: string;
  /**
   * `generate`: made on the router. `move`: a literal key of the running configuration goes into the file. `write`: the
   * key that the site file refers to.
   */
  readonly do: 'generate' | 'move' | 'write';
  readonly path: string;
  /** For `move`: the leaf that holds the literal. */
  readonly from?: Path;
  /** For `write`: the public key, or `sha256:…` of a preshared key. */
  readonly identity?: string;
  /** The same of the key that it replaces. */
  readonly before?: string;
  readonly source?: SitePlace;
}

/** A helper script of the router: before the session it is put there, or brought back from where an apply took it; after the save it goes. */
export interface HelperStep {
  readonly tunnel: string;
  readonly do: 'put' | 'restore' | 'remove';
  readonly path: string;
  /** For `put`: what it looks after; the rest of it is always the same. */
  readonly watched?: readonly { readonly public_key: string; readonly endpoint: string }[];
  readonly source?: SitePlace;
}

export interface Summary {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly keep: number;
  readonly commands: number;
}

/** About how long an apply takes on its router. */
export interface Duration {
  /** No finer than it is known. */
  readonly about_seconds: number;
  /** First words of paths whose time nobody has measured: it comes on top. */
  readonly unmeasured: readonly string[];
}

export interface Plan {
  readonly format_version: string;
  /** Who the plan was made for, as the site file names it. */
  readonly router: string;
  readonly changes: readonly Change[];
  /** One for each WireGuard interface that changes. */
  readonly impacts?: readonly TunnelImpact[];
  /** Of the peers of the site file, and of those that the router describes. */
  readonly peers?: readonly PeerName[];
  readonly keys: readonly KeyStep[];
  /** Missing where there are none. */
  readonly helpers?: readonly HelperStep[];
  readonly commits: readonly Commit[];
  /** What the site file wants proven after the commit; absent where it wants nothing. */
  readonly proofs?: readonly Proof[];
  readonly diagnostics: readonly Finding[];
  /** SHA-256 of the running configuration without secrets; null when it wasn't read from the router itself. */
  readonly running_digest: string | null;
  readonly summary: Summary;
  /** Absent where no router was read, or its clock of the reading isn't known. */
  readonly duration?: Duration;
}

export function isEmpty(plan: Plan): boolean {
  return isInPlace(plan) && (plan.helpers ?? []).length === 0;
}

/** Nothing is left but what goes after the save. */
export function isInPlace({ commits, keys, helpers = [] }: Plan): boolean {
  return commits.length === 0 && keys.length === 0 && helpers.every(step => step.do === 'remove');
}
