// What the kernel knows of one WireGuard interface. Allowed IPs belong to one peer of an interface at a time: giving a
// prefix to a second peer takes it from the first (transcript multi-values).
import { canonicalPrefix } from '../../wireguard/prefix.ts';

export interface WgPeer {
  readonly publicKey: string;
  presharedKey: string | undefined;
  endpoint: string | undefined;
  /** Canonical prefixes. */
  allowedIps: string[];
  /** Seconds; 0 is off. */
  keepalive: number;
  /** When the last handshake was, in seconds since 1970; 0 when there was none. */
  handshake: number;
  received: number;
  sent: number;
}

export class WgDevice {
  privateKey: string | undefined;
  listenPort = 0;
  fwmark = 0;
  /** The newest first, as the recordings list them. */
  peers: WgPeer[] = [];

  peer(publicKey: string): WgPeer | undefined {
    return this.peers.find(peer => peer.publicKey === publicKey);
  }

  addPeer(publicKey: string): WgPeer {
    const known = this.peer(publicKey);
    if (known !== undefined) return known;
    const peer: WgPeer = {
      publicKey,
      presharedKey: undefined,
      endpoint: undefined,
      allowedIps: [],
      keepalive: 0,
      handshake: 0,
      received: 0,
      sent: 0,
    };
    this.peers.unshift(peer);
    return peer;
  }

  removePeer(publicKey: string): void {
    this.peers = this.peers.filter(peer => peer.publicKey !== publicKey);
  }

  /** Replaces the peer's prefixes and takes them from the others. */
  setAllowedIps(publicKey: string, prefixes: readonly string[]): void {
    const wanted = [...new Set(prefixes.map(canonicalPrefix))];
    for (const other of this.peers) other.allowedIps = other.allowedIps.filter(ip => !wanted.includes(ip));
    const peer = this.peer(publicKey);
    if (peer !== undefined) peer.allowedIps = wanted;
  }

  /** The interface went down, or has another identity: all sessions are gone. */
  forgetSessions(): void {
    for (const peer of this.peers) peer.handshake = 0;
  }
}
