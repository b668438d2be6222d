// The names by which edgewg knows again what it made for clients: nothing else on the router says whose a table or a rule is.
import type { Family } from '../../wireguard/prefix.ts';

const sets = { 4: 'EDGEWG-', 6: 'EDGEWG6-' } as const;

/** The modify ruleset of an interface that had none. */
export const ownSet = (iface: string, family: Family): string =>
  `${sets[family]}${iface.replaceAll('.', '-')}`;

export const isOwnSet = (name: string): boolean => /^EDGEWG6?-/.test(name);

export const tableDescription = (tunnel: string): string => `WireGuard ${tunnel}`;

export const tableTunnel = (description: string | undefined): string | undefined =>
  /^WireGuard (wg\d+)$/.exec(description ?? '')?.[1];

export const clientDescription = (tunnel: string, client: string): string =>
  `WireGuard ${tunnel} client ${client}`;

export function clientNamed(
  description: string | undefined,
): { readonly tunnel: string; readonly client: string } | undefined {
  const [, tunnel, client] = /^WireGuard (wg\d+) client (\S+)$/.exec(description ?? '') ?? [];
  return tunnel === undefined || client === undefined ? undefined : { tunnel, client };
}

export const ownNetworkDescription = 'WireGuard own network';

/** The rule of `service nat` for what clients send into a tunnel. */
export const masqueradeDescription = (tunnel: string): string => `WireGuard ${tunnel} clients`;

export const masqueradeTunnel = (description: string | undefined): string | undefined =>
  /^WireGuard (wg\d+) clients$/.exec(description ?? '')?.[1];
