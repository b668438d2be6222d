// The stories of the security review: what is open, what is shared, and who can read the keys.
import type { Story } from '../explain.ts';

export const securityStories: Readonly<Record<string, Story>> = {
  EW340: {
    title: 'a rule lets everybody on the internet reach every port of the router',
    why: `The rule accepts new connections from anywhere to most of the ports: SSH, the GUI and DNS with them. It often comes from
      a rule for one port that was merged into another one of the same number, or that lost its destination port.`,
    way: `Give the rule the protocol and the destination port that it is meant for. If the router is meant to be open, say why:
      # edgewg-ignore EW340: REASON.`,
  },
  EW341: {
    title: 'what no rule names is accepted from the internet',
    why: `The ruleset that guards the router where it faces the internet has default-action accept: every port is open that no
      rule closes. Then the rule that opens the port of a tunnel says nothing, and what a later service listens on is open too.`,
    way: `set firewall name WAN_LOCAL default-action drop, with rules before it that accept established and related packets, and in
      IPv6 ICMPv6 and DHCPv6.`,
  },
  EW342: {
    title: 'the rulesets of a tunnel let everything pass',
    why: `A ruleset is attached, but it accepts every new connection that the peers may send: it is as if there were none.`,
    way: `Let its default be drop and name what the peers need, or say why all of it is needed: unfiltered: REASON.`,
  },
  EW343: {
    title: 'a peer may send from any address, and only some are routed to it',
    why: `AllowedIPs decide both ways: where packets go, and whose addresses a peer may use as source. With 0.0.0.0/0 or ::/0 a server
      that is taken over can pass for any address, one at home too, and rulesets that go by source let it in.`,
    way: `Name the prefixes that are behind the peer: those that are routed to it, and those that BGP announces. Where it is the
      way to the internet, route 0.0.0.0/0 to it.`,
  },
  EW344: {
    title: 'two interfaces share a private key',
    why: `The key is the identity: a peer can't tell the two interfaces apart, and a packet that answers one may be taken by the
      other. Whoever gets hold of one key has both tunnels.`,
    way: `Give each interface a file of its own under privateKey; edgewg makes the key for a new one. The peers must know the new
      public key.`,
  },
  EW345: {
    title: "a peer has the router's own key",
    why: `The public key of the peer is that of an interface of the router itself. WireGuard ignores such a peer on that very
      interface, and on another one nobody but the router could answer. Most often the two public keys were swapped.`,
    way: `Put the public key of the other end there: wg show on that machine prints it. edgewg keys prints those of the router.`,
  },
  EW346: {
    title: 'one ruleset filters several interfaces',
    why: `What a rule lets pass for one tunnel it lets pass for all that share the ruleset, unless it names the source. Shared with the
      interface that faces the internet, a rule for the tunnel opens the home to everybody, and the other way round.`,
    way: `Between tunnels to servers of one cluster that is often meant: let the rules name sources. For the internet and a tunnel
      make two rulesets.`,
  },
  EW347: {
    title: 'a key file is readable by everybody on the router',
    why: `Any user of the router, an operator too, and any service that can be made to read a file, can take the key, and be the
      router to all its peers, or read what is sent if the session is recorded.`,
    way: `chmod 0640 on the file, group vyattacfg: that is what edgewg gives its own. If others may have read it, make a new key
      under another name.`,
  },
  EW348: {
    title: 'a key is older than the file allows',
    why: `rotateAfter in the site file says for how long a key is used. WireGuard's sessions have keys of their own, so an old
      identity weakens no past session; but the longer it lies there, the more backups and people may have it.`,
    way: `edgewg keys rotate makes the next key, tells what the peers must do, and takes the old file away at last.`,
  },
};
