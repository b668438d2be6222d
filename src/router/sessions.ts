// The table of `show ip bgp summary`. ZebOS (EdgeOS) and Quagga (Vyatta) print nearly the same one: the head differs in its words, the
// columns up to `State/PfxRcd` don't. Pure.
import type { BgpSession } from '../plan/types/facts.ts';
import { parseAddress, printAddress } from '../wireguard/prefix.ts';

const head = /^Neighbor\s+V\s+AS\s.*\sUp\/Down\s+State\/PfxRcd\b/m;

/** Address, version, AS, five counters, up or down since, state or prefixes; a state may have its reason in brackets. */
const row = /^(\S+)\s+4\s+(\d+)\s+(\d+)(?:\s+\d+){4}\s+(\S+)\s+(\d+|[A-Za-z]\w*(?: ?\([^)]*\))?)(?:\s.*)?$/;

/** The sessions in the table's order; undefined when this is no such table, or a row of it can't be read. */
export function parseSessions(text: string): BgpSession[] | undefined {
  const table = unfolded(text);
  if (isEmptyTable(table)) return [];
  const found = head.exec(table);
  if (found === null) return undefined;
  const lines = table.slice(found.index).split('\n').slice(1);
  const end = lines.findIndex(line => line.startsWith('Total number'));
  const rows = (end < 0 ? lines : lines.slice(0, end)).filter(line => !/^[-\s]*$/.test(line));
  const sessions = rows.map(readRow);
  return sessions.every(session => session !== undefined) ? sessions : undefined;
}

/** Both print no table where no neighbour is configured. */
const isEmptyTable = (text: string): boolean => /^No IPv4 neighbor is configured/m.test(text);

/** A long address has a line of its own, with the rest of its row below. */
const unfolded = (text: string): string =>
  text.replaceAll('\r', '').replace(/^([0-9A-Fa-f:.]+)[ \t]*\n[ \t]+(?=4\s)/gm, '$1 ');

function readRow(line: string): BgpSession | undefined {
  // a neighbour that came by a range of listening has a star
  const [, name = '', asn = '', received = '', since = '', last = ''] =
    row.exec(line.replace(/^\*/, '')) ?? [];
  const address = parseAddress(name);
  if (address === undefined) return undefined;
  const isUp = /^\d+$/.test(last);
  return {
    address: printAddress(address.family, address.address),
    remoteAsn: Number(asn),
    state: isUp ? 'Established' : last,
    received: Number(received),
    prefixes: isUp ? Number(last) : undefined,
    since,
  };
}
