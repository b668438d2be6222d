// EW160: phones whose packets no NAT rule translates as they leave for the internet, where others of home are translated.
import { untranslated } from '../../model/firewall/masqueraded.ts';
import { sourceNatOf } from '../../model/firewall/nat.ts';
import { only } from '../../model/firewall/ranges.ts';
import { freeNatNumber, natRule } from '../../objects/nat.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { firstSource } from '../../site/grammar/names.ts';
import type { Peer, Tunnel } from '../../site/site.ts';
import {
  covers,
  type Prefix,
  parseInterfaceAddress,
  parsePrefix,
  printPrefix,
} from '../../wireguard/prefix.ts';
import { isNode } from '../fix.ts';
import { listed, livingTunnels } from '../routing/routes.ts';
import { finding, viewOf } from '../view.ts';

export const phonesMasqueraded: Check = {
  explanations: {
    EW160: {
      title: "no NAT rule translates a phone's packets to the internet",
      why: `What a phone sends into the tunnel for the internet leaves by the router's uplink. The router masquerades others of home there, by
        rules that name their addresses, and none of these rules takes the phone: its packets leave with a private address, and nothing
        answers. What it sends to your own networks is answered.`,
      way: `Where the phone sends everything into the tunnel, write a masquerade for the tunnel's network under nat. Where it only wants
        home, nothing is to do.`,
    },
  },
  find: input => livingTunnels(input).flatMap(tunnel => phonesOf(input, tunnel)),
};

function phonesOf(input: CheckInput, tunnel: Tunnel): Finding[] {
  const { after, site } = input;
  const uplinks = viewOf(input).after.wan(4);
  const masks = uplinks.some(({ iface }) => sourceNatOf(after, iface).rules.length > 0);
  if (!masks) return [];
  const isServed =
    isNode(site, tunnel) ||
    site.bgp?.neighbors.some(one => one.tunnel === tunnel.name) === true ||
    // they leave by another tunnel, whose checks follow them
    site.tunnels.some(({ clients }) => clients?.from.some(one => one.interface === tunnel.name));
  if (isServed) return [];
  const networks = tunnel.address
    .flatMap(text => parseInterfaceAddress(text) ?? [])
    .filter(({ family }) => family === 4);
  const phones = tunnel.peers.flatMap(peer => {
    const address = addressOf(peer, networks);
    return address === undefined || untranslated(after, only(address.first)) !== 'all'
      ? []
      : { peer, address };
  });
  const [first] = phones;
  if (first === undefined) return [];
  const number = freeNatNumber(new Set(natRule.names(after).map(Number)), firstSource);
  const network = networks.find(one => covers(one, first.address));
  const out = uplinks.map(({ iface }) => iface.name)[0] ?? 'eth0';
  return [
    finding(input, first.peer.at, {
      code: 'EW160',
      severity: 'note',
      message: `${tunnel.name}: no NAT rule translates what ${listed(phones.map(({ peer }) => peer.name))} ${phones.length === 1 ? 'sends' : 'send'} to the internet, as others of home have it: only your own networks answer`,
      hint: `where that is wanted: nat: { ${number ?? 'NUMBER'}: { type: masquerade, outboundInterface: ${out}, source: { address: ${network === undefined ? '' : printPrefix(network)} } } }`,
    }),
  ];
}

/** Of a peer that calls from anywhere, with one IPv4 address of the tunnel's network and no network behind it. */
function addressOf(peer: Peer, networks: readonly Prefix[]): Prefix | undefined {
  if (peer.disable || peer.endpoint !== undefined) return undefined;
  const prefixes = peer.allowedIPs.flatMap(text => parsePrefix(text) ?? []);
  const [address, ...more] = prefixes.filter(({ family }) => family === 4);
  const isHost = ({ family, length }: Prefix): boolean => length === (family === 4 ? 32 : 128);
  if (address === undefined || more.length > 0 || !prefixes.every(isHost)) return undefined;
  return networks.some(one => covers(one, address)) ? address : undefined;
}
