// The long story of every finding: why it matters and what to do. A code never changes its meaning; a test holds this
// table and the codes in src/ together.
import { cryptoRoutingStories } from './explanations/crypto-routing.ts';
import { endStories } from './explanations/ends.ts';
import { impactStories } from './explanations/impact.ts';
import { mtuStories } from './explanations/mtu.ts';
import { operationStories } from './explanations/operation.ts';
import { routerStories } from './explanations/router.ts';
import { routingStories } from './explanations/routing.ts';
import { securityStories } from './explanations/security.ts';

export interface Story {
  /** One line: what the finding says. */
  readonly title: string;
  /** Why it matters, in the router's or the network's terms. */
  readonly why: string;
  /** What to do about it. */
  readonly way: string;
}

export const stories: Readonly<Record<string, Story>> = {
  EW001: {
    title: 'no ruleset is named in which a listen port could be opened',
    why: `The tunnel has openPort, and a peer may come over a family of addresses for which uplink.rulesets names no
      ruleset. Without a rule the router drops the first packet of a peer that opens the connection. The tunnel may still
      come up when the router itself opens it, which looks like a fault that comes and goes.`,
    way: `Name the ruleset that guards the router on its uplink (firewall local of the WAN interface) under
      uplink.rulesets.ipv4 or .ipv6. If the peer never comes over that family, say so: openPort: { ipv4: 24 }.`,
  },
  EW002: {
    title: 'the wanted rule number belongs to somebody else',
    why: `Setting a rule under a number that is taken doesn't replace the rule there, it merges with it: an accept rule for
      UDP merged into "drop invalid" accepts only invalid packets, and merged the other way round it may open the
      router. So edgewg adopts a rule only when action, protocol and destination port are already the wanted ones.`,
    way: `Take a free number for openPort.rule. If the rule there is a leftover that should go, list its number under
      manages.firewallRules: then the file decides what stands there, and the plan shows what it deletes.`,
  },
  EW003: {
    title: 'the tunnel is too small for the MSS clamp of EdgeOS',
    why: `The segment size that fits the tunnel is smaller than what EdgeOS accepts for the clamp (1280 is the least for
      IPv6). The clamp is left as it is, so TCP through the tunnel has to rely on path MTU discovery, and hangs wherever
      ICMP is filtered.`,
    way: `Give the tunnel a larger MTU if the path allows it (1340 is the least with a clamp for IPv6), or accept it by
      mssClamp: { ipv6: off }.`,
  },
  EW004: {
    title: 'the MSS clamp is shared with other interfaces, and becomes smaller for them too',
    why: `EdgeOS has one MSS value per family for all interface types. The tunnels need a smaller one than, for example, the
      PPPoE line has: TCP segments on that line shrink too. Nothing breaks, it costs a few percent of overhead there.`,
    way: `Usually: let it be. Otherwise keep the old value with mssClamp: { ipv4: off } and give both ends of the tunnel a
      fitting MTU; or raise the tunnel's MTU if the path has room.`,
  },
  EW010: {
    title: 'the private key file of an existing interface is missing on the router',
    why: `edgewg makes a private key only for an interface that doesn't exist yet. Here the interface exists and the file
      doesn't: a mistyped path would otherwise give the interface a new identity, and every peer would refuse it.`,
    way: `Correct privateKey in the site file. If the identity is meant to change, do it by edgewg keys rotate, which makes
      the next key and tells what the peers must do.`,
  },
  EW011: {
    title: 'the key file on the router holds no WireGuard key, or another one than it should',
    why: `A key file has exactly one line of 44 characters, the base64 form of 32 bytes. The router checks that when the
      path is set and when it commits, and refuses the interface.`,
    way: `Look at the file on the router (sudo cat). When it is something else, choose another path; edgewg never
      overwrites a file. A file named edgewg-… is named after its key: one that holds another key was changed by hand.`,
  },
  EW012: {
    title: 'the interface changes its identity',
    why: `The key file that the site file names has another public key than the one that the interface uses now. From the
      commit on, every peer's handshake fails until it knows the new public key.`,
    way: `If that is wanted, let the peers know the new public key before the apply (edgewg keys rotate tells how, and goes
      back when nobody answers). If not, name the file whose key is in use.`,
  },
  EW013: {
    title: 'a key is hidden in the running configuration',
    why: `"show configuration" prints stars for every leaf whose name ends in key, even when it holds the path of a key file.
      Whether the key is the wanted one can't be told from that, so every plan would want to set it.`,
    way: `Save the configuration with "show configuration commands", which hides nothing. edgewg replaces every secret by a
      word that tells nothing before it does anything else.`,
  },
  EW014: {
    title: 'a secret would be deleted that could not be put back',
    why: `The plan deletes a node below which a secret stands that isn't a WireGuard key. Should the apply fail half way, the
      undo commands would have to name that secret, and edgewg keeps no secret anywhere.`,
    way: `Delete that leaf by hand first, or take the interface out of manages.`,
  },
  EW015: {
    title: 'the preshared key file of a peer is missing on the router',
    why: `A preshared key is agreed on by both ends, so edgewg doesn't make one: the router would have a key that the other
      end doesn't know, and no handshake would succeed. The router refuses the path at set: Value validation failed.`,
    way: `Put the key into the file on the router (one line, 0640, group vyattacfg), or let the site file refer to where it
      is kept (env:NAME, file:PATH, command:WORDS): the apply then writes the file.`,
  },
  EW016: {
    title: 'a literal key stands in the configuration',
    why: `Whoever sees config.boot, a backup, a revision in the archive or the output of show configuration commands has the
      key. EdgeOS prints it in full when a commit fails, and it stands in the arguments of a process while it is set.`,
    way: `Name a file for it in the site file: privateKey: /config/auth/wg4.key (or presharedKey of the peer). When the file
      isn't there, the next apply moves the key into it on the router: the key stays the same, no peer notices. Old
      revisions and backups keep the literal: change the key afterwards (another file under privateKey) if others may have them.`,
  },
  EW017: {
    title: 'the file of a key is known at apply',
    why: `The key comes from a reference (env:, file:, command:), and its file on the router is named after it, so that
      another key is a change that the plan shows. This plan was made without resolving the reference: plan --running
      resolves none, plan on a router runs no command: without --run-commands, and a variable or file may be missing here.`,
    way: 'Nothing. The apply resolves it and shows the public key. For a plan to be saved, give --run-commands.',
  },
  EW018: {
    title: 'the preshared key of a peer changes',
    why: `Both ends must have the same preshared key. The session that stands goes on for up to two minutes, and after that no
      handshake succeeds until the other end has the new key too.`,
    way: 'Change it at the other end at the same time.',
  },
  EW019: {
    title: 'a rollback needs a key file that is gone',
    why: `The apply that is to be undone gave an interface another key, and the file of the one before isn't on the router any more:
      edgewg keys rotate --finish takes it away once the peers work with the new one. The router refuses a path without a file
      (Private key … not found), and with it the whole commit.`,
    way: `Go forward: make a next key with edgewg keys rotate and give its public half to the peers. If the file is there and
      edgewg just can't see it (a folder below /config/auth that this user can't read), --allow missing-key tries all the same.`,
  },
  EW020: {
    title: 'the router knows no wireguard interfaces',
    why: `EdgeOS 1 and 2 learn WireGuard from the package wireguard-vyatta-ubnt. A firmware upgrade removes the package, and
      with it every wireguard node from the running configuration, while config.boot still holds them. Whoever saves then,
      and the GUI saves on every change, destroys them for good.`,
    way: `Save nothing. Install the package for this model and firmware, then run edgewg doctor --heal, which loads back what
      config.boot has. After that plan again; most often there is nothing left to do.`,
  },
  EW021: {
    title: 'a wireguard interface is saved, but not running',
    why: `config.boot holds an interface that the running configuration has lost: it didn't come back at boot (a missing key
      file, an endpoint's name that didn't resolve), or somebody deleted it and didn't save. An apply saves, and would make
      the loss permanent.`,
    way: `edgewg doctor --heal loads it back; where that fails it tells what the router said. If it is meant to be gone, save
      on the router first.`,
  },
  EW022: {
    title: "the firmware can't clamp the MSS of wireguard interfaces",
    why: `The interface type wg of mss-clamp comes with the wireguard package: for IPv4 since version 0.0.20180731, for IPv6
      since 0.0.20191219. The router would refuse the command.`,
    way: `Update the package, or say mssClamp: { ipv4: off } or { ipv6: off } and see that both ends of the tunnel have a
      fitting MTU.`,
  },
  EW025: {
    title: 'running and saved configuration differ',
    why: `Somebody committed something and never saved it. An apply ends with a save, which would make that change last
      without anybody having meant it; and if the router rebooted now, the change would be gone. Whoever made it may still
      be trying it out.`,
    way: `Ask who is at work, then save the change on the router or take it back (configure; load; commit), and plan again.
      --allow drift applies all the same, and saves both.`,
  },
  EW030: {
    title: 'the plan removes more than the site file allows',
    why: `A file that was cut short, merged wrongly or written for another router looks like an order to delete. So a plan may
      remove no interface, one peer and never more than a third of an interface's peers, and never the last route to a
      prefix, unless limits in the site file say otherwise.`,
    way: `Look at what is deleted. If all of it is meant, give --allow delete=N with the number that the finding names, once;
      raise limits only if that is how the site is always run.`,
  },
  EW040: {
    title: 'somebody changed since what the apply had written',
    why: `A rollback undoes one apply and keeps what others did since. Where they touched the very nodes that it wrote or
      deleted, going back would overwrite their work, or the work is done already.`,
    way: `Ask who it was (show system commit on the router). --allow conflict goes back all the same; what can't be undone
      because it is gone is passed over.`,
  },
  EW100: {
    title: 'a listen port becomes reachable from the internet',
    why: `For every interface that faces the internet edgewg walks the rulesets that are attached there, as they are after
      the plan, and follows a new UDP connection from the peers' addresses (or from anywhere) to the port. This one gets
      through, by the rule that is named.`,
    way: 'Nothing is to be done. It is told when the plan changes it.',
  },
  EW101: {
    title: 'a port that the file opens stays closed',
    why: `openPort sets a rule, but packets never come to it: an earlier rule drops them, or the ruleset isn't the one that
      is attached to the interface they come in by (firewall local, or the local zone). EdgeOS takes the first rule that
      matches, in the order of the numbers. The tunnel would come up only when the router itself begins.`,
    way: `Take a number that comes before the rule that drops (the hint names a free one), or name under uplink.rulesets
      the ruleset that is really attached.`,
  },
  EW102: {
    title: 'a port that the file opens may be closed, or is open to some only',
    why: `Part of the packets is refused before the rule that opens the port, or an earlier rule depends on what no
      configuration tells (a rate limit, the time of day, a group that only the router fills), so that edgewg can't say
      whether they get there.`,
    way: 'Put the rule before the one that is named, or accept it with a reason: # edgewg-ignore EW102: REASON.',
  },
  EW103: {
    title: 'a listen port is closed where a peer may need it',
    why: `Answers to what the router sends always come back; it is about who may begin. A peer without an endpoint must begin
      itself. A peer with an IPv6 endpoint is no better off for a rule in the IPv4 ruleset. A peer without
      persistentKeepalive can't be woken up by the other end after two minutes of silence.`,
    way: `Open the port in that family with openPort, or give the peer an endpoint and persistentKeepalive, so that the
      router keeps the way open by itself.`,
  },
  EW104: {
    title: "it can't be told whether a port is reachable",
    why: `No interface of the configuration seems to face the internet in that family: edgewg looks for a default route,
      PPPoE, addresses by DHCP, load-balance groups and the WAN interface of port-forward. Without one it doesn't know
      which rulesets a packet meets.`,
    way: 'Nothing, if the router is no way to the internet. Otherwise look for the default route that is missing.',
  },
  EW105: {
    title: 'an interface that faces the internet has no ruleset for the router itself',
    why: `Without a local ruleset EdgeOS accepts everything that is sent to the router: SSH, the GUI, DNS. The rule that opens
      the port of a tunnel then changes nothing. Often it is IPv6 that was forgotten.`,
    way: `Attach a ruleset on the router, with rules that accept established and related packets, and in IPv6 ICMPv6 and
      DHCPv6. If somebody else guards the router, say so: # edgewg-ignore EW105: REASON.`,
  },
  EW110: {
    title: 'another WireGuard interface has the listen port',
    why: `Two interfaces can't listen on one UDP port: the commit of the second one fails, and EdgeOS keeps the rest of that
      commit.`,
    way: 'Give one of the two another listenPort, and tell the peers: their endpoint names it.',
  },
  EW111: {
    title: 'a service of the router listens on that UDP port',
    why: `OpenVPN, IPsec (500 and 4500), DNS, DHCP, NTP, SNMP and others listen on UDP ports of their own. Whichever starts
      last fails, and after a reboot that may be the other one. Services on TCP are never in the way of WireGuard.`,
    way: 'Take another listenPort. WireGuard has no port that it must have.',
  },
  EW112: {
    title: 'NAT sends the packets of that port elsewhere',
    why: `Destination NAT and port-forward change a packet before any ruleset sees it. A range that includes the listen port
      takes the tunnel's packets along, and WireGuard never gets one.`,
    way: `Take a listenPort outside the range, narrow the range, or put a NAT rule with exclude before it.`,
  },
  EW120: {
    title: 'one name for two rulesets',
    why: `firewall name, ipv6-name, modify and ipv6-modify share one namespace. EdgeOS refuses the second ruleset of a name at
      commit, and keeps the rest of that commit.`,
    way: 'Rename one of them. EdgeOS itself writes WAN_LOCAL for IPv4 and WANv6_LOCAL for IPv6.',
  },
  EW121: {
    title: "a ruleset is attached that isn't there",
    why: `An interface or a zone names a ruleset that the configuration doesn't have after the plan, or has in the other
      family only. EdgeOS refuses the commit: 'Rule set X is not configured', or 'still in use' when it is deleted.`,
    way: 'Define it under rulesets with the right family, name another, or detach it first.',
  },
  EW122: {
    title: 'nothing filters what comes out of a tunnel',
    why: `WireGuard checks who sends, not what. Without a ruleset for in, its peers reach every network behind the router;
      without one for local, the router's SSH, GUI and DNS. Whoever takes over one server of the cluster is at home.`,
    way: `Define rulesets and attach them under the tunnel's firewall (in and local), for each family that its peers may
      send. If they are as trusted as the home itself, say why: unfiltered: REASON.`,
  },
  EW123: {
    title: "a BGP neighbour can't open its session",
    why: `Either end may open the TCP connection to port 179. When the neighbour does and the local ruleset of the tunnel
      drops it, the session comes up only when the router happens to be first, and after a restart perhaps not.`,
    way: 'Accept tcp to port 179 from the address of the neighbour in the local ruleset of the tunnel.',
  },
  EW124: {
    title: 'what the peers of a tunnel may reach at home',
    why: `New connections that the rulesets attached to the tunnel let pass, through the router (in) and to the router itself
      (local), from the addresses that the peers may use. It is told when the plan changes it, for whoever reviews it.`,
    way: 'Compare it with what is meant. Each part names the rule that lets it pass.',
  },
  ...cryptoRoutingStories,
  ...mtuStories,
  ...routingStories,
  ...impactStories,
  ...routerStories,
  ...securityStories,
  ...endStories,
  ...operationStories,
};
