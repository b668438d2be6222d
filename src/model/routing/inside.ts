// Where packets with a source come in: the interface behind which it is.
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Ranges } from '../firewall/ranges.ts';
import { carriers, shares } from './split.ts';
import type { World } from './step.ts';

/** The interfaces behind which these sources are, by the main table, each with its part of them. */
export function insidesOf(
  { routing }: World,
  family: Family,
  sources: Ranges,
): { readonly from: Interface | undefined; readonly sources: Ranges }[] {
  const known = routing.main.all.filter(({ prefix }) => prefix.length > 0);
  const holders = carriers(known, family).map(({ prefix, value }) => ({ prefix, value: value[0]?.out }));
  const byName = new Map<string | undefined, Ranges[]>();
  for (const { addresses, value } of shares(sources, holders, family))
    byName.set(value, [...(byName.get(value) ?? []), addresses]);
  return [...byName].flatMap(([name, parts]) => ({
    from: name === undefined ? undefined : routing.iface(name),
    sources: parts.flat().sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  }));
}
