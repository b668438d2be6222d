// A large network for benchmarks: a router with much on it, and a site file of many tunnels for it.
import { createHash } from 'node:crypto';

const key = text => createHash('sha256').update(text).digest('base64');
const rule = (set, number, ...leaves) => leaves.map(leaf => `set firewall ${set} rule ${number} ${leaf}`);

/** A router with much on it: firewall rules, NAT, leases, routes; and the first half of the tunnels, some out of date. */
export function running(lines, tunnels) {
  const found = [
    'set interfaces ethernet eth0 address 198.51.100.2/24',
    'set interfaces ethernet eth0 firewall local name WAN_LOCAL',
    'set interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL',
    'set firewall name WAN_LOCAL default-action drop',
    'set firewall ipv6-name WANv6_LOCAL default-action drop',
    'set system host-name bench',
  ];
  for (let i = 0; i < tunnels / 2; i++) {
    const wg = `set interfaces wireguard wg${i}`;
    const peer = `${wg} peer ${key(`peer ${i}`)}`;
    found.push(`${wg} address 10.${i >> 8}.${i & 255}.1/32`, `${wg} listen-port ${51000 + i}`);
    found.push(`${wg} private-key /config/auth/wg${i}.key`, `${wg} mtu ${i % 3 === 0 ? 1412 : 1420}`);
    found.push(`${wg} route-allowed-ips false`, `${peer} allowed-ips 10.${128 + (i >> 8)}.${i & 255}.0/24`);
    found.push(
      ...rule('name WAN_LOCAL', 1000 + i, 'action accept', 'protocol udp', `destination port ${51000 + i}`),
    );
  }
  for (let i = 0; found.length < lines; i++) {
    found.push(
      `set service dhcp-server shared-network-name N${i >> 8} subnet 172.16.${(i >> 8) & 255}.0/24 static-mapping h${i} ip-address 172.16.${(i >> 8) & 255}.${i & 255}`,
    );
    found.push(
      `set protocols static route 100.${64 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}/32 next-hop 198.51.100.1`,
    );
    found.push(
      ...rule(
        'name LAN_IN',
        1 + (i % 9998),
        'action accept',
        `description 'number ${i}'`,
        `destination address 192.0.2.${i & 255}`,
      ),
    );
  }
  return `${found.slice(0, lines).join('\n')}\n`;
}

/** Tunnels that the router has half of. */
export function site(tunnels) {
  const parts = [
    'version: 1\nrouter: { host: 192.0.2.1 }\nuplink: { rulesets: { ipv4: WAN_LOCAL } }',
    'manages: { interfaces: [wg0-wg999], firewallRules: { WAN_LOCAL: [1000-1999] } }\ntunnels:',
  ];
  for (let i = 0; i < tunnels; i++)
    parts.push(
      `  wg${i}:\n    description: tunnel ${i}\n    address: [10.${i >> 8}.${i & 255}.1/32]\n    listenPort: ${51000 + i}`,
      `    openPort: { ipv4: ${1000 + i} }\n    peers:\n      p${i}:\n        publicKey: ${key(`peer ${i}`)}`,
      `        endpoint: 203.0.113.${i & 255}:51820\n        allowedIPs: [10.${128 + (i >> 8)}.${i & 255}.0/24]`,
      `    routes:\n      10.${128 + (i >> 8)}.${i & 255}.0/24: to tunnel ${i}`,
    );
  return `${parts.join('\n')}\n`;
}
