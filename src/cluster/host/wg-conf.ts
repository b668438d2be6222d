// The node's end for wg-quick. The private key is in a file of its own, so that this one can be read by anybody.
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';

/** `up` is the command that sets everything up that wg-quick doesn't; `wg-quick strip` leaves it out. */
export function wgConf(setup: NodeSetup, script: string): string {
  const { node, tunnel } = setup;
  return lines(
    `# ${node.name}: the other end of the router's ${tunnel.name}. Made by edgewg from the site file.`,
    '# The private key is not in here: the script takes it from a file that only root can read.',
    '[Interface]',
    `Address = ${node.address.join(', ')}`,
    `ListenPort = ${node.listenPort}`,
    `MTU = ${setup.mtu}`,
    `FwMark = 0x${setup.cluster.fwmark.toString(16)}`,
    `PreUp = sh ${script} before`,
    `PostUp = sh ${script} up`,
    `PostDown = sh ${script} down`,
    '',
    peerSection(setup),
  );
}

/** WireGuard's way to say that there is none: `wg syncconf` keeps what a file doesn't name. */
const noPresharedKey = `${'A'.repeat(43)}=`;

/**
 * Without blank line before it. All that edgewg may ever have set stands here, if only as not there: `wg syncconf` changes nothing that isn't in the
 * file. A preshared key is a secret, and comes from elsewhere.
 */
export function peerSection(setup: NodeSetup): string[] {
  const { routerEndpoint, keepalive } = setup;
  return [
    '[Peer]',
    `PublicKey = ${setup.routerKey}`,
    `AllowedIPs = ${setup.allowedIPs.join(', ')}`,
    ...(routerEndpoint === undefined ? [] : [`Endpoint = ${routerEndpoint}`]),
    `PersistentKeepalive = ${keepalive ?? 'off'}`,
    ...(setup.hasPresharedKey ? [] : [`PresharedKey = ${noPresharedKey}`]),
  ];
}
