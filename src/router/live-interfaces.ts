// The kernel's interfaces from what the router's own tools print: read.sh's tunnels, and `ip addr show`. Pure.
import type { LiveInterface, LivePeer } from '../plan/types/facts.ts';

export function readInterfaces(dump: string[], addresses: string[]): Map<string, LiveInterface> {
  const found = new Map<string, LiveInterface & { peers: LivePeer[] }>();
  const links = readLinks(addresses);
  for (const line of dump) {
    const [name = '', ...words] = line.split('\t');
    if (words.length === 3) {
      found.set(name, {
        publicKey: words[0] ?? '',
        listenPort: Number(words[1]),
        peers: [],
        mtu: links.get(name)?.mtu,
        addresses: links.get(name)?.addresses ?? [],
      });
    } else {
      found.get(name)?.peers.push(readPeer(words));
    }
  }
  return found;
}

interface Link {
  readonly mtu: number;
  readonly addresses: string[];
}

/** Of `ip addr show`: a link's line has its MTU, the lines below it its addresses with their prefix lengths. */
export function readLinks(lines: readonly string[]): Map<string, Link> {
  const found = new Map<string, Link>();
  let last: Link | undefined;
  for (const line of lines) {
    const [, name, mtu] = /^\d+: ([^:@\s]+)[:@].* mtu (\d+)(?: |$)/.exec(line) ?? [];
    if (name !== undefined) {
      last = { mtu: Number(mtu), addresses: [] };
      found.set(name, last);
    } else {
      const address = /^ +inet6? (\S+)/.exec(line)?.[1];
      if (address !== undefined) last?.addresses.push(address);
    }
  }
  return found;
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
