// The change that all clients make: a site file of so many tunnels, about 15 lines each on the router.
import { createHash } from 'node:crypto';

const key = text => createHash('sha256').update(text).digest('base64');

/**
 * From wg100 on, so that a router of one's own may have tunnels below. Rules from 2000 on in a ruleset that is attached. Two tunnels have
 * some lines more, 42 in all: as many as the change whose times were recorded (interactive/19).
 */
export function siteFile(count, { host, port, user, rulesets = { ipv4: 'WAN_LOCAL', ipv6: 'WANv6_LOCAL' } }) {
  const tunnels = Array.from({ length: count }, (_, i) => tunnel(i, count === 2));
  return [
    'version: 1',
    `router: { host: ${host}, port: ${port}, user: ${user} }`,
    `uplink: { mtu: 1500, rulesets: { ipv4: ${rulesets.ipv4}, ipv6: ${rulesets.ipv6} } }`,
    'tunnels:',
    ...tunnels,
    '',
  ].join('\n');
}

function tunnel(i, hasMore) {
  const far = `192.168.${200 + (i >> 7)}.${2 * (i & 127) + 1}/32`;
  const more = (text, indent) => (hasMore ? `\n${' '.repeat(indent)}${text}` : '');
  const net = `10.${100 + (i >> 8)}.${i & 255}`;
  return `  wg${100 + i}:
    description: node ${i}
    address: [192.168.${200 + (i >> 7)}.${2 * (i & 127)}/32]
    listenPort: ${52000 + i}
    privateKey: /config/auth/wg${100 + i}.key
    openPort: { ipv4: ${2000 + i} }
    unfiltered: a benchmark
    peers:
      node${i}:
        publicKey: ${key(`node ${i}`)}
        endpoint: 198.51.100.${(i % 254) + 1}:51820
        allowedIPs: [${far}, ${net}.0/24]${more('persistentKeepalive: 25', 8)}${more(`description: node ${i}`, 8)}
    routes:${more(`${far}: node ${i}`, 6)}
      ${net}.0/24: { description: pods of node ${i}, guard: true }`;
}
