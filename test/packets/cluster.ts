// The servers' side.

import { execFileSync } from 'node:child_process';
import type { Server } from './world.ts';

export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

export function makeKeyPair(): KeyPair {
  const secret = execFileSync('wg', ['genkey'], { encoding: 'utf8' });
  return {
    private: secret,
    public: execFileSync('wg', ['pubkey'], { input: secret, encoding: 'utf8' }).trim(),
  };
}

export function wgConf(server: Server, key: KeyPair, routerKey: string, mtu: number): string {
  const n = server.name.slice(-1);
  const router = `192.168.5.1${n}`;
  return `[Interface]
Address = 192.168.5.${n}/32, fd00:5::${n}/128
ListenPort = 51820
FwMark = 0xed9e
MTU = ${mtu}
Table = off
PrivateKey = ${key.private}
PostUp = ip route add ${router}/32 dev %i; ip route add 192.168.2.0/24 dev %i
PostUp = ip -6 route add fd00:5::1${n}/128 dev %i; ip -6 route add fd00:2::/64 dev %i
PostUp = ip -6 rule add fwmark 0xed9e lookup 60830; ip -6 route add default via ${server.gateway} dev eth0 src ${server.endpoint} table 60830
PostUp = iptables -t mangle -A FORWARD -o %i -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss ${mtu - 40}
PostUp = ip6tables -t mangle -A FORWARD -o %i -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss ${mtu - 60}
PreDown = ip -6 rule del fwmark 0xed9e lookup 60830; ip -6 route flush table 60830
PreDown = iptables -t mangle -F FORWARD; ip6tables -t mangle -F FORWARD

[Peer]
PublicKey = ${routerKey}
AllowedIPs = ${router}/32, 192.168.2.0/24, fd00:5::1${n}/128, fd00:2::/64
Endpoint = [2001:db8:1::2]:5182${n}
PersistentKeepalive = 25
`;
}

export function raiseNode(server: Server, conf: string): void {
  server.machine.run(['sh', '-c', 'umask 077; cat >/etc/wireguard/wg0.conf'], conf);
  server.machine.run(['wg-quick', 'up', 'wg0']);
}
