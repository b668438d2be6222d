// The node's end for systemd-networkd: device, network, a drop-in for the link that has the endpoint, and units for what
// networkd doesn't do: the key and the rules.
import type { NodeEndpoint } from '../../site/cluster.ts';
import { lines, type RenderedFile } from '../file.ts';
import { alone, type NodeSetup } from '../setup.ts';

const folder = 'etc/systemd/network';
/** networkd runs as a user of its own, and reads key files itself (systemd.netdev, PrivateKeyFile). */
export const networkdKeys = { key: `/${folder}/wg.key`, presharedKey: `/${folder}/wg.psk` };

export function networkdFiles(setup: NodeSetup): RenderedFile[] {
  const { link, endpoint } = setup;
  const files = [
    { path: `${folder}/50-${link}.netdev`, text: netdev(setup) },
    { path: `${folder}/50-${link}.network`, text: network(setup) },
  ];
  if (endpoint !== undefined)
    files.push({ path: `${folder}/${endpoint.networkFile}.d/edgewg.conf`, text: dropIn(setup, endpoint) });
  return files;
}

function netdev(setup: NodeSetup): string {
  const { node, link, cluster, routerEndpoint, keepalive } = setup;
  return lines(
    `# ${node.name}: made by edgewg from the site file. The private key is in a file of its own.`,
    '[NetDev]',
    `Name=${link}`,
    'Kind=wireguard',
    `MTUBytes=${setup.mtu}`,
    '',
    '[WireGuard]',
    `ListenPort=${node.listenPort}`,
    `FirewallMark=${cluster.fwmark}`,
    `PrivateKeyFile=${networkdKeys.key}`,
    '',
    '[WireGuardPeer]',
    `PublicKey=${setup.routerKey}`,
    setup.hasPresharedKey && `PresharedKeyFile=${networkdKeys.presharedKey}`,
    `AllowedIPs=${setup.allowedIPs.join(',')}`,
    routerEndpoint !== undefined && `Endpoint=${routerEndpoint}`,
    keepalive !== undefined && `PersistentKeepalive=${keepalive}`,
  );
}

function network(setup: NodeSetup): string {
  const { node, link, cluster, endpoint } = setup;
  return lines(
    `# ${node.name}: made by edgewg from the site file.`,
    '[Match]',
    `Name=${link}`,
    '',
    '[Network]',
    node.address.map(address => `Address=${address}`),
    '# no router speaks in the tunnel, and networkd would wait for one',
    'IPv6AcceptRA=no',
    [...setup.routerAddresses.map(alone), ...cluster.homeNetworks].flatMap(prefix => [
      '',
      '[Route]',
      `Destination=${prefix}`,
      ...(prefix.includes(':') ? [] : ['Scope=link']),
    ]),
    '',
    endpoint === undefined && guards(setup),
    endpoint && [
      "# WireGuard's own packets have a table of their own, in which the source is the endpoint.",
      '[RoutingPolicyRule]',
      `Family=${endpoint.family === 4 ? 'ipv4' : 'ipv6'}`,
      `FirewallMark=${cluster.fwmark}`,
      `Table=${cluster.routingTable}`,
      'Priority=5181',
    ],
  );
}

/** networkd takes back the routes of a link that is gone, so they belong to the endpoint's, where there is one. */
function guards({ cluster }: NodeSetup): string[] {
  return [
    '# Met only while the tunnel is down: nothing for home ever leaves unencrypted.',
    ...cluster.homeNetworks.flatMap(prefix => [
      '[Route]',
      `Destination=${prefix}`,
      'Type=blackhole',
      'Metric=4096',
      '',
    ]),
  ];
}

function dropIn(setup: NodeSetup, endpoint: NodeEndpoint): string {
  const { node, cluster } = setup;
  const { address, length, family, gateway } = endpoint;
  return lines(
    `# ${node.name}: the address at which the router reaches WireGuard. Made by edgewg from the site file.`,
    '[Address]',
    `Address=${address}/${length}`,
    family === 6
      ? '# deprecated at once: nothing but WireGuard takes it for a source'
      : "# behind the link's own addresses, of which Linux takes the first for a source, deprecated or not",
    'PreferredLifetime=0',
    family === 6 && 'DuplicateAddressDetection=none',
    '',
    '[Route]',
    `Destination=${family === 4 ? '0.0.0.0/0' : '::/0'}`,
    `Gateway=${gateway ?? (family === 4 ? '_dhcp4' : '_ipv6ra')}`,
    gateway !== undefined && 'GatewayOnLink=yes',
    `PreferredSource=${address}`,
    `Table=${cluster.routingTable}`,
    '',
    guards(setup),
  );
}
