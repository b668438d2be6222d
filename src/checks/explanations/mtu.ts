// The stories of packet sizes. docs/mtu.md has the sums of whole networks.
import type { Story } from '../explain.ts';

export const mtuStories: Readonly<Record<string, Story>> = {
  EW140: {
    title: "where a tunnel's MTU comes from",
    why: `A packet of the tunnel travels inside an IP header (20 bytes, or 40 for IPv6), a UDP header (8) and WireGuard's own 32
      bytes: 60 over IPv4, 80 over IPv6. What the way to the internet takes, less that, is the largest packet that leaves in
      one piece. A host name, or a peer that calls from anywhere, may turn out to be IPv6, so the worse family counts. A TCP
      segment is 40 bytes smaller than a packet, 60 over IPv6.`,
    way: 'Give the other end the same MTU: each end decides only about what it sends.',
  },
  EW141: {
    title: "a tunnel's MTU is too large for its way",
    why: `A full packet of the tunnel becomes larger than what the line takes. The router then sends it in two pieces, which costs
      its offloading and half of the speed; and whoever drops fragments on the way lets small packets through and stops large
      ones: ping works, SSH logs in, and the first long answer hangs. Where the peer is reached through another tunnel, that
      one's MTU is the line.`,
    way: `Take the number that the finding names, on both ends, or leave mtu out: auto computes it. When the path has a
      smaller MTU than the router's line, say uplink.mtu.`,
  },
  EW142: {
    title: "a tunnel's MTU is too small for IPv6",
    why: `IPv6 asks of every link to carry packets of 1280 bytes (RFC 8200 section 5). Linux takes IPv6 off an interface whose MTU
      is below: its addresses vanish, and with them the routes.`,
    way: `1280 is the least. EdgeOS clamps TCP over IPv6 down to 1280 only, which needs an MTU of 1340 (EW003).`,
  },
  EW143: {
    title: 'the MSS clamp is larger than what a tunnel takes',
    why: `The clamp lowers the segment size that both ends of a TCP connection agree on, so that full packets fit the tunnel. With
      a larger value they agree on segments that don't, and depend on ICMP messages that many networks drop. EdgeOS has one
      value per family for all interface types, so the smallest tunnel decides.`,
    way: 'Use auto: the smallest MTU of all WireGuard interfaces, less 40 for IPv4 and less 60 for IPv6.',
  },
  EW144: {
    title: "uplink.mtu is more than the router's line takes",
    why: `The MTU of tunnels is computed from uplink.mtu where the file says it. The router's own interface to the internet is
      smaller: PPPoE takes 8 bytes of Ethernet's 1500 and has 1492, a 6in4 tunnel 1480. All tunnels would be too large by the
      difference.`,
    way: "Leave uplink.mtu out, or say the smaller number. It is for paths that are narrower than the router's own line.",
  },
};
