// EW212: a static route to what BGP announces. Static routes win over BGP's for the same prefix, and a longer one always
// does, so that packets keep going to one server when the address has moved to another
// (docs/faq.md 'Why must routes leave out announced ranges?').
import type { Entry } from '../../model/routing/entry.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Neighbor } from '../../site/site.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import { siteFix } from '../fix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere, placeOfRoute, tellEntry } from './routes.ts';

export const staticOverBgp: Check = {
  explanations: {
    EW212: {
      title: 'a static route stands against what BGP announces',
      ignorable: true,
      why: `MetalLB announces a service's address from whichever server carries it. A static route to the same prefix, or to a
      longer one, wins over BGP: packets keep going to one server when the address has moved to the other.`,
      way: `Leave the range to BGP alone: it belongs into AllowedIPs of every tunnel that may carry it, and into accept of the
      neighbours, not into routes. With routeAllowedIPs: true the AllowedIPs are routes as well.`,
    },
  },
  find(input) {
    const told = new Set<string>();
    return (input.site.bgp?.neighbors ?? [])
      .filter(neighbor => !neighbor.disable)
      .flatMap(neighbor => neighbor.accept.flatMap(text => against(input, neighbor, text, told)));
  },
};

/** One finding for each route, however many neighbours announce the range. */
function against(input: CheckInput, neighbor: Neighbor, text: string, told: Set<string>): Finding[] {
  const { main } = viewOf(input).after.routing;
  const range = parsePrefix(text);
  if (range === undefined) return [];
  const fixed = [...main.at(range), ...main.inside(range)].filter(isStatic);
  const wider = main.covering(range).flat();
  const around = wider.filter(
    one => isStatic(one) && one.prefix.length > 0 && one.prefix.length < range.length,
  );
  return [...fixed, ...around].flatMap(entry => {
    const key = entry.path.join(' ');
    if (told.has(key)) return [];
    told.add(key);
    const wins = fixed.includes(entry);
    const at = placeOfRoute(input, entry) ?? [...neighbor.at, 'accept', neighbor.accept.indexOf(text)];
    return finding(input, at, {
      code: 'EW212',
      severity: wins ? 'error' : 'note',
      message: wins
        ? `the static route ${tellEntry(input, entry)} wins over what BGP neighbour ${neighbor.address} announces of ${text}: packets would stay there when the address moves`
        : `${text} by BGP from ${neighbor.address} lies within the static route ${tellEntry(input, entry)}, which takes over whenever nothing is announced`,
      hint: wins
        ? 'leave the range to BGP: take it out of the static routes, or set routeAllowedIPs: false'
        : 'a blackhole route to the range at distance 254 would drop it instead',
      ...(wins && entry.origin === 'interface' && placeOfRoute(input, entry) !== undefined
        ? siteFix({ path: at, value: null })
        : {}),
      ...alreadyThere(input, entry.path),
    });
  });
}

const isStatic = ({ origin }: Entry): boolean =>
  origin === 'interface' || origin === 'route' || origin === 'allowedIPs';
