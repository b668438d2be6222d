// The MSS clamp: one number per family for all interface types, so it must suit the smallest tunnel, and others share it
// (docs/edgeos.md 'Clamps'). Other types are kept; what changes for them is said.
import type { TunnelMtu } from '../plan/types/observation.ts';
import { managesInterface } from '../site/manages.ts';
import type { Site } from '../site/site.ts';
import type { Tree } from '../vyatta/tree.ts';
import { clamp6Range, clampRange, leastIpv6Mtu, segmentSize } from '../wireguard/mtu.ts';
import type { Family } from '../wireguard/prefix.ts';
import type { Draft } from './draft.ts';
import { type KeyOf, Kind } from './kind.ts';
import { leafOf } from './leaf.ts';
import { tunnel } from './tunnel.ts';
import type { Wanted } from './wanted.ts';

const leaf = leafOf<{ readonly mss: number }>();
const leaves = [leaf('interface-type', 'interfaceTypes'), leaf('mss', 'mss')];

export const clamp: Kind<[family: Family], KeyOf<typeof leaves>> = new Kind({
  at: ['firewall', 'options', { 4: 'mss-clamp', 6: 'mss-clamp6' }],
  leaves,
  title: family => ({
    title: `MSS clamp for IPv${family}`,
    order: ['MSS clamp', String(family), 0],
  }),
});

/** The interface type of WireGuard, and that of all. */
export const ownType = 'wg';
const allTypes = 'all';

/** The clamp works on the interfaces of WireGuard. */
export const isForTunnels = (types: readonly string[]): boolean =>
  types.includes(ownType) || types.includes(allTypes);

/** `mss-clamp` and `mss-clamp6`. */
export const clampNode = (family: Family): string => clamp.path(family).at(-1) ?? '';

const families = [
  { name: 'ipv4', family: 4, node: clampNode(4), range: clampRange },
  { name: 'ipv6', family: 6, node: clampNode(6), range: clamp6Range },
] as const;
type FamilyEntry = (typeof families)[number];

/** Nothing is wanted of a file without tunnels. `wanted` has all of its tunnels already. */
export function wantClamps(wanted: Wanted, site: Site): void {
  if (site.tunnels.length === 0) return;
  const smallest = [...mtusAfter(site, wanted)].sort(([, a], [, b]) => a - b)[0];
  if (smallest === undefined) return;
  for (const entry of families) {
    const said = site.mssClamp[entry.name] ?? 'auto';
    if (said === 'off') continue;
    const mss = said === 'auto' ? automatic(wanted, entry, smallest) : said;
    if (mss !== undefined) wantClamp(wanted, entry, mss, said === 'auto' ? smallest : undefined);
  }
}

/** The package's (docs/edgeos.md 'WireGuard nodes'). */
const standardMtu = 1420;

/** The MTU of every WireGuard interface that there is after the change. */
function mtusAfter(site: Site, { running, tree }: Wanted): Map<string, number> {
  const named = new Set(site.tunnels.map(({ name }) => name));
  const mtus = new Map<string, number>();
  for (const name of tunnel.names(running))
    if (named.has(name) || !(managesInterface(site, name) || site.absent.tunnels.includes(name)))
      mtus.set(name, Number(tunnel.value(running, 'mtu', name) ?? standardMtu));
  for (const name of tunnel.names(tree)) {
    const said = tunnel.value(tree, 'mtu', name);
    if (said !== undefined) mtus.set(name, Number(said));
    else if (!mtus.has(name)) mtus.set(name, standardMtu);
  }
  return mtus;
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

function wantClamp(wanted: Wanted, entry: FamilyEntry, mss: number, smallest: TunnelMtu | undefined): void {
  const { running } = wanted;
  const type = clamp.leaf('interfaceTypes', entry.family);
  const size = clamp.leaf('mss', entry.family);
  const at = ['mssClamp', entry.name];
  const types = clamp.values(running, 'interfaceTypes', entry.family);
  const others = types.filter(one => one !== ownType);
  const there = clamp.value(running, 'mss', entry.family);
  // without a type the clamp works on types that EdgeOS chooses: somebody relies on them, and `all` has them all
  const shared = others.length > 0 || (there !== undefined && types.length === 0);
  // wanted as they are, since what is wanted of a leaf is all of it
  for (const other of others) wanted.set([...type, other], at);
  if (!types.includes(allTypes))
    wanted.set([...type, there !== undefined && types.length === 0 ? allTypes : ownType], at);

  const found = Number(there);
  if (smallest !== undefined && shared && there !== undefined && found <= mss) {
    // smaller is safe for the tunnels, and raising it could break the link that it was made for
    wanted.set([...size, there], at);
    return;
  }
  wanted.set([...size, String(mss)], at);
  if (!shared || there === undefined || found === mss) return;
  const { family, node } = entry;
  const path = [...size, there];
  wanted.observe({ kind: 'clamp-shared', at, family, node, from: found, to: mss, smallest, others, path });
}

/** EdgeOS has one number for all types: what holds for tunnels is said, and nothing is asked for where nothing does. */
export function draftClamps(draft: Draft, running: Tree): void {
  for (const { name, family } of families) {
    const types = clamp.values(running, 'interfaceTypes', family);
    const mss = clamp.value(running, 'mss', family);
    const holds = mss !== undefined && isForTunnels(types);
    draft.set(['mssClamp', name], holds ? Number(mss) : 'off', holds ? clamp.path(family) : undefined, 'off');
  }
}
