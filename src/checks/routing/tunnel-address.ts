// EW213: the router's address in a tunnel that collides with another interface's: the same one, two networks that overlap, or an
// address in the middle of a network at home. Between tunnels of one file it is a rule of the file.

import type { OwnAddress } from '../../model/routing/interfaces.ts';
import { ownAddresses } from '../../model/routing/interfaces.ts';
import { isLinkLocal } from '../../model/routing/routing.ts';
import type { Check } from '../../plan/types/check.ts';
import type { Severity } from '../../plan/types/plan.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import {
  canonicalInterfaceAddress,
  covers,
  host,
  overlaps,
  parseInterfaceAddress,
} from '../../wireguard/prefix.ts';
import { finding, viewOf } from '../view.ts';
import { alreadyThere } from './routes.ts';

export const tunnelAddresses: Check = {
  explanations: {
    EW213: {
      title: "the router's address in a tunnel collides with another network",
      why: `Two interfaces with the same address, or with networks that overlap, have a connected route each to the same
      addresses: the router uses one of them. A single address of the home network on a tunnel is only confusing: devices at
      home ask for it by ARP as for one of their own.`,
      way: 'Take an address from a private range that is used nowhere else; a /32 or /128 needs no network around it.',
    },
  },
  find(input) {
    const { after } = viewOf(input);
    const said = new Set(
      input.site.tunnels.flatMap(({ name, address }) => address.map(text => `${name} ${text}`)),
    );
    // what the file says of two tunnels is a rule of the file; what only the router has on one of them is another side
    const others = ownAddresses(after.ifaces.filter(iface => !iface.disabled)).filter(
      ({ iface, text }) => !said.has(`${iface.name} ${canonicalInterfaceAddress(text)}`),
    );
    return input.site.tunnels.flatMap(tunnel =>
      tunnel.address.flatMap((text, i) =>
        others.flatMap(other => {
          const found = other.iface.name === tunnel.name ? undefined : clash(text, other);
          return found === undefined
            ? []
            : finding(input, [...tunnel.at, 'address', i], {
                code: 'EW213',
                severity: found.severity,
                message: `${tunnel.name}: ${text} ${found.what}`,
                hint: 'take an address from a private range that nothing else on the router or behind it uses',
                ...alreadyThere(input, [...other.iface.path, 'address', other.text]),
              });
        }),
      ),
    );
  },
};

function clash(text: string, other: OwnAddress): { severity: Severity; what: string } | undefined {
  const mine = parseInterfaceAddress(text);
  const theirs = parseInterfaceAddress(other.text);
  if (mine === undefined || theirs === undefined || mine.family !== theirs.family) return undefined;
  const size = mine.family === 4 ? 32 : 128;
  const me = host(mine.family, mine.address);
  const where = `${other.iface.name} (${other.text})`;
  if (isLinkLocal(me)) return undefined;
  if (mine.address === theirs.address) return { severity: 'error', what: `is also the address of ${where}` };
  if (mine.length < size && theirs.length < size)
    return overlaps(mine, theirs)
      ? {
          severity: 'error',
          what: `overlaps the network of ${where}: the router has a connected route to both and uses one`,
        }
      : undefined;
  // A single address within another tunnel's network is usual: nobody asks for it by ARP there, and the longer prefix wins.
  if (isWireguard(other.iface) || mine.length < size || !covers(theirs, me)) return undefined;
  return {
    severity: 'warning',
    what: `lies in the network of ${where}: devices there take it for one of their own`,
  };
}
