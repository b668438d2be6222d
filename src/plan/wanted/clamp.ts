// The MSS clamp: one number per family for all interface types, so it must suit the smallest tunnel, and others share it
// (docs/edgeos.md 'Clamps'). Other types are kept; what changes for them is said.
import type { Site } from '../../site/site.ts';
import { type Tree, value, values } from '../../vyatta/tree.ts';
import { clamp6Range, clampRange, leastIpv6Mtu, segmentSize } from '../../wireguard/mtu.ts';
import type { TunnelMtu } from '../types/observation.ts';
import type { Wanted } from './builder.ts';

const families = [
  { name: 'ipv4', family: 4, node: 'mss-clamp', range: clampRange },
  { name: 'ipv6', family: 6, node: 'mss-clamp6', range: clamp6Range },
] as const;
type FamilyEntry = (typeof families)[number];

/** `mtus`: of every WireGuard interface after the change, by name. Nothing is wanted while there is none. */
export function wantClamps(
  wanted: Wanted,
  site: Site,
  running: Tree,
  mtus: ReadonlyMap<string, number>,
): void {
  const smallest = [...mtus].sort(([, a], [, b]) => a - b)[0];
  if (smallest === undefined) return;
  for (const entry of families) {
    const said = site.mssClamp[entry.name] ?? 'auto';
    if (said === 'off') continue;
    const mss = said === 'auto' ? automatic(wanted, entry, smallest) : said;
    if (mss !== undefined) wantClamp(wanted, entry, running, mss, said === 'auto' ? smallest : undefined);
  }
}

function automatic(wanted: Wanted, entry: FamilyEntry, [name, mtu]: TunnelMtu): number | undefined {
  const mss = segmentSize(mtu, entry.family);
  if (mss >= entry.range.min && mss <= entry.range.max) return mss;
  if (entry.family === 6 && mtu < leastIpv6Mtu) return undefined;
  if (mss > entry.range.max) return entry.range.max;
  wanted.observe({
    kind: 'clamp-too-small',
    at: ['mssClamp', entry.name],
    family: entry.family,
    node: entry.node,
    tunnel: [name, mtu],
    least: entry.range.min,
  });
  return undefined;
}

function wantClamp(
  wanted: Wanted,
  entry: FamilyEntry,
  running: Tree,
  mss: number,
  smallest: TunnelMtu | undefined,
): void {
  const path = ['firewall', 'options', entry.node];
  const at = ['mssClamp', entry.name];
  const types = values(running, [...path, 'interface-type']);
  const others = types.filter(type => type !== 'wg');
  const there = value(running, [...path, 'mss']);
  // without a type the clamp works on types that EdgeOS chooses: somebody relies on them, and `all` has them all
  const shared = others.length > 0 || (there !== undefined && types.length === 0);
  // wanted as they are, since what is wanted of a leaf is all of it
  for (const type of others) wanted.set([...path, 'interface-type', type], at);
  if (!types.includes('all'))
    wanted.set([...path, 'interface-type', there !== undefined && types.length === 0 ? 'all' : 'wg'], at);

  const found = Number(there);
  if (smallest !== undefined && shared && there !== undefined && found <= mss) {
    // smaller is safe for the tunnels, and raising it could break the link that it was made for
    wanted.set([...path, 'mss', there], at);
    return;
  }
  wanted.set([...path, 'mss', String(mss)], at);
  if (!shared || there === undefined || found === mss) return;
  const { family, node } = entry;
  const leaf = [...path, 'mss', there];
  wanted.observe({
    kind: 'clamp-shared',
    at,
    family,
    node,
    from: found,
    to: mss,
    smallest,
    others,
    path: leaf,
  });
}
