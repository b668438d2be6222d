// The kernel's interfaces from what the router's own tools print: read.sh's tunnels, `ip -o link show`, `ip -o addr show`. Pure.
import type { LiveInterface, LivePeer } from '../plan/types/facts.ts';

export function readInterfaces(
  dump: string[],
  links: string[],
  addresses: string[],
): Map<string, LiveInterface> {
  const found = new Map<string, LiveInterface & { peers: LivePeer[] }>();
  const mtus = new Map(links.map(readLink));
  const addressesOf = new Map<string, string[]>();
  for (const [name, address] of addresses.map(readAddress))
    addressesOf.set(name, [...(addressesOf.get(name) ?? []), address]);
  for (const line of dump) {
    const [name = '', ...words] = line.split('\t');
    if (words.length === 3) {
      found.set(name, {
        publicKey: words[0] ?? '',
        listenPort: Number(words[1]),
        peers: [],
        mtu: mtus.get(name),
        addresses: addressesOf.get(name) ?? [],
      });
    } else {
      found.get(name)?.peers.push(readPeer(words));
    }
  }
  return found;
}

/** Of a line of `ip -o link show`: name and MTU. */
function readLink(line: string): [string, number | undefined] {
  const [, name = '', mtu] = /^\d+: ([^:@\s]+)[:@].* mtu (\d+) /.exec(line) ?? [];
  return [name, mtu === undefined ? undefined : Number(mtu)];
}

/** Of a line of `ip -o addr show`: name, and address with prefix length. */
function readAddress(line: string): [string, string] {
  const [, name = '', , address = ''] = line.trim().split(/ +/);
  return [name.replace(/[:@].*$/, ''), address];
}

function readPeer([
  publicKey = '',
  psk,
  endpoint = '',
  allowed = '',
  handshake,
  received,
  sent,
]: string[]): LivePeer {
  return {
    publicKey,
    hasPresharedKey: psk === 'set',
    endpoint,
    allowedIPs: allowed === '(none)' ? [] : allowed.split(','),
    latestHandshake: Number(handshake),
    received: Number(received),
    sent: Number(sent),
  };
}
