// A packet's way, and how far it is known on the way to its end. Types, and the small steps that every part of it takes.
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Tree } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { allAddresses } from '../firewall/conditions.ts';
import type { ModifyRule } from '../firewall/modify.ts';
import type { NatRule } from '../firewall/nat.ts';
import type { Packets } from '../firewall/packets.ts';
import type { Ranges } from '../firewall/ranges.ts';
import type { Firewall } from '../firewall/ruleset.ts';
import type { Part } from '../firewall/verdict.ts';
import { tellDecider, tellDoubt } from '../firewall/words.ts';
import type { Entry } from './entry.ts';
import type { PeerOnRouter } from './peers.ts';
import type { Routing } from './routing.ts';

export interface World {
  readonly tree: Tree;
  readonly routing: Routing;
  readonly firewall: Firewall;
}

export interface Question {
  /** By which they come in. */
  readonly from: Interface;
  readonly family: Family;
  /** With the state that they have: `new`, unless an answer is asked for. */
  readonly packets: Packets;
}

/**
 * `line`: by an interface that is no tunnel, in clear. `tunnel`: encrypted. `own`: to the router itself. `discarded`: a blackhole.
 * `dropped`: by a modify rule. `refused`: by a ruleset or zone. `no-peer`: no allowed IPs hold the destination. `no-address`: a
 * masquerade by an interface that has no address, with which the kernel drops them.
 */
export type WayEnd =
  | 'line'
  | 'tunnel'
  | 'own'
  | 'discarded'
  | 'dropped'
  | 'refused'
  | 'no-route'
  | 'no-peer'
  | 'no-address'
  | 'unknown';

export interface Way {
  /** As they came in. */
  readonly packets: Packets;
  /** The modify rules that decided about them, in order. */
  readonly by: readonly ModifyRule[];
  /** Those of which the way assumes that they don't take them. */
  readonly notBy: readonly ModifyRule[];
  readonly forwarded?: NatRule;
  /** `main`, `10`, `local`; of a load-balance group its name. */
  readonly table: string;
  readonly route?: Entry;
  readonly out?: Interface;
  /** What let them pass, or refused them. */
  readonly verdict?: Part;
  readonly masked?: NatRule;
  readonly peer?: PeerOnRouter;
  readonly end: WayEnd;
  /** What has to be so for this way, in words; none: it is certain. */
  readonly doubts: readonly string[];
}

/** What later steps know of earlier ones; `packets` with the destination as it is by now. */
export interface Step extends Omit<Way, 'end' | 'packets'> {
  readonly question: Question;
  readonly came: Packets;
  readonly packets: Packets;
}

export const ended = ({ question: _, came, packets: _now, ...rest }: Step, end: WayEnd): Way => ({
  ...rest,
  packets: came,
  end,
});

export const destinationOf = ({ packets, question }: Step): Ranges =>
  packets.destination ?? allAddresses(question.family);

/** The packets as they came in, of those that have one of these destinations by now. */
export const narrowed = ({ came, forwarded }: Step, addresses: Ranges): Packets =>
  forwarded === undefined ? { ...came, destination: addresses } : came;

/** What a ruleset, or several, have decided. */
export function filtered(step: Step, part: Part): Step {
  const doubts = part.doubts.map(tellDoubt);
  const missing = part.action === undefined ? [`${tellDecider(part)}`] : [];
  return { ...step, verdict: part, doubts: [...step.doubts, ...doubts, ...missing] };
}
