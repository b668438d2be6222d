// The MSS clamp: one number per family for all interface types, so it must suit the smallest tunnel, and others share it
// (docs/edgeos.md 'Clamps'). Other types are kept; what changes for them is said.
import type { Site } from '../../site/site.ts';
import { find, type Tree, value, values } from '../../vyatta/tree.ts';
import { clamp6Range, clampRange, leastIpv6Mtu, segmentSize, tellSegment } from '../../wireguard/mtu.ts';
import type { Wanted } from './builder.ts';

const families = [
  { name: 'ipv4', family: 4, node: 'mss-clamp', range: clampRange },
  { name: 'ipv6', family: 6, node: 'mss-clamp6', range: clamp6Range },
] as const;
type FamilyEntry = (typeof families)[number];

/** The interface with the least MTU. */
type Smallest = readonly [name: string, mtu: number];

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

function automatic(wanted: Wanted, entry: FamilyEntry, [name, mtu]: Smallest): number | undefined {
  const mss = segmentSize(mtu, entry.family);
  if (mss >= entry.range.min && mss <= entry.range.max) return mss;
  if (entry.family === 6 && mtu < leastIpv6Mtu) return undefined;
  if (mss > entry.range.max) return entry.range.max;
  wanted.report(
    {
      code: 'EW003',
      severity: 'warning',
      message: `${name} has MTU ${mtu}, so its MSS would be ${mss} (${tellSegment(mtu, entry.family)}), and EdgeOS takes no ${entry.node} below ${entry.range.min}: it is left as it is`,
      hint: `an MTU of at least ${entry.range.min + (mtu - mss)} can be clamped; or say mssClamp: { ${entry.name}: off }`,
    },
    ['mssClamp', entry.name],
  );
  return undefined;
}

function wantClamp(
  wanted: Wanted,
  entry: FamilyEntry,
  running: Tree,
  mss: number,
  smallest: Smallest | undefined,
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
  const leaf = [...path, 'mss', there];
  const line = find(running, leaf)?.line;
  wanted.report(
    {
      code: 'EW004',
      severity: 'warning',
      message: tellShared(entry, { from: found, to: mss, smallest, others }),
      hint: `usually let it be; or keep ${there} by mssClamp: { ${entry.name}: off }, and TCP through the tunnels relies on path MTU discovery`,
      running: { path: leaf, ...(line === undefined ? {} : { line }) },
    },
    at,
  );
}

interface Shared {
  readonly from: number;
  readonly to: number;
  /** Undefined where the file says the number. */
  readonly smallest: Smallest | undefined;
  readonly others: readonly string[];
}

/** What the other types of interfaces lose or risk, with the sums on both sides. */
function tellShared({ node, family }: FamilyEntry, { from, to, smallest, others }: Shared): string {
  const line = from - segmentSize(0, family);
  const why =
    smallest === undefined ? 'as the file says' : `${smallest[0]}: ${tellSegment(smallest[1], family)}`;
  const types = others.join(', ') || 'the other types';
  const effect =
    from < to
      ? `may grow by ${to - from} bytes, and a line of ${line} has no room for that`
      : `shrink by ${from - to} bytes, ${(((from - to) / from) * 100).toFixed(1)} %`;
  return `${node} has one value for all interface types: ${from} (${tellSegment(line, family)}) becomes ${to} (${why}), and TCP segments on ${types} ${effect}`;
}
