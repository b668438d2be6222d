// `cluster.nodes`: one machine at the other end, with what the router must know of it and what it must know of the router.
import { linkName, networkFile, nodeKey, nodeName } from '../grammar/cluster.ts';
import { publicKey } from '../grammar/keys.ts';
import { interfaceName } from '../grammar/names.ts';
import { address, interfaceAddress, prefix } from '../grammar/net.ts';
import { flag, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const endpoint = z
  .strictObject({
    address: word(
      interfaceAddress,
      'An address of the node, with its prefix length, that nothing routes into the tunnel: only WireGuard uses it.',
    ),
    interface: word(linkName, 'The interface of the node that has it.'),
    gateway: word(
      address,
      'The next hop of that interface. Default: the one of its default route, when the tunnel starts.',
    ).optional(),
    networkFile: word(
      networkFile,
      'The file of systemd-networkd that configures the interface. Default: 10-INTERFACE.network.',
    ).optional(),
  })
  .meta({ description: 'Where the router reaches the node.' });

const node = z
  .strictObject({
    tunnel: word(interfaceName, 'The tunnel of the router that leads here: wg0 to wg999.'),
    address: listOf(
      word(interfaceAddress, 'An address with its prefix length.'),
      'The addresses of the node in the tunnel.',
    ),
    publicAddresses: listOf(
      word(address, 'An address.'),
      'Addresses of the node that home reaches through the tunnel only.',
    ).optional(),
    endpoint: endpoint.optional(),
    reachable: flag(
      "false: the node is behind a NAT of its own, and the router can't begin towards it: the node begins (routerEndpoint). Default: true.",
    ).optional(),
    listenPort: whole(1, 65535, 'The UDP port of WireGuard on the node. Default: 51820.').optional(),
    pods: listOf(word(prefix, 'A prefix, host bits zero.'), 'The pods of the node (podCIDRs).').optional(),
    key: word(
      nodeKey,
      'Where its private key comes from: made-on-node, so that it never leaves it, or env:NAME, file:PATH, command:WORDS. Default: made-on-node.',
    ).optional(),
    publicKey: word(
      publicKey,
      'The public half of its key; the router has it as the key of its peer.',
    ).optional(),
    routerPublicKey: word(
      publicKey,
      "The public key of the router's end of this tunnel; `edgewg keys` prints it.",
    ).optional(),
    mtu: whole(
      576,
      9216,
      "The MTU of the node's end, in bytes. Default: that of the router's end.",
    ).optional(),
    persistentKeepalive: whole(
      1,
      65535,
      'Seconds between packets that the node sends. Default: 25 where it begins (routerEndpoint), else none.',
    ).optional(),
  })
  .meta({ description: 'A node.' });

export const nodes = mapOf(
  nodeName,
  'The name of the node, as `kubectl get nodes` shows it.',
  node,
  'The nodes, by name.',
);
