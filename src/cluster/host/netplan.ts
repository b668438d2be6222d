// The node's end for netplan, with systemd-networkd behind it: it alone reads keys from files.
import type { NodeEndpoint } from '../../site/cluster.ts';
import { printYaml } from '../../site/print-yaml.ts';
import { lines } from '../file.ts';
import { alone, type NodeSetup } from '../setup.ts';
import { networkdKeys } from './networkd.ts';

/** Below the node's root. */
export const netplanFile = 'etc/netplan/60-edgewg.yaml';

export function netplan(setup: NodeSetup): string {
  const { node, link, endpoint } = setup;
  const tunnel = {
    mode: 'wireguard',
    addresses: [...node.address],
    mtu: setup.mtu,
    port: node.listenPort,
    mark: setup.cluster.fwmark,
    key: networkdKeys.key,
    peers: [peer(setup)],
    routes: [...setup.routerAddresses.map(alone), ...setup.cluster.homeNetworks].map(to => ({
      to,
      // IPv6 has no scopes
      ...(!to.includes(':') && { scope: 'link' }),
    })),
  };
  const network = {
    version: 2,
    renderer: 'networkd',
    ...(endpoint && { ethernets: { [endpoint.interface]: ethernet(setup, endpoint) } }),
    tunnels: { [link]: tunnel },
  };
  const comment = lines(
    `# ${node.name}: made by edgewg from the site file. netplan wants this file to be root's alone (chmod 600).`,
    `# No other file may name ${link}: netplan would add its addresses and routes to these, and ignore its peers without a word.`,
    '# Keys stay in files of their own: one that is written here ends in a file that everybody on the node can read.',
  );
  return comment + printYaml({ network });
}

function peer({ routerKey, hasPresharedKey, allowedIPs, routerEndpoint, keepalive }: NodeSetup) {
  return {
    keys: { public: routerKey, ...(hasPresharedKey && { shared: networkdKeys.presharedKey }) },
    'allowed-ips': [...allowedIPs],
    ...(routerEndpoint !== undefined && { endpoint: routerEndpoint }),
    ...(keepalive !== undefined && { keepalive }),
  };
}

/** Added to what other files say of the interface. A rule of netplan must say from or to. */
function ethernet({ cluster }: NodeSetup, { address, length, family, gateway }: NodeEndpoint) {
  const all = family === 4 ? '0.0.0.0/0' : '::/0';
  const table = cluster.routingTable;
  return {
    addresses: [{ [`${address}/${length}`]: { lifetime: 0 } }],
    routes: [
      { to: all, via: gateway, from: address, table, 'on-link': true },
      // here, since they must stay when the tunnel's link goes: nothing for home ever leaves unencrypted
      ...cluster.homeNetworks.map(to => ({ to, type: 'blackhole', metric: 4096 })),
    ],
    'routing-policy': [{ from: all, mark: cluster.fwmark, table, priority: 5181 }],
  };
}
