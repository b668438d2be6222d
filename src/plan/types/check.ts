// What a plan is made of, and what a check looks at. Types alone, so that nobody imports the planner for them.
import type { Site, SitePath, SitePlace } from '../../site/site.ts';
import type { Tree } from '../../vyatta/tree.ts';
import type { KeyIdentity } from '../../wireguard/key.ts';
import type { RouterFacts } from './facts.ts';
import type { Change, Diagnostic, TunnelImpact } from './plan.ts';

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
}

/** One small pure function in a file of its own. */
export type Check = (input: CheckInput) => readonly Diagnostic[];
