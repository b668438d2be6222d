// The node's end for Talos Linux, whose configuration is one document: patches for `talosctl patch machineconfig`. Kinds, fields and formats are those of its JSON Schema
// (siderolabs/talos at ad8823176e75, website/content/v1.15/schemas/config.schema.json: network.WireguardConfigV1Alpha1, LinkConfigV1Alpha1, RoutingRuleConfigV1Alpha1,
// BlackholeRouteConfigV1Alpha1). A private key stands in the document itself, so that one is a secret.

import type { Secret } from '../../secret.ts';
import type { NodeEndpoint } from '../../site/cluster.ts';
import { printYaml } from '../../site/print-yaml.ts';
import { covers, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { lines } from '../file.ts';
import type { NodeSetup } from '../setup.ts';
import { guardMetric, routedInto, rulePriority } from './parts.ts';

const document = (kind: string, name: string, fields: object): string =>
  printYaml({ apiVersion: 'v1alpha1', kind, name, ...fields });

/** The way of WireGuard's own packets and the blackholes: no secret is in it. */
export function talosNetwork(setup: NodeSetup): string {
  const { node, cluster, endpoint } = setup;
  const table = String(cluster.routingTable);
  const documents = [
    ...(endpoint === undefined
      ? []
      : [
          document('LinkConfig', endpoint.interface, {
            addresses: [{ address: `${endpoint.address}/${endpoint.length}` }],
            routes: [
              ...(endpoint.gateway === undefined || isNear(endpoint, endpoint.gateway)
                ? []
                : [{ destination: `${endpoint.gateway}/${endpoint.family === 4 ? 32 : 128}` }]),
              { gateway: endpoint.gateway, source: endpoint.address, table },
            ],
          }),
          document('RoutingRuleConfig', String(rulePriority), { table, fwMark: cluster.fwmark }),
        ]),
    ...cluster.homeNetworks.map(prefix => document('BlackholeRouteConfig', prefix, { metric: guardMetric })),
  ];
  return (
    lines(
      `# ${node.name}: made by edgewg from the site file. The document with the key is written by --with-secrets, and belongs to this one.`,
    ) + documents.join('---\n')
  );
}

/** The next hop is in the endpoint's own network, so that no route to it is needed. */
function isNear({ address, length }: NodeEndpoint, gateway: string): boolean {
  const [own, next] = [parseInterfaceAddress(`${address}/${length}`), parsePrefix(gateway)];
  return own !== undefined && next !== undefined && covers(own, next);
}

/** A secret as a whole. */
export function talosWireguard(setup: NodeSetup, key: Secret, presharedKey: Secret | undefined): string {
  const { node, link, cluster, routerEndpoint, keepalive } = setup;
  const peer = {
    publicKey: setup.routerKey,
    ...(presharedKey && { presharedKey: presharedKey.reveal() }),
    ...(routerEndpoint !== undefined && { endpoint: routerEndpoint }),
    ...(keepalive !== undefined && { persistentKeepaliveInterval: `${keepalive}s` }),
    allowedIPs: [...setup.allowedIPs],
  };
  return document('WireguardConfig', link, {
    privateKey: key.reveal(),
    listenPort: node.listenPort,
    firewallMark: cluster.fwmark,
    peers: [peer],
    mtu: setup.mtu,
    addresses: node.address.map(address => ({ address })),
    routes: routedInto(setup).map(destination => ({ destination })),
  });
}
