// Packets of clients by one end of them, as the file says it and as addresses.
import type { Ranges } from '../../model/firewall/ranges.ts';
import type { ClientObservation } from '../../plan/types/observation.ts';
import type { Said } from './kinds.ts';

/** Some packets by their source or destination: EdgeOS's words, and the addresses; undefined for all. */
export interface End {
  readonly said: Said | undefined;
  readonly addresses: Ranges | undefined;
  /** Of a group of which only the router knows who is in it: it may hold all of `addresses`, or nobody. */
  readonly isInDoubt?: true;
}

/** What is in the way of clients. */
export type Seen = ClientObservation['seen'];

export const isSeen = (one: object): one is Seen => 'what' in one;

/** A group without members, of which a rule takes nothing yet. */
export function emptyGroup(
  { said, addresses }: End,
  where: Pick<Extract<Seen, { what: 'empty group' }>, 'end' | 'isPlaced'>,
): Seen | undefined {
  if (addresses?.length !== 0) return undefined;
  const { address, network } = said?.group ?? {};
  const type = network === undefined ? 'address' : 'network';
  return { what: 'empty group', type, name: network ?? address ?? '', ...where };
}
