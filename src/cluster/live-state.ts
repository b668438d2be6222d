// What the kernel of a node has, as `ip -j` prints it, against what is rendered for it. It comes from a file: nothing in it need be what it should be.
import { canonicalPrefix, parseAddress } from '../wireguard/prefix.ts';
import { guardMetric, nameOf, type Part, partsOf, rulePriority } from './host/parts.ts';
import type { Difference } from './live.ts';
import type { NodeSetup } from './setup.ts';

type Row = Readonly<Record<string, unknown>>;

/** Lists of `ip -j address`, `rule` and `route show table all`, one behind the other in any order; undefined when it is something else. */
export function parseState(text: string): Row[] | undefined {
  try {
    // each command prints a list of its own
    const lists: unknown = JSON.parse(`[${text.trim().replaceAll(/\](\s*)\[/g, '],$1[')}]`);
    return Array.isArray(lists) ? lists.flat().filter(isRow) : undefined;
  } catch {
    return undefined;
  }
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where no node is told by its address in the tunnel or by its endpoint's. */
export function compareState(rows: readonly Row[], setups: readonly NodeSetup[]): Difference[] | undefined {
  const setup = setups.find(({ node, endpoint }) =>
    [...node.address.map(text => text.split('/')[0]), endpoint?.address].some(
      address => address !== undefined && rows.some(row => addressesOf(row).includes(address)),
    ),
  );
  if (setup === undefined) return undefined;
  return partsOf(setup)
    .filter(part => !rows.some(row => isPart(part, row)))
    .map(part => ({ message: `${setup.node.name}: ${nameOf(part)} is missing`, at: setup.node.at }));
}

function addressesOf({ addr_info: list }: Row): string[] {
  const texts = (Array.isArray(list) ? list : []).filter(isRow).map(({ local }) => local);
  return texts.filter(text => typeof text === 'string');
}

function isPart(part: Part, row: Row): boolean {
  switch (part.kind) {
    case 'link':
      return row['ifname'] === part.device && Array.isArray(row['flags']) && row['flags'].includes('UP');
    case 'address':
      return row['ifname'] === part.device && addressesOf(row).includes(part.address);
    case 'rule':
      return (
        row['priority'] === rulePriority &&
        Number(row['fwmark']) === part.mark &&
        row['table'] === String(part.table)
      );
    case 'default':
      return (
        row['dst'] === 'default' && row['table'] === String(part.table) && row['prefsrc'] === part.source
      );
    case 'route':
      return isTo(row, part.prefix) && row['dev'] === part.device && row['type'] !== 'blackhole';
    case 'guard':
      return isTo(row, part.prefix) && row['type'] === 'blackhole' && row['metric'] === guardMetric;
  }
}

/** iproute2 leaves the length of a single address out. */
function isTo({ dst }: Row, prefix: string): boolean {
  if (typeof dst !== 'string') return false;
  const isSingle = parseAddress(dst) !== undefined;
  return canonicalPrefix(isSingle ? `${dst}/${dst.includes(':') ? 128 : 32}` : dst) === prefix;
}
