// Clients of a tunnel in the form that the program uses.
import { canonicalPrefix } from '../wireguard/prefix.ts';
import { defined } from './defined.ts';
import { parseMatchAddress } from './grammar/firewall.ts';
import type { Written } from './schema/site.ts';
import type * as S from './site.ts';

type WrittenClients = NonNullable<NonNullable<Written['tunnels']>[string]['clients']>;
type WrittenClient = WrittenClients['from'][string];

/** RFC 1918 and RFC 4193. A provider's 100.64.0.0/10 (RFC 6598) is no network of one's own. */
export const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** What is routed nowhere, whatever the tables say: nobody misses it in a tunnel. */
export const unroutedNetworks = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'];

export function normaliseClients(at: S.SitePath, clients: WrittenClients): S.Clients {
  return defined({
    at,
    table: clients.table,
    whenDown: clients.whenDown ?? 'drop',
    ipv6: clients.ipv6 ?? 'drop',
    masquerade: clients.masquerade ?? true,
    ownNetworks: (clients.ownNetworks ?? privateNetworks).map(canonicalPrefix),
    from: Object.entries(clients.from)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, client]) => normaliseClient([...at, 'from', name], name, client)),
  });
}

function normaliseClient(at: S.SitePath, name: string, written: WrittenClient): S.ClientGroup {
  const client: Exclude<WrittenClient, string> = typeof written === 'string' ? { address: written } : written;
  return defined({
    ...client,
    at,
    name,
    address:
      client.address === undefined ? undefined : (parseMatchAddress(client.address)?.text ?? client.address),
    destinations: (client.destinations ?? []).map(canonicalPrefix),
  });
}
