// Templates that a firmware may lack and that the wanted configuration may need, by the name of their probe (read.sh, `templates`).
import type { Path } from '../vyatta/tree.ts';
import { clamp, ownType } from './clamp.ts';
import { bgp, neighbor, prefixList } from './neighbor.ts';
import { guard, route } from './route.ts';

export const clampTemplates = [
  { probe: 'mss-clamp-wg', family: 4, name: 'ipv4' },
  { probe: 'mss-clamp6-wg', family: 6, name: 'ipv6' },
] as const;

/** The node that the probe of a clamp asks for. */
export const clampOfTunnels = (family: 4 | 6): Path => [...clamp.leaf('interfaceTypes', family), ownType];

export type Template = 'ipv6Routes' | 'ipv6Guards' | 'ipv6PrefixLists' | 'prefixLists' | 'maximumPaths';

interface Probed {
  readonly probe: string;
  /** A node of the wanted configuration needs it. */
  is(path: Path): boolean;
  /** The node as a report names it. */
  readonly name: string;
}

export const templates: Readonly<Record<Template, Probed>> = {
  ipv6Routes: {
    probe: 'interface-route6',
    is: path => route.match(path)?.instance[0] === 6,
    name: 'protocols static interface-route6',
  },
  ipv6Guards: {
    probe: 'route6-blackhole',
    is: path => guard.match(path)?.instance[0] === 6,
    name: 'protocols static route6 … blackhole',
  },
  ipv6PrefixLists: {
    probe: 'prefix-list6',
    is: path => prefixList.match(path)?.instance[0] === 6,
    name: 'policy prefix-list6',
  },
  prefixLists: {
    probe: 'bgp-prefix-list',
    is: path => neighbor.match(path)?.below[0] === 'prefix-list',
    name: 'protocols bgp … neighbor … prefix-list import',
  },
  maximumPaths: {
    probe: 'bgp-maximum-paths',
    is: path => bgp.match(path)?.below[0] === 'maximum-paths',
    name: 'protocols bgp … maximum-paths',
  },
};
