// The stories of crypto-routing: which peer WireGuard picks for a packet, and whether that is the one that was meant.
import type { Story } from '../explain.ts';

export const cryptoRoutingStories: Readonly<Record<string, Story>> = {
  EW130: {
    title: 'two peers of one interface have the same allowed IPs',
    why: `WireGuard picks the peer by the packet's destination, so a prefix has one owner on an interface. Setting it for another
      peer moves it without a word, and the first one shows "allowed ips: (none)". EdgeOS compares the texts and only when the
      whole interface is set, so 10.0.0.1/24 and 10.0.0.0/24, a comma list, or a peer that is added later pass its check.
      edgewg compares the addresses, of the file's peers and of those that only the router has.`,
    way: `Take the prefix from one of the two peers. If both must have it (a range that moves between servers), give each peer
      an interface of its own: then routes and BGP decide.`,
  },
  EW131: {
    title: "allowed IPs lie within another peer's",
    why: `Of prefixes that hold an address the longest wins, as with routes. That is how a default route through one peer and
      single addresses of others live together, and is told only because it is easily done by accident. A warning: the
      longer prefixes leave nothing of the wider one.`,
    way: 'Nothing, if it is meant so. Otherwise narrow the wider prefix.',
  },
  EW132: {
    title: 'a route into a tunnel leads to no peer',
    why: `The route brings a packet to the interface, and the interface finds no peer whose allowed IPs hold its destination.
      The router then refuses it ("Required key not available"), and nothing is sent: WireGuard never answers with a route.
      A route wider than what the peers have works for its part only. Routes to a range of addresses that peers have one by
      one are not told.`,
    way: 'Add the prefix to the allowedIPs of the peer that should get it, or take the route out.',
  },
  EW133: {
    title: 'a peer may send from addresses that are not routed back to it',
    why: `AllowedIPs filter what comes in and choose the peer for what goes out, but they make no routes: route-allowed-ips is
      false on tunnels that are ours. Packets from such an address are accepted, and the answers leave by another
      interface, most often to the provider. Nothing is told where a routing protocol may bring the route.`,
    way: `Add the prefix to the tunnel's routes. If it comes by BGP, name it under accept of a neighbour behind that tunnel. If
      the peer never uses it, take it out of its allowedIPs.`,
  },
  EW134: {
    title: 'WireGuard would drop what a BGP neighbour announces',
    why: `MetalLB announces a service's range from several servers, and the router spreads connections over all of them (ECMP).
      Each path must take the range: its interface needs it in the allowed IPs of the very peer that announces it. With one
      interface for several peers it belongs to one of them alone, whatever BGP says; that is the reason for one interface
      per server. The connections that hash to a path that drops just hang, and the others work.`,
    way: `Add the range to the allowedIPs of the peer on every tunnel through which it is announced; peers of one interface
      that announce the same range need interfaces of their own.`,
  },
  EW135: {
    title: 'the public keys of two tunnels change places',
    why: `On the router each of two interfaces has a peer, and the plan gives each of them the other's key, while endpoints and
      allowed IPs stay. Neither handshake would succeed: the other end is somebody else. It is easily done when two blocks of
      a site file are copied.`,
    way: 'Look at both servers (wg show wg0 public-key), and swap the two lines back. If they did change places, silence it with the reason.',
  },
};
