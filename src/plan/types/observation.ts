// What the planner came upon while it derived the plan, as data. What it means, and whether it matters, the checks say.
import type { SitePath } from '../../site/site.ts';
import type { Path } from '../../vyatta/tree.ts';

export type Observation =
  | NoRuleset
  | MissingRuleset
  | ForeignRule
  | ForeignNatRule
  | ClampTooSmall
  | ClampShared
  | ClientObservation
  | KeyObservation;

interface Observed {
  /** The place of the site file that asked for it. */
  readonly at: SitePath;
}

/** A port is to be opened in a family for which the site file names no ruleset. */
export interface NoRuleset extends Observed {
  readonly kind: 'no-ruleset';
  readonly tunnel: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Of the rule. */
  readonly number: number;
  readonly port: number;
}

/** The ruleset in which a port is to be opened is neither on the router nor among those of the file. */
export interface MissingRuleset extends Observed {
  readonly kind: 'missing-ruleset';
  readonly tunnel: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly ruleset: string;
  readonly port: number;
  /** Those that guard the router at its uplinks. */
  readonly attached: readonly string[];
}

/** The wanted rule number holds a rule of another purpose. */
export interface ForeignRule extends Observed {
  readonly kind: 'foreign-rule';
  /** The rule on the router. */
  readonly path: Path;
  readonly port: number;
  /** A number that would do; undefined where none comes before what refuses the packets. */
  readonly free: number | undefined;
}

/** The number of a NAT rule holds one of another purpose. */
export interface ForeignNatRule extends Observed {
  readonly kind: 'foreign-nat-rule';
  /** The rule on the router. */
  readonly path: Path;
  /** The next number of the same kind that nobody has. */
  readonly free: number | undefined;
}

/** An interface and its MTU. */
export type TunnelMtu = readonly [name: string, mtu: number];

/** EdgeOS takes no clamp that small. */
export interface ClampTooSmall extends Observed {
  readonly kind: 'clamp-too-small';
  readonly family: 4 | 6;
  /** `mss-clamp` or `mss-clamp6`. */
  readonly node: string;
  readonly tunnel: TunnelMtu;
  /** The smallest that it takes. */
  readonly least: number;
}

/** Other types of interfaces share the clamp, and it changes. */
export interface ClampShared extends Observed {
  readonly kind: 'clamp-shared';
  readonly family: 4 | 6;
  readonly node: string;
  readonly from: number;
  readonly to: number;
  /** Undefined where the file says the number. */
  readonly smallest: TunnelMtu | undefined;
  readonly others: readonly string[];
  /** The value on the router. */
  readonly path: Path;
}

/** What is in the way of clients that are to go through a tunnel. */
export interface ClientObservation extends Observed {
  readonly kind: 'clients';
  readonly tunnel: string;
  /** Their name; undefined where it is about all of the tunnel. */
  readonly client?: string;
  readonly seen:
    | { readonly what: 'no interface'; readonly name: string; readonly inside: readonly string[] }
    | { readonly what: 'disabled' | 'faces the internet' | 'the tunnel itself'; readonly name: string }
    /** A port of a bridge, a bond or a switch, which has what it receives. */
    | { readonly what: 'a port'; readonly name: string; readonly carrier: string }
    /** `addresses`: those of the clients that the server gives out. */
    | {
        readonly what: 'dial in';
        readonly server: string;
        readonly how: 'all' | 'some';
        readonly path: Path;
        readonly addresses: string;
      }
    | { readonly what: 'come in nowhere'; readonly inside: readonly string[] }
    | { readonly what: 'no group'; readonly name: string; readonly have: readonly string[] }
    /** `isPlaced`: there is a place for the rule; it takes nobody until the group has members. */
    | {
        readonly what: 'empty group';
        readonly type: 'address' | 'network';
        readonly name: string;
        readonly end: 'source' | 'destination';
        readonly isPlaced: boolean;
      }
    | { readonly what: 'the router itself'; readonly address: string; readonly path: Path }
    | { readonly what: 'IPv6 by itself'; readonly iface: string }
    | {
        readonly what: 'shared ruleset';
        readonly family: 4 | 6;
        readonly ruleset: string;
        readonly ifaces: readonly string[];
      }
    | {
        readonly what: 'table taken';
        readonly table: number;
        readonly path: Path;
        readonly free: number | undefined;
      }
    | { readonly what: 'no table' }
    | {
        readonly what: 'rule taken';
        readonly number: number;
        readonly path: Path;
        readonly free: number | undefined;
      }
    | { readonly what: 'too late'; readonly number: number; readonly before: Path }
    /** No room before it for what lets own networks past. */
    | { readonly what: 'too early'; readonly number: number; readonly ruleset: string }
    | {
        readonly what: 'same number';
        readonly number: number;
        readonly with: string;
        readonly withAt: SitePath;
        readonly free: number | undefined;
      }
    | { readonly what: 'no number'; readonly ruleset: string; readonly before: Path | undefined }
    | {
        readonly what: 'overlap';
        readonly with: string;
        readonly withAt: SitePath;
        readonly packets: string;
      };
}

/** A key that the site file names. */
export interface NamedKey {
  readonly tunnel: string;
  /** Of a preshared key; undefined for the private key of the tunnel. */
  readonly peer: string | undefined;
}

export interface KeyObservation extends Observed {
  readonly kind: 'key';
  readonly key: NamedKey;
  readonly seen:
    | { readonly what: 'not known yet' /** The leaf is there. */; readonly stays: boolean }
    | { readonly what: 'changes'; readonly from: string | undefined; readonly to: string | undefined }
    | { readonly what: 'missing' | 'no key' | 'another key'; readonly path: string }
    | { readonly what: 'unreadable'; readonly path: string; readonly mode: string; readonly user: string };
}
