// EW130 and EW131: allowed IPs that two peers of one interface have. WireGuard keeps one owner for a prefix: the last `wg set` moves it
// without a word, and the other peer is left without (docs/edgeos.md 'Allowed IPs', W!80). EdgeOS compares texts, and only sometimes; here notations
// are one: host bits, comma lists, IPv6 in long form. Between peers of the file it is a rule of the file.
import { difference } from '../../model/firewall/ranges.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import { has } from '../../vyatta/tree.ts';
import { covers, printPrefix } from '../../wireguard/prefix.ts';
import { finding, lineOf, viewOf } from '../view.ts';
import {
  allOf,
  nameOf,
  type Owned,
  ownedBy,
  placeOfAllowed,
  rangeOf,
  tellAllowed,
} from './crypto-routing.ts';
import { alreadyThere, listed, livingTunnels } from './routes.ts';

/** The same prefix twice: an error, since the plan would take it from somebody. */
export const allowedTwice: Check = {
  explanations: {
    EW130: {
      title: 'two peers of one interface have the same allowed IPs',
      why: `WireGuard picks the peer by the packet's destination, so a prefix has one owner on an interface. Setting it for another
      peer moves it without a word, and the first one shows "allowed ips: (none)". EdgeOS compares the texts and only when the
      whole interface is set, so 10.0.0.1/24 and 10.0.0.0/24, a comma list, or a peer that is added later pass its check.
      edgewg compares the addresses, of the file's peers and of those that only the router has.`,
      way: `Take the prefix from one of the two peers. If both must have it (a range that moves between servers), give each peer
      an interface of its own: then routes and BGP decide.`,
    },
  },
  find(input) {
    return eachTunnel(input, (tunnel, owned) => {
      const first = new Map<string, Owned>();
      return owned.flatMap(one => {
        const key = printPrefix(one.prefix);
        const other = first.get(key);
        if (other === undefined) first.set(key, one);
        return other === undefined || other.peer.key === one.peer.key
          ? []
          : [twice(input, tunnel, other, one)];
      });
    });
  },
};

function twice(input: CheckInput, tunnel: Tunnel, a: Owned, b: Owned): Finding {
  // the file's side has the place, the router's is the other one
  const [mine, other] = placeOfAllowed(tunnel, b) === undefined ? [a, b] : [b, a];
  const at = placeOfAllowed(tunnel, mine);
  const isOld = has(input.running, a.path) && has(input.running, b.path);
  return finding(input, at ?? tunnel.at, {
    code: 'EW130',
    severity: at === undefined && isOld ? 'warning' : 'error',
    message: `${tunnel.name}: ${tellAllowed(mine)} of ${nameOf(tunnel, mine.peer)} is also ${tellAllowed(other)} of ${nameOf(tunnel, other.peer)}: WireGuard gives it to whichever is set last, and the other peer gets nothing more of it`,
    hint: `a prefix belongs to one peer of an interface: take it from one of the two, or give that peer an interface of its own`,
    ...alreadyThere(input, other.path),
  });
}

/** A prefix within another peer's: legal, the longer one wins. Told when the plan makes it so, a warning when nothing is left of the wider. */
export const allowedWithin: Check = {
  explanations: {
    EW131: {
      title: "allowed IPs lie within another peer's",
      why: `Of prefixes that hold an address the longest wins, as with routes. That is how a default route through one peer and
      single addresses of others exist together, and is reported only because it is easily done by accident. A warning: the
      longer prefixes leave nothing of the wider one.`,
      way: 'Nothing, if it is meant so. Otherwise narrow the wider prefix.',
    },
  },
  find(input) {
    return eachTunnel(input, (tunnel, owned) =>
      [...nested(owned)].flatMap(([wide, inner]) => {
        const isOld = [wide, ...inner].every(one => has(input.running, one.path));
        // everything but what others have is what a default route through a tunnel means
        return isOld || wide.prefix.length === 0 ? [] : [within(input, tunnel, wide, inner)];
      }),
    );
  },
};

/** Each with the longer prefixes of other peers that lie in it; in the order of addresses, so that one pass finds them. */
function nested(owned: readonly Owned[]): Map<Owned, Owned[]> {
  const sorted = [...owned].sort(({ prefix: a }, { prefix: b }) => {
    if (a.family !== b.family) return a.family - b.family;
    return a.first === b.first ? a.length - b.length : a.first < b.first ? -1 : 1;
  });
  const found = new Map<Owned, Owned[]>();
  const around: Owned[] = [];
  for (const one of sorted) {
    while (around.length > 0 && !covers((around.at(-1) ?? one).prefix, one.prefix)) around.pop();
    for (const wide of around)
      if (wide.peer.key !== one.peer.key && wide.prefix.length < one.prefix.length)
        found.set(wide, [...(found.get(wide) ?? []), one]);
    around.push(one);
  }
  return found;
}

const most = 4;

function within(input: CheckInput, tunnel: Tunnel, wide: Owned, inner: readonly Owned[]): Finding {
  const left = difference(rangeOf(wide.prefix), allOf(inner, wide.prefix.family));
  const [first] = inner;
  const at = placeOfAllowed(tunnel, wide) ?? (first && placeOfAllowed(tunnel, first)) ?? tunnel.at;
  const words = inner.slice(0, most).map(one => {
    const place = placeOfAllowed(tunnel, one);
    return `${tellAllowed(one)} of ${nameOf(tunnel, one.peer)}${place === undefined ? '' : lineOf(input, place)}`;
  });
  const others = listed(inner.length > most ? [...words, `${inner.length - most} more`] : words);
  const isAll = left.length === 0;
  return finding(input, at, {
    code: 'EW131',
    severity: isAll ? 'warning' : 'note',
    message: `${tunnel.name}: ${tellAllowed(wide)} of ${nameOf(tunnel, wide.peer)} holds ${others}, and the longer prefix wins${isAll ? ': nothing of it is left' : ' for its part'}`,
    ...(isAll && { hint: `take ${printPrefix(wide.prefix)} out, or the prefixes within it` }),
    ...[wide, ...inner].map(one => alreadyThere(input, one.path)).find(found => found.running !== undefined),
  });
}

function eachTunnel(
  input: CheckInput,
  look: (tunnel: Tunnel, owned: readonly Owned[]) => Finding[],
): Finding[] {
  const { after } = viewOf(input);
  return livingTunnels(input).flatMap(tunnel => {
    const iface = after.iface(tunnel.name);
    return iface === undefined ? [] : look(tunnel, ownedBy(iface));
  });
}
