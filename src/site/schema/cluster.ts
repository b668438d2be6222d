// `cluster`: the other end of the tunnels. What it says is rendered for the nodes, and compared with what the router gets.
import {
  labelKey,
  labelName,
  labelValue,
  linkName,
  pinnedImage,
  reference,
  routerName,
} from '../grammar/cluster.ts';
import { rulesetName } from '../grammar/names.ts';
import { address, prefix } from '../grammar/net.ts';
import { reason } from '../grammar/texts.ts';
import { choice, flag, listOf, mapOf, perFamily, whole, word } from './leaf.ts';
import { nodes } from './node.ts';
import { z } from './shape.ts';

const cni = z
  .strictObject({
    overlay: choice(
      ['none', 'vxlan', 'geneve', 'ipip', 'wireguard'],
      'How pods of different nodes reach each other.',
    ).optional(),
    mtu: whole(576, 9216, "The MTU of the pods' interfaces, in bytes.").optional(),
    pods: listOf(word(prefix, 'A prefix, host bits zero.'), 'The network of all pods.').optional(),
    services: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'The network of the services. It stays inside the cluster, and no tunnel may carry it.',
    ).optional(),
  })
  .meta({ description: "The cluster's own network." });

const metallb = z
  .strictObject({
    ranges: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'The addresses that services of type LoadBalancer get.',
    ),
    pool: word(labelName, 'The name of the pool. Default: home.').optional(),
    autoAssign: flag('Services that name no pool get an address of this one, too. Default: true.').optional(),
  })
  .meta({ description: 'Addresses of services, announced to the router by BGP.' });

const bgp = z
  .strictObject({
    asn: whole(1, 4294967294, "The cluster's AS number."),
    routerAsn: whole(1, 4294967294, 'The AS number of the router, as the cluster expects it.'),
    speaker: choice(
      ['metallb', 'frr-k8s', 'calico', 'cilium', 'frr'],
      'What runs BGP on the nodes: MetalLB, FRR-K8s, Calico, Cilium, or FRR on plain hosts. Default: metallb.',
    ).optional(),
    password: word(
      reference,
      'Where the password of the sessions (TCP MD5) comes from: env:NAME, file:PATH or command:WORDS.',
    ).optional(),
    keepalive: whole(1, 65535, 'Seconds between keepalives.').optional(),
    holdtime: whole(3, 65535, 'Seconds without a message after which a session is down.').optional(),
    ebgpMultihop: flag(
      'The router is not on a network that the node is connected to. Default: true, since both ends of a tunnel are /32.',
    ).optional(),
  })
  .meta({ description: "The cluster's end of the BGP sessions." });

const kubernetes = z
  .strictObject({
    namespace: word(labelName, 'Where the objects go. Default: edgewg.').optional(),
    image: word(
      pinnedImage,
      'An image with wg, wg-quick, ip and nft or iptables, pinned by its digest.',
    ).optional(),
    nodeSelector: mapOf(
      labelKey,
      'A label.',
      word(labelValue, 'Its value.'),
      'Labels of the nodes that take part.',
    ).optional(),
    metallbNamespace: word(labelName, "MetalLB's namespace. Default: metallb-system.").optional(),
    module: choice(
      ['loaded', 'load'],
      'Whether every node has the kernel module wireguard loaded; `load` lets an init container do it. Default: loaded.',
    ).optional(),
  })
  .meta({ description: 'How the nodes are set up from inside the cluster.' });

const perTunnel = (description: string) =>
  perFamily(
    word(rulesetName, 'The IPv4 ruleset.'),
    word(rulesetName, 'The IPv6 ruleset.'),
    description,
  ).optional();

const fromNodes = z
  .strictObject({
    from: z.literal('nodes').meta({ description: 'The tunnels are made of the nodes.' }),
    address: word(
      address,
      "The router's address in wgN is this one plus N: with 192.168.5.10, that of wg4 is 192.168.5.14.",
    ).optional(),
    listenPort: whole(1, 64535, 'The listen port of wgN is this one plus N. Default: 51820.').optional(),
    openPort: whole(
      1,
      9000,
      'The number of the rule that opens the port of wgN is this one plus N.',
    ).optional(),
    guard: flag('Also a blackhole behind each route to pods. Default: true.').optional(),
    unfiltered: word(reason, 'Why no ruleset guards these interfaces.').optional(),
    firewall: z
      .strictObject({
        in: perTunnel('The rulesets for packets from the tunnels to other networks.'),
        out: perTunnel('The rulesets for packets from other networks into the tunnels.'),
        local: perTunnel('The rulesets for packets from the tunnels to the router itself.'),
      })
      .meta({ description: 'The rulesets that guard the interfaces.' })
      .optional(),
  })
  .meta({ description: 'How a tunnel is made of a node.' });

export const cluster = z
  .strictObject({
    interface: word(linkName, 'The WireGuard interface on the nodes. Default: wg0.').optional(),
    homeNetworks: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'The networks behind the router that the nodes reach through their tunnel.',
    ),
    routerEndpoint: word(
      routerName,
      "Where the nodes reach the router: a name or an address; the port is the tunnel's. Without it the router begins.",
    ).optional(),
    firewall: choice(
      ['nftables', 'iptables'],
      'What the rules on the nodes are written for. Default: nftables.',
    ).optional(),
    fwmark: whole(
      1,
      4294967295,
      "The mark of WireGuard's own packets on a node. Default: 81, whose bits neither kube-proxy nor the usual CNIs look at.",
    ).optional(),
    routingTable: whole(
      1,
      4294967295,
      'The table that these packets are routed by. Default: 5181.',
    ).optional(),
    cni: cni.optional(),
    metallb: metallb.optional(),
    bgp: bgp.optional(),
    kubernetes: kubernetes.optional(),
    tunnels: z
      .union([z.literal('from-nodes'), fromNodes])
      .meta({
        description:
          'With from-nodes a tunnel that `tunnels` does not have is made of the node that names it. Numbers stand with the nodes, so that one that leaves renumbers no other.',
      })
      .optional(),
    nodes,
  })
  .meta({ description: 'The other end of the tunnels: the nodes of a cluster, or plain hosts.' });
