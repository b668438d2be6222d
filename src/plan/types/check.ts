// What a plan is made of, and what a check looks at. Types alone, so that nobody imports the planner for them.
import type { Site, SitePath, SitePlace } from '../../site/site.ts';
import type { Tree } from '../../vyatta/tree.ts';
import type { KeyIdentity } from '../../wireguard/key.ts';
import type { RouterFacts } from './facts.ts';
import type { Observation } from './observation.ts';
import type { Change, Commit, Finding, TunnelImpact } from './plan.ts';

/** Where something stands in the site file. */
export type PlaceOf = (at: SitePath) => SitePlace;

/** What is known of the key that a reference at a path of the site file yields. */
export type IdentityOf = (at: SitePath) => KeyIdentity | undefined;

export interface PlanInput {
  readonly site: Site;
  readonly placeOf: PlaceOf;
  /** Without secrets: `redact` (src/vyatta/redact.ts) it first. */
  readonly running: Tree;
  /** Undefined when the configuration didn't come from a router. */
  readonly facts?: RouterFacts;
  /** The release that a saved configuration names; of a router its facts tell it. */
  readonly version?: string | undefined;
  /** For keys that are references; by default none of them is known. */
  readonly identityOf?: IdentityOf;
}

/** What the checks look at: both configurations as whole trees, and the changes between them. */
export interface CheckInput extends PlanInput {
  /** Only what the file wants. */
  readonly wanted: Tree;
  /** The whole configuration after the apply. */
  readonly after: Tree;
  readonly changes: readonly Change[];
  readonly impacts: readonly TunnelImpact[];
  readonly commits: readonly Commit[];
  readonly observed: readonly Observation[];
}

/** What a finding means, at length. */
export interface Explanation {
  /** One line: what the finding says. */
  readonly title: string;
  /** Why it matters, in the router's or the network's terms. */
  readonly why: string;
  /** What to do about it. */
  readonly way: string;
  /**
   * The site file may ignore it although it is an error: what fails is a tunnel of the file or its other end, and a person may
   * know better. Errors that guard the router, its saved configuration or the way in never are.
   */
  readonly ignorable?: true;
}

export type Explanations = Readonly<Record<string, Explanation>>;

/** One check, pure, in a file of its own, with what its findings mean by code. */
export interface Check {
  readonly explanations: Explanations;
  readonly find: (input: CheckInput) => readonly Finding[];
}

/** What was applied and is to be undone. */
export interface Applied {
  readonly id: string;
  readonly router: string;
  /** As they were run, the first first. */
  readonly commits: readonly Commit[];
}

export interface RollbackInput {
  readonly apply: Applied;
  readonly running: Tree;
  /** Those of the rollback. */
  readonly commits: readonly Commit[];
  /** Those on the router, by path; undefined where that isn't known. */
  readonly keyFiles: ReadonlyMap<string, unknown> | undefined;
}

/** A check of a rollback that isn't empty. */
export interface RollbackCheck {
  readonly explanations: Explanations;
  readonly find: (input: RollbackInput) => readonly Finding[];
}
