// The site file in the form the program uses: canonical, complete, without anything that only the router or a default
// could tell (those sums are src/plan's). What a person writes is schema.ts; normalise.ts turns one into the other.
import type { Endpoint } from '../wireguard/endpoint.ts';
import type { Family } from '../wireguard/prefix.ts';
import type { Cluster } from './cluster.ts';
import type { KeySource } from './grammar/keys.ts';
import type { SitePath } from './place.ts';
import type { ProofWish } from './proof.ts';
import type { Written } from './schema/site.ts';

export type { KeySource } from './grammar/keys.ts';
export type { SitePath, SitePlace } from './place.ts';

/** One value per family of addresses, each only where the file says one. */
export interface PerFamily<T> {
  readonly ipv4?: T;
  readonly ipv6?: T;
}

export interface Site {
  readonly router: RouterAccess;
  readonly uplink: Uplink;
  readonly manages: Manages;
  readonly limits: Limits;
  /** By number; names are unique. */
  readonly tunnels: readonly Tunnel[];
  readonly rulesets: readonly Ruleset[];
  /** By name. */
  readonly groups: readonly Group[];
  /** In the order of their numbers. */
  readonly nat: readonly NatRule[];
  readonly absent: Absent;
  readonly mssClamp: PerFamily<number | 'auto' | 'off'>;
  readonly dns?: Dns;
  readonly bgp?: Bgp;
  /** The other end. */
  readonly cluster?: Cluster;
  /** What must hold after a commit. */
  readonly proof?: ProofWish;
  readonly silences: readonly Silence[];
  /** Days after which a key counts as old. */
  readonly rotateAfter?: number;
}

export interface RouterAccess {
  readonly at: SitePath;
  /** A name, an address, or an alias from ssh_config. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Algorithms that an old sshd needs and that are off unless named here. */
  readonly legacyAlgorithms: readonly string[];
}

export interface Uplink {
  readonly at: SitePath;
  readonly mtu?: number;
  /** The rulesets in which listen ports are opened. */
  readonly rulesets: PerFamily<string>;
  /** Nobody on the internet can begin towards the router. */
  readonly reachable?: false;
}

/** Numbers from `from` to `to`, both included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** What is the file's as a whole; ask with the functions of manages.ts. */
export interface Manages {
  readonly at: SitePath;
  /** Numbers of wgN. */
  readonly interfaces: readonly NumberRange[];
  /** Rule numbers by name of the ruleset. */
  readonly firewallRules: ReadonlyMap<string, readonly NumberRange[]>;
  /** Numbers of NAT rules. */
  readonly natRules: readonly NumberRange[];
}

/** How much one apply may delete; undefined where the file leaves it to the default. */
export interface Limits {
  readonly deleteInterfaces?: number;
  readonly deletePeers?: number;
}

/** What of an object is used as it is written: every key of the schema but those that are `Changed` and said anew. */
type AsWritten<T, Changed extends keyof T> = Present<Omit<T, Changed>>;
type Present<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> };

type WrittenTunnel = NonNullable<Written['tunnels']>[string];
type WrittenPeer = NonNullable<WrittenTunnel['peers']>[string];
type WrittenRoute = Exclude<NonNullable<WrittenTunnel['routes']>[string], string>;
type WrittenClient = Exclude<NonNullable<WrittenTunnel['clients']>['from'][string], string>;
type WrittenRuleset = NonNullable<Written['rulesets']>[string];
type WrittenRule = NonNullable<WrittenRuleset['rules']>[string];
type WrittenGroup = NonNullable<Written['groups']>[string];
type WrittenNatRule = NonNullable<Written['nat']>[string];
type WrittenBgp = NonNullable<Written['bgp']>;
type WrittenNeighbor = NonNullable<WrittenBgp['neighbors']>[string];

export interface Tunnel
  extends AsWritten<
    WrittenTunnel,
    'disable' | 'address' | 'privateKey' | 'openPort' | 'firewall' | 'peers' | 'routes' | 'clients'
  > {
  readonly at: SitePath;
  /** wg0 to wg999. */
  readonly name: string;
  readonly disable: boolean;
  /** Addresses with their prefix length, canonical: `192.168.5.14/32`, `fd00::1/64`. */
  readonly address: readonly string[];
  readonly privateKey?: KeySource;
  readonly openPort?: OpenPort;
  readonly firewall: Attachments;
  readonly peers: readonly Peer[];
  readonly routes: readonly Route[];
  readonly clients?: Clients;
}

/** Machines at home that go through a tunnel by a routing table of its own. */
export interface Clients {
  readonly at: SitePath;
  /** Undefined: chosen by what the router has. */
  readonly table?: number;
  readonly whenDown: 'drop' | 'wan';
  readonly ipv6: 'drop' | 'wan';
  /** A number is that of its rule. */
  readonly masquerade: boolean | number;
  /** Canonical prefixes of both families. */
  readonly ownNetworks: readonly string[];
  /** In the order of their names. */
  readonly from: readonly ClientGroup[];
}

/** Some of them: what an `address`, a `group` or an `interface` names; of the first two perhaps at one interface alone. */
export interface ClientGroup extends AsWritten<WrittenClient, 'destinations'> {
  readonly at: SitePath;
  readonly name: string;
  /** Canonical IPv4 prefixes; empty for all. */
  readonly destinations: readonly string[];
}

/** Rule numbers. `asNeeded`: one number was given for whichever families the endpoints need; otherwise exactly these. */
export interface OpenPort extends PerFamily<number> {
  readonly at: SitePath;
  readonly asNeeded: boolean;
}

/** Names of rulesets, by direction and family. */
export interface Attachments {
  readonly in: PerFamily<string>;
  readonly out: PerFamily<string>;
  readonly local: PerFamily<string>;
}

export interface Peer
  extends AsWritten<WrittenPeer, 'publicKey' | 'presharedKey' | 'endpoint' | 'allowedIPs' | 'disable'> {
  readonly at: SitePath;
  /** Its name in the file; the router knows it by its key. */
  readonly name: string;
  /** 44 characters of canonical base64. */
  readonly publicKey: string;
  readonly presharedKey?: KeySource;
  readonly endpoint?: Endpoint;
  /** Canonical prefixes, host bits zero. */
  readonly allowedIPs: readonly string[];
  readonly disable: boolean;
}

export interface Route extends AsWritten<WrittenRoute, 'disable' | 'guard'> {
  readonly at: SitePath;
  /** Canonical, host bits zero. */
  readonly prefix: string;
  readonly family: Family;
  readonly disable: boolean;
  /** Also a blackhole at distance 254, so that it never leaves in clear. */
  readonly guard: boolean;
}

/** A ruleset that is the file's as a whole, in EdgeOS's own terms. */
export interface Ruleset extends AsWritten<WrittenRuleset, 'family' | 'log' | 'rules'> {
  readonly at: SitePath;
  readonly name: string;
  readonly family: Family;
  /** enable-default-log. */
  readonly log: boolean;
  /** In the order of their numbers. */
  readonly rules: readonly Rule[];
}

export type ConnectionState = 'established' | 'related' | 'new' | 'invalid';

export interface Rule
  extends AsWritten<
    WrittenRule,
    'disable' | 'log' | 'protocol' | 'state' | 'source' | 'destination' | 'icmp'
  > {
  readonly at: SitePath;
  readonly number: number;
  readonly disable: boolean;
  readonly log: boolean;
  /** As EdgeOS takes it: `tcp`, `tcp_udp`, `!udp`, `47`. */
  readonly protocol?: string;
  readonly state: readonly ConnectionState[];
  readonly source?: Match;
  readonly destination?: Match;
  readonly icmp?: Icmp;
}

/** A name of EdgeOS's list, or a type with perhaps a code. */
export type Icmp = { readonly typeName: string } | { readonly type: number; readonly code?: number };

export interface Match {
  /** An address, a prefix or a range `a-b`, perhaps negated with `!`. */
  readonly address?: string;
  /** EdgeOS's list: `80,443,8000-8010`, perhaps negated with `!`. */
  readonly port?: string;
  /** Only of a source. */
  readonly macAddress?: string;
  /** Names of groups that are on the router, perhaps negated with `!`; which node they mean follows from the family. */
  readonly group?: { readonly address?: string; readonly network?: string; readonly port?: string };
}

/** A firewall group that is the file's as a whole. */
export interface Group extends AsWritten<WrittenGroup, 'members'> {
  readonly at: SitePath;
  readonly name: string;
  readonly members: readonly string[];
}

/** Tunnels that the DNS forwarder listens on, or doesn't. */
export interface Dns {
  readonly at: SitePath;
  readonly listenOn: readonly string[];
  readonly exceptInterface: readonly string[];
}

/** A rule of `service nat`, in EdgeOS's own terms. */
export interface NatRule
  extends AsWritten<
    WrittenNatRule,
    'disable' | 'exclude' | 'log' | 'protocol' | 'source' | 'destination' | 'outsideAddress' | 'insideAddress'
  > {
  readonly at: SitePath;
  readonly number: number;
  readonly disable: boolean;
  readonly exclude: boolean;
  readonly log: boolean;
  readonly protocol?: string;
  readonly source?: Match;
  readonly destination?: Match;
  readonly outsideAddress?: Translation;
  readonly insideAddress?: Translation;
}

/** What NAT puts in the place of an address and a port. */
export interface Translation {
  /** An address, a range `a-b`, or a prefix, which maps one network onto another. */
  readonly address?: string;
  /** A port or a range. */
  readonly port?: string;
}

/** What is to be removed, said one by one. */
export interface Absent {
  readonly at: SitePath;
  readonly tunnels: readonly string[];
  /** Public keys by interface. */
  readonly peers: ReadonlyMap<string, readonly string[]>;
  /** Prefixes by interface. */
  readonly routes: ReadonlyMap<string, readonly string[]>;
  readonly rulesets: readonly string[];
  /** Rule numbers by name of the ruleset. */
  readonly firewallRules: ReadonlyMap<string, readonly number[]>;
  /** Numbers of NAT rules. */
  readonly natRules: readonly number[];
  /** Names of firewall groups, of whatever type. */
  readonly groups: readonly string[];
  /** Addresses of BGP neighbours. */
  readonly neighbors: readonly string[];
}

export interface Bgp extends AsWritten<WrittenBgp, 'neighbors'> {
  readonly at: SitePath;
  readonly neighbors: readonly Neighbor[];
}

export interface Neighbor extends AsWritten<WrittenNeighbor, 'disable' | 'accept' | 'updateSource'> {
  readonly at: SitePath;
  /** Canonical address. */
  readonly address: string;
  readonly family: Family;
  readonly disable: boolean;
  /** Only these prefixes, and more specific ones, are taken from it. */
  readonly accept: readonly string[];
  /** Canonical where it is an address. */
  readonly updateSource?: string;
}

/** A finding that somebody accepted, and why. */
export interface Silence {
  readonly at?: SitePath;
  /** `EW012`. */
  readonly code: string;
  /** Only for findings on this line; undefined silences it in the whole file. */
  readonly line?: number;
  readonly reason: string;
}
