// The path of one conversation with the router, before and after a plan: by which interface it comes, what lets it in, by which
// route the answers go. Asked for SSH sessions, and for the tunnels that carry them.
import { stagesToRouter } from '../../model/firewall/attached.ts';
import { type Packets, states } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { only } from '../../model/firewall/ranges.ts';
import { type Part, passage, passes } from '../../model/firewall/verdict.ts';
import { tellParts } from '../../model/firewall/words.ts';
import type { Entry } from '../../model/routing/entry.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { SitePath } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { type Family, host, parseAddress } from '../../wireguard/prefix.ts';
import { placeOfRoute, tellEntry } from '../routing/routes.ts';
import type { Side } from '../view.ts';

export interface Conversation {
  readonly family: Family;
  readonly from: bigint;
  /** The router's side; undefined where it may be any of its addresses. */
  readonly to: bigint | undefined;
  readonly protocol: 6 | 17;
  readonly port: number;
  /** The interface that a link-local address names (`fe80::1%eth1`). */
  readonly zone?: string;
}

/** Undefined when one of them is no address. */
export function conversation(
  from: string,
  to: string | undefined,
  protocol: 6 | 17,
  port: number,
): Conversation | undefined {
  const [address = '', zone] = from.split('%');
  const source = parseAddress(address);
  const target = parseAddress(to?.split('%')[0] ?? '');
  if (source === undefined || (to !== undefined && target === undefined)) return undefined;
  return {
    family: source.family,
    from: source.address,
    to: target?.address,
    protocol,
    port,
    ...(zone !== undefined && { zone }),
  };
}

/** What may end it: `isSure` says that it does. */
export interface Threat {
  readonly text: string;
  readonly isSure: boolean;
  readonly at?: SitePath;
}

/** One side's view of a conversation. The interface is the one by which the answers go. */
export interface Path {
  readonly back: readonly Entry[];
  readonly iface: Interface | undefined;
  readonly parts: readonly Part[];
}

export function pathOf(side: Side, { family, from, to, protocol, port, zone }: Conversation): Path {
  const back = zone === undefined ? side.routing.main.best(host(family, from)) : [];
  const iface = side.iface(zone ?? back[0]?.out ?? '');
  if (iface === undefined) return { back, iface, parts: [] };
  const question: Packets = {
    protocol: only(protocol),
    state: only(states.new),
    source: only(from),
    destinationPort: only(port),
    ...(to !== undefined && { destination: only(to) }),
  };
  const parts = askStages(side.firewall, stagesToRouter(side.tree, iface, family), family, question);
  return { back, iface, parts };
}

/** What the plan changes on the path, from the router's address to the way of the answers. `who` is the other end in words. */
export function threats(
  input: CheckInput,
  { before, after }: { before: Side; after: Side },
  talk: Conversation,
  who: string,
): Threat[] {
  const was = pathOf(before, talk);
  const is = pathOf(after, talk);
  return [
    ...addressGone(before, after, talk),
    ...rerouted(input, { before, after }, talk, { was, is, who }),
    ...filtered(was, is, who),
  ];
}

function addressGone(before: Side, after: Side, { family, to }: Conversation): Threat[] {
  if (to === undefined || before.routing.own(family, to) === undefined) return [];
  if (after.routing.own(family, to) !== undefined) return [];
  const { iface, text } = before.routing.own(family, to) ?? {};
  return [{ text: `the router loses ${text} on ${iface?.name}`, isSure: true }];
}

function rerouted(
  input: CheckInput,
  { before, after }: { before: Side; after: Side },
  { family, from, zone }: Conversation,
  { was, is, who }: { was: Path; is: Path; who: string },
): Threat[] {
  if (zone !== undefined)
    return is.iface === undefined || is.iface.disabled ? [{ text: `${zone} goes`, isSure: true }] : [];
  const [next] = is.back;
  const outs = (path: Path): string => path.back.map(entry => entry.out ?? entry.via ?? 'nowhere').join();
  if (outs(was) !== outs(is)) {
    const at = next && placeOfRoute(input, next);
    const shared = was.iface !== undefined && is.back.some(entry => entry.out === was.iface?.name);
    const way = is.back.map(entry => tellEntry(input, entry)).join(', ');
    return [
      {
        text:
          next === undefined
            ? `no route leads back to ${who}`
            : `answers to ${who} go ${shared ? 'partly ' : ''}another way: ${way}`,
        // Where the configuration doesn't say how they went before, it doesn't tell whether that is worse.
        isSure: !shared && was.iface !== undefined,
        ...(at && { at }),
      },
    ];
  }
  const target = host(family, from);
  const known = new Set(before.routing.mayWin(target).map(one => `${one.neighbor} ${one.out}`));
  return after.routing
    .mayWin(target)
    .filter(one => one.out !== was.iface?.name && !known.has(`${one.neighbor} ${one.out}`))
    .map(one => ({
      text: `BGP neighbour ${one.neighbor} may announce the way back to ${who} through ${one.out ?? 'another interface'}`,
      isSure: false,
    }));
}

function filtered(was: Path, is: Path, who: string): Threat[] {
  if (was.iface?.name !== is.iface?.name || passage(is.parts) === 'all') return [];
  const [earlier, now] = [passage(was.parts), passage(is.parts)];
  if (earlier === 'none' || earlier === now) return [];
  const refusing = is.parts.filter(part => passes(part) !== 'yes');
  return [
    { text: `${who} is refused at ${is.iface?.name} by ${tellParts(refusing)}`, isSure: now === 'none' },
  ];
}
