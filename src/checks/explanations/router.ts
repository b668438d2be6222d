// The stories of the router itself: its firmware, its package, and how it is set.
import type { Story } from '../explain.ts';

export const routerStories: Readonly<Record<string, Story>> = {
  EW300: {
    title: 'the wireguard package takes interfaces down at every change',
    why: `Releases of wireguard-vyatta-ubnt up to 1.0.20210219-1 take an interface down and up whatever is changed below it: all
      sessions handshake anew, IPv6 addresses and the routes of route-allowed-ips are lost.`,
    way: `Update the package (its README tells how on a live router), or apply when nobody needs the tunnel. The plan says of
      each tunnel what happens to it.`,
  },
  EW301: {
    title: 'the wireguard package may fail to delete peers',
    why: `Releases up to 1.0.20210219-1 end a commit that deletes a peer or its allowed IPs with a bare "Commit failed" when
      route-allowed-ips is true, because their script deletes routes that are gone already.`,
    way: `Update the package. Otherwise set routeAllowedIPs: false first, in an apply of its own, with the routes written out.`,
  },
  EW302: {
    title: 'this firmware does not know a node that the file asks for',
    why: `Which nodes a router knows depends on its firmware. edgewg asks for the templates while it reads the router, so that this
      is told before anything is done and not by "The specified configuration node is not valid" in the middle of it.`,
    way: 'Leave out what the finding names, or update the firmware.',
  },
  EW303: {
    title: 'the router runs an EdgeOS of which less is known',
    why: `What a commit does to running tunnels is read from the scripts of the wireguard package for EdgeOS 1 and 2. EdgeOS 3 has
      WireGuard built in, takes the same commands, and keeps its scripts to itself.`,
    way: `Nothing must be done: what is applied is proven afterwards, and put back where it doesn't hold. Only the impact that
      the plan tells may be another.`,
  },
  EW304: {
    title: 'hardware NAT may break UDP beside WireGuard',
    why: `Users of the EdgeRouter X report since 2019 that with hwnat and a WireGuard interface UDP connections die after a while
      and that what comes out of the tunnel crawls; switching it off cured it. See issue 98 of Lochnair/vyatta-wireguard and
      issues 23 and 62 of WireGuard/wireguard-vyatta-ubnt. No explanation is known, and not everybody sees it.`,
    way: `Leave it on as long as nothing is amiss. Otherwise: set system offload hwnat disable. The router then forwards by its
      CPU alone, which costs most of a gigabit line's speed.`,
  },
  EW305: {
    title: 'an endpoint is a name',
    why: `The router gives the name to wg once, at commit and at boot, and never again. While it boots the line is often not up
      yet: wg tries for about 70 seconds, the commit of the endpoint fails, and the running configuration has no endpoint any
      more. Whoever saves then has lost it. A dynamic address that changes isn't noticed either.`,
    way: `An address that stays needs no name. Where it must be a name: let the other end begin (an endpoint and
      persistentKeepalive there), or check after each boot: edgewg status --json tells, edgewg doctor --heal puts back what was lost.`,
  },
};
