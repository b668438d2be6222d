// The stories of routes: what carries a packet, and where it would go instead.
import type { Story } from '../explain.ts';

export const routingStories: Readonly<Record<string, Story>> = {
  EW210: {
    title: 'a tunnel would have to go through itself',
    why: `WireGuard sends its own packets by the routing table, like any other. When the address of a peer's endpoint is
      routed into the tunnel, they go into the tunnel again, and nothing ever leaves. The same happens in a ring: the
      endpoint of one tunnel lies behind another whose endpoint lies behind the first. edgewg follows route, peer and
      endpoint until a packet leaves by a line that is no tunnel.`,
    way: `Give the server a second address that is in no route of the tunnel, as endpoint only (a second IPv6 address costs
      nothing), or take its public address out of the routes.`,
  },
  EW211: {
    title: 'a prefix that the file routes into a tunnel goes elsewhere',
    why: `Among routes to one prefix the smallest distance wins; connected networks have 0, static routes 1, eBGP 20. At the same
      distance the router shares the packets out: some connections work and some don't. A longer prefix always wins, for
      its part of the addresses.`,
    way: `Take the other route out, or give one of them another distance. When the tunnel is meant to stand by only, say so:
      # edgewg-ignore EW211: REASON.`,
  },
  EW212: {
    title: 'a static route stands against what BGP announces',
    why: `MetalLB announces a service's address from whichever server carries it. A static route to the same prefix, or to a
      longer one, wins over BGP: packets keep going to one server when the address has moved to the other.`,
    way: `Leave the range to BGP alone: it belongs into AllowedIPs of every tunnel that may carry it, and into accept of the
      neighbours, not into routes. With routeAllowedIPs: true the AllowedIPs are routes as well.`,
  },
  EW213: {
    title: "the router's address in a tunnel collides with another network",
    why: `Two interfaces with the same address, or with networks that overlap, have a connected route each to the same
      addresses: the router uses one of them. A single address of the home network on a tunnel is only confusing: devices at
      home ask for it by ARP as for one of their own.`,
    way: 'Take an address from a private range that is used nowhere else; a /32 or /128 needs no network around it.',
  },
  EW214: {
    title: 'private addresses would leave unencrypted when the tunnel is gone',
    why: `A route through an interface ends with the interface: while the router boots, after a firmware upgrade without the
      wireguard package, when somebody disables it. The default route then takes the packets, masquerades them and sends them
      to the provider in clear. What was meant for the pods of a cluster may reach somebody.`,
    way: `Add guard: true to the route: edgewg sets a blackhole to the same prefix at distance 254, which drops them as long as
      nothing better is there.`,
  },
  EW215: {
    title: 'a BGP neighbour is not reached through its tunnel',
    why: `The session with a neighbour is a TCP connection to its address, which needs a route into the tunnel: AllowedIPs alone make
      none with route-allowed-ips false. Else the packets go to another interface, or out to the internet.`,
    way: 'Add the address, as /32 or /128, to the routes of the tunnel that the neighbour names.',
  },
};
