// EW212: a static route to what BGP announces. Static routes win over BGP's for the same prefix, and a longer one always
// does, so that packets keep going to one server when the address has moved to another (design, 'Routes are explicit').
import type { Entry } from '../../routing/entry.ts';
import type { Neighbor } from '../../site/site.ts';
import { parsePrefix } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { alreadyThere, placeOfRoute, tellEntry } from './routes.ts';
import { finding, viewOf } from './view.ts';

export function staticOverBgp(prospect: Prospect): Diagnostic[] {
  const told = new Set<string>();
  return (prospect.site.bgp?.neighbors ?? [])
    .filter(neighbor => !neighbor.disable)
    .flatMap(neighbor => neighbor.accept.flatMap(text => against(prospect, neighbor, text, told)));
}

/** One finding for each route, however many neighbours announce the range. */
function against(prospect: Prospect, neighbor: Neighbor, text: string, told: Set<string>): Diagnostic[] {
  const { main } = viewOf(prospect).after.routing;
  const range = parsePrefix(text);
  if (range === undefined) return [];
  const [equal = [], ...wider] = [
    main.at(range),
    ...main.covering(range).filter(list => list !== main.at(range)),
  ];
  const fixed = [...equal, ...main.inside(range)].filter(isStatic);
  const around = wider.flat().filter(entry => isStatic(entry) && entry.prefix.length > 0);
  return [...fixed, ...around].flatMap(entry => {
    const key = entry.path.join(' ');
    if (told.has(key)) return [];
    told.add(key);
    const wins = fixed.includes(entry);
    const at = placeOfRoute(prospect, entry) ?? [...neighbor.at, 'accept', neighbor.accept.indexOf(text)];
    return finding(prospect, at, {
      code: 'EW212',
      severity: wins ? 'error' : 'note',
      message: wins
        ? `the static route ${tellEntry(prospect, entry)} wins over what BGP neighbour ${neighbor.address} announces of ${text}: packets would stay there when the address moves`
        : `${text} by BGP from ${neighbor.address} lies within the static route ${tellEntry(prospect, entry)}, which takes over whenever nothing is announced`,
      hint: wins
        ? 'leave the range to BGP: take it out of the static routes, or set routeAllowedIPs: false'
        : 'a blackhole route to the range at distance 254 would drop it instead',
      ...alreadyThere(prospect, entry.path),
    });
  });
}

const isStatic = ({ origin }: Entry): boolean =>
  origin === 'interface-route' || origin === 'route' || origin === 'allowed-ips';
