// The stories of what an apply does while it runs: to the session that applies it, and to tunnels that are up.
import type { Story } from '../explain.ts';

export const impactStories: Readonly<Record<string, Story>> = {
  EW230: {
    title: 'the plan cuts off the session that applies it',
    why: `edgewg follows its own SSH session on the router, before and after the plan: the router's address, the interface, the
      rulesets that are attached there (local), the route of the answers, where sshd listens; for a session through a tunnel
      also the peer, the keys, the port, and the tunnel's own packets. Something of it would be gone after the commit. The
      proof over a new connection would fail, and the router would undo everything by itself.`,
    way: `Come in by another way (from home, by another tunnel), or do the change in two steps. --allow cut-off applies all the
      same: whoever proves it then must come in by the new way before the time is over.`,
  },
  EW231: {
    title: "it can't be told whether the plan cuts off its own session",
    why: `Something on the way of the SSH session changes, and whether it still works afterwards depends on what no configuration
      tells: what a BGP neighbour announces, a rule with a rate limit, how soon a tunnel comes back after its interface went
      down and up. A peer that sends, and hears nothing for 15 seconds, handshakes anew by itself (the protocol's keepalive
      timeout of 10 and rekey timeout of 5 seconds: WireGuard's whitepaper, section 6, and timers.c of the kernel module). One
      that has nothing to send waits for its next packet, or its next keepalive.`,
    way: 'Have another way in at hand. Unconfirmed, the router undoes the plan by itself.',
  },
  EW232: {
    title: 'the plan leaves the way of its own session open',
    why: `The router's address, the interface, the rulesets, sshd and the route of the answers were looked at before and after the
      plan, and none of them gets worse.`,
    way: 'Nothing is to be done.',
  },
  EW240: {
    title: 'routes vanish with route-allowed-ips',
    why: `route-allowed-ips true, which is the package's default, had put a route into the kernel for every allowed IP. False takes
      them out again. A prefix without a route of its own through the interface then goes by the default route, in clear.`,
    way: `Add the prefixes that the finding names to the tunnel's routes; the plan then sets them before the others go. Or keep
      routeAllowedIPs: true on that tunnel.`,
  },
  EW241: {
    title: 'an interface goes down and up, and loses routes',
    why: `Attaching or detaching a ruleset, and disable, take a WireGuard interface down and up again (with package releases up to
      1.0.20210219-1 every change does). The kernel then drops the routes that route-allowed-ips had made, and nothing makes
      them again: the scripts do so only when allowed IPs change. IPv6 addresses are lost as well; those the apply adds again.`,
    way: `routeAllowedIPs: false with explicit routes: the routing daemon puts those back by itself. Otherwise set the ruleset in
      the commit that creates the interface.`,
  },
};
