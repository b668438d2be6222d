// The stories of the two ends of a tunnel: what one side says and the other doesn't.
import type { Story } from '../explain.ts';

export const endStories: Readonly<Record<string, Story>> = {
  EW400: {
    title: "the router's peer is not the node",
    why: `WireGuard knows a peer by its public key alone. The key that the router has is not the one that the cluster section gives
      the node: the router drops its handshakes without a word, and both ends look as if the other were not there.`,
    way: 'Take the key that `wg show` prints on the node, for publicKey of the peer and of the node.',
  },
  EW401: {
    title: 'a node has another key for the router than the router itself',
    why: `The private key of the interface lies on the router. Its public half is not what the node would get as routerPublicKey:
      perhaps the key was made anew, or the line belongs to another tunnel.`,
    way: `\`edgewg keys\` prints the public keys; write it to routerPublicKey, and render the node again. --allow router-key applies
      all the same: on a lab router, whose keys are its own, and no tunnel needs to come up.`,
  },
  EW402: {
    title: 'the router looks for a node where it is not',
    why: `The endpoint of the router's peer and the endpoint of the node are two addresses, or only one side has one. A node
      drops what comes for WireGuard at any other address than its endpoint.`,
    way: 'Write the same address in both places. A name is not compared: nobody looks it up here.',
  },
  EW403: {
    title: 'the router sends to a port on which the node does not listen',
    why: "The port of the peer's endpoint must be the listenPort of the node, and no overlay of the cluster may listen there itself.",
    way: 'Write the same port in both places.',
  },
  EW404: {
    title: 'neither end can begin, or the one that should is not let in',
    why: `One end must know where the other is. A node that begins needs routerEndpoint, a listenPort of the tunnel, and a rule
      that opens it; and it speaks only the family of its own endpoint. Where only the router can begin, a keepalive or BGP must make it speak.`,
    way: 'Say where the router reaches the node, or where the nodes reach the router.',
  },
  EW405: {
    title: 'the node sends what the router does not accept',
    why: `WireGuard drops a packet whose source is not among the allowed IPs of the peer that it came from, and has no key for one
      whose destination is in nobody's. Addresses, pods and MetalLB's range of the node must all be there.`,
    way: 'Add the prefix to allowedIPs of the peer.',
  },
  EW406: {
    title: 'the router accepts what the node does not have',
    why: `An allowed IP is also a right: the node may send from that prefix. What nobody has there is a leftover, or a slip; what another node has there is that node's.`,
    way: 'Take it out, or say under the node what is there.',
  },
  EW407: {
    title: 'something of a node is not routed into its tunnel',
    why: `With routeAllowedIPs: false only routes send packets into a tunnel. What is missing among them goes by the default
      route, to the internet.`,
    way: "Add the prefix to the tunnel's routes.",
  },
  EW408: {
    title: 'a route leads to a node that has nothing there, or holds what BGP moves',
    why: `A static route wins over BGP. When MetalLB moves an address to another node, packets would stay; routeAllowedIPs makes such routes, too. And a route to what a
      node doesn't have sends packets to a place where nobody answers.`,
    way: 'Take the route out.',
  },
  EW410: {
    title: 'the two ends have different MTUs',
    why: `Each end sends packets up to its own MTU. The larger ones of one side arrive, but what goes back on a path of the other size
      needs fragments or ICMP, and some firewall in between drops both.`,
    way: 'Leave mtu out on the node: it is then computed as for the router.',
  },
  EW411: {
    title: "pods' packets are larger than the tunnel, and nothing clamps TCP",
    why: `The pods' MTU comes from the CNI. With a clamp on both sides TCP agrees on segments that fit the tunnel. Without
      it a connection begins and then hangs with the first full packet.`,
    way: "Let mssClamp be auto, or lower the CNI's MTU.",
  },
  EW412: {
    title: "the address apart from the tunnel isn't",
    why: `The endpoint of a node must stay outside: whatever routes it into a tunnel, at home or on the nodes, sends the tunnel's
      own packets into a tunnel, and nothing ever leaves. The same holds for the address where the nodes look for the router.`,
    way: 'Give the node an address that is in nothing else, for the endpoint alone. A second IPv6 address costs nothing.',
  },
  EW413: {
    title: 'two nodes have the same pods, or pods are outside the network of pods',
    why: 'The router has one route to a prefix: the pods of one of the nodes are out of reach.',
    way: '`kubectl get nodes -o json | edgewg cluster sync-nodes -` takes the prefixes from the cluster itself.',
  },
  EW414: {
    title: 'the service network is sent to a node',
    why: `Addresses of services (ClusterIP) exist only as rules of kube-proxy on each node. From outside they are reached by
      accident at best.`,
    way: 'Give the service type LoadBalancer: MetalLB announces an address of it.',
  },
  EW420: {
    title: "the router's AS number is not the one that the nodes expect",
    why: 'A BGP session is refused when the AS number in the OPEN message is not the expected one (RFC 4271 section 6.2).',
    way: 'Write the same number as bgp.asn and cluster.bgp.routerAsn.',
  },
  EW421: {
    title: "a node's AS number is not the one that the router expects",
    why: 'A BGP session is refused when the AS number in the OPEN message is not the expected one (RFC 4271 section 6.2).',
    way: "Write the same number as the neighbour's remoteAsn and cluster.bgp.asn.",
  },
  EW422: {
    title: 'a node and its BGP neighbour on the router are not the same',
    why: `Sessions run between the two addresses in the tunnel. A neighbour with another address, behind another tunnel, or missing is a
      session that one side tries for ever.`,
    way: "The neighbour's address is the node's in the tunnel, and its tunnel the one that the node names.",
  },
  EW423: {
    title: 'a session between two single addresses needs a second hop',
    why: `eBGP expects a neighbour in a network that the router is connected to. The ends of a tunnel are /32 or /128, reached by
      a route, so without ebgp-multihop the session stays idle, on either side.`,
    way: 'Leave ebgpMultihop out, with the neighbour and in cluster.bgp: both ends then have it where they need it.',
  },
  EW424: {
    title: 'the ends of a session have another source or other timers than expected',
    why: `A node takes a session only from the address that it has for the router. Timers that differ are no error: the shorter
      hold time counts for both, and what one side meant to wait is not what happens.`,
    way: "updateSource is the router's address in the tunnel; write the timers the same on both sides.",
  },
  EW425: {
    title: 'only one end of a session has a password',
    why: `TCP MD5 (RFC 2385) makes a host drop segments whose signature is missing or wrong, without an answer. EdgeOS has the
      password only in clear in its configuration, so a site file can't set it there; edgewg leaves one that is there alone.`,
    way: 'Set it on the router by hand, or leave it out on both sides: the tunnel already proves who speaks.',
  },
  EW430: {
    title: 'what MetalLB announces and what the router takes are not the same',
    why: `The router's prefix lists take only accept. What is missing there never gets a route; what is too much lets a node draw
      traffic to itself, with no accept at all even the default route.`,
    way: "accept is MetalLB's ranges, on every neighbour.",
  },
  EW440: {
    title: 'the nodes send home what is not there',
    why: `homeNetworks are routes on the nodes and allowed IPs of the router. The router has no network and no route to one of
      them, so its packets would go out by the default route.`,
    way: 'Write the networks that are behind the router, as its interfaces have them.',
  },
  EW441: {
    title: 'a rule lets the cluster reach what its nodes do not send home',
    why: `The ruleset of the tunnel accepts a destination that is in none of homeNetworks: pods that ask for it send their packets
      to the internet, where they get lost. Or it accepts a source that no node behind it has: a slip, or a leftover.`,
    way: 'Add the network to homeNetworks, write what the nodes have, or take the rule out.',
  },
  EW442: {
    title: 'both ends claim the same addresses, or have none of one family',
    why: `A node that has a prefix itself never sends it home, and the router never sends its own network into a tunnel. A node whose
      own address has a length below /32 or /128 sends that network home as a whole, with what others have in it. And two ends without a
      common family have nothing to say to each other.`,
    way: 'Renumber one of them.',
  },
  EW443: {
    title: 'an end is switched off, and the other is not',
    why: 'What is disabled on the router is still rendered for the node, which goes on trying.',
    way: 'Take the node out of the cluster section for that time.',
  },
};
