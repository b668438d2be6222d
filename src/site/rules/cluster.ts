// The nodes among each other and among the tunnels. Whether the two ends agree is the plan's to prove (EW400 to EW449).
import { covers, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { eachDuplicate, type Rule } from './rule.ts';

export const nodesThroughTunnels: Rule = ({ site, report }) => {
  const names = site.tunnels.map(tunnel => tunnel.name);
  for (const node of site.cluster?.nodes ?? [])
    if (!names.includes(node.tunnel))
      report([...node.at, 'tunnel'], {
        code: 'unknown-tunnel',
        message: `${node.tunnel} is not among the tunnels of this file`,
        hint: `add it under \`tunnels\`, or say cluster.tunnels: from-nodes`,
      });
};

export const oneTunnelPerNode: Rule = context => {
  eachDuplicate(
    context,
    context.site.cluster?.nodes ?? [],
    node => node.tunnel,
    (node, first) =>
      context.report([...node.at, 'tunnel'], {
        code: 'shared-tunnel',
        message: `${node.tunnel} leads to ${first.name}${context.line(first.at)}`,
        hint: 'give each node an interface of its own, so that AllowedIPs may overlap and the routes decide',
      }),
  );
};

export const uniqueNodeAddresses: Rule = context => {
  const nodes = context.site.cluster?.nodes ?? [];
  const all = nodes.flatMap(node => [
    ...node.address.map((text, i) => ({ node, text: bare(text), at: [...node.at, 'address', i] })),
    ...node.publicAddresses.map((text, i) => ({ node, text, at: [...node.at, 'publicAddresses', i] })),
    ...(node.endpoint === undefined
      ? []
      : [{ node, text: node.endpoint.address, at: [...node.endpoint.at, 'address'] }]),
  ]);
  eachDuplicate(
    context,
    all,
    item => item.text,
    // whether a node's own addresses are apart from each other is the plan's to prove
    (item, first) =>
      item.node === first.node ||
      context.report(item.at, {
        code: 'duplicate-address',
        message: `${item.text} is an address of ${first.node.name}${context.line(first.at)} already`,
        hint: 'an address belongs to one node',
      }),
  );
};

const bare = (text: string): string => text.split('/')[0] ?? text;

export const gatewayOfEndpoint: Rule = ({ site, report }) => {
  for (const { endpoint } of site.cluster?.nodes ?? []) {
    if (endpoint?.gateway === undefined) continue;
    if (endpoint.gateway === endpoint.address)
      report([...endpoint.at, 'gateway'], {
        code: 'own-address',
        message: `this is the endpoint itself`,
        hint: 'write the next hop; `ip route show default` on the node shows it',
      });
    if (parseInterfaceAddress(endpoint.gateway)?.family !== endpoint.family)
      report([...endpoint.at, 'gateway'], {
        code: 'wrong-family',
        message: `this is no IPv${endpoint.family} address, but the endpoint has one`,
        hint: `write the IPv${endpoint.family} address of the next hop`,
      });
  }
};

/** linux/rtnetlink.h: RT_TABLE_DEFAULT, _MAIN and _LOCAL. The table is emptied when a tunnel goes down. */
const kernelTables = [253, 254, 255];
/** kube-proxy's marks for packets to masquerade and to drop. */
const kubeProxyMarks = [0x4000, 0x8000];

export const ownWayApart: Rule = ({ site, report }) => {
  const { cluster } = site;
  if (cluster !== undefined && kernelTables.includes(cluster.routingTable))
    report([...cluster.at, 'routingTable'], {
      code: 'taken',
      message: `table ${cluster.routingTable} holds the node's own routes, which a tunnel that goes down would take away`,
      hint: 'leave it out (5181), or take a number that nobody else has',
    });
  if (cluster !== undefined && kubeProxyMarks.includes(cluster.fwmark))
    report([...cluster.at, 'fwmark'], {
      code: 'taken',
      message: `kube-proxy gives packets of services the mark ${cluster.fwmark}: they would go WireGuard's way`,
      hint: 'leave it out (81), or take a number that nobody else has',
    });
};

/** The nodes put a blackhole behind each network at home: over the other end of a BGP session it would take the session's next hop when the link flaps. */
export const homeWithoutTunnel: Rule = ({ site, report, line }) => {
  const { cluster } = site;
  if (cluster?.bgp === undefined) return;
  for (const [i, text] of cluster.homeNetworks.entries()) {
    const home = parsePrefix(text);
    const inside = cluster.nodes.flatMap(node => {
      const router = site.tunnels.find(({ name }) => name === node.tunnel)?.address ?? [];
      return [
        ...router.map(own => ({ own: bare(own), whose: `the router's in ${node.tunnel}`, at: node.at })),
        ...node.address.map((own, k) => ({
          own: bare(own),
          whose: `${node.name}'s in the tunnel`,
          at: [...node.at, 'address', k],
        })),
      ];
    });
    const found = inside.find(({ own }) => {
      const address = parsePrefix(own);
      return home !== undefined && address !== undefined && covers(home, address);
    });
    if (found !== undefined)
      report([...cluster.at, 'homeNetworks', i], {
        code: 'holds-tunnel',
        message: `${found.own} is in ${text}, and it is ${found.whose}${line(found.at)}: the nodes' blackhole for ${text} would take the BGP sessions' next hop`,
        hint: 'write the networks at home that hold no address of a tunnel',
      });
  }
};

export const soundClusterTimers: Rule = ({ site, report }) => {
  const bgp = site.cluster?.bgp;
  if (bgp?.keepalive === undefined || bgp.holdtime === undefined || bgp.keepalive < bgp.holdtime) return;
  report([...bgp.at, 'holdtime'], {
    code: 'bad-timers',
    message: `the session would be down before the next keepalive, after ${bgp.keepalive} seconds`,
    hint: 'three times keepalive is usual',
  });
};

/** The tunnel needs an address for the router, and only a template can tell it. */
export const addressOfDerived: Rule = ({ site, report }) => {
  for (const node of site.cluster?.fromNodes ? site.cluster.nodes : []) {
    const tunnel = site.tunnels.find(one => one.name === node.tunnel);
    if (tunnel?.at !== node.at || tunnel.address.length > 0) continue;
    report(['cluster', 'tunnels'], {
      code: 'no-router-address',
      message: `no address of the router follows for ${node.tunnel}`,
      hint: 'say tunnels: { from: nodes, address: 192.168.5.10 }; wg4 then has 192.168.5.14',
    });
    return;
  }
};
