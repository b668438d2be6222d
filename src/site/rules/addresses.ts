// The addresses of the tunnels among each other.
import {
  covers,
  type InterfaceAddress,
  overlaps,
  parseInterfaceAddress,
  parsePrefix,
} from '../../wireguard/prefix.ts';
import type { SitePath } from '../site.ts';
import { inFileOrder, type Rule } from './rule.ts';

interface Address extends InterfaceAddress {
  readonly at: SitePath;
  readonly tunnel: string;
  readonly text: string;
}

const linkLocal = parsePrefix('fe80::/10');

/** Link-local addresses mean something else on every interface, so they may repeat. */
const isLinkLocal = (address: Address): boolean => linkLocal !== undefined && covers(linkLocal, address);

const isHost = ({ family, length }: Address): boolean => length === (family === 4 ? 32 : 128);

/**
 * Two addresses are the same, or their networks overlap although neither is a single address: then both interfaces
 * have a connected route to it. A /32 inside another tunnel's network is usual and fine: the longer prefix wins.
 */
export const uniqueAddresses: Rule = context => {
  const all = context.site.tunnels.flatMap(({ name, at, address }) =>
    address.flatMap((text, i): Address[] => {
      const parts = parseInterfaceAddress(text);
      return parts === undefined ? [] : [{ ...parts, at: [...at, 'address', i], tunnel: name, text }];
    }),
  );
  const byAddress = new Map<string, Address>();
  const networks: Address[] = [];
  for (const address of inFileOrder(context, all)) {
    const key = `${address.family} ${address.address} ${isLinkLocal(address) ? address.tunnel : ''}`;
    const same = byAddress.get(key);
    const other = same ?? networks.find(network => clash(network, address));
    if (other !== undefined)
      context.report(address.at, {
        code: 'duplicate-address',
        message: `${address.text} ${same ? 'is the address' : 'overlaps the network'} of ${other.tunnel}${context.line(other.at)}`,
        hint: 'give each tunnel addresses of its own; a /32 or /128 needs no network',
      });
    byAddress.set(key, same ?? address);
    if (!isHost(address) && !isLinkLocal(address)) networks.push(address);
  }
};

/** Several addresses of one network are fine on one interface. */
function clash(network: Address, address: Address): boolean {
  return network.tunnel !== address.tunnel && !isHost(address) && overlaps(network, address);
}
