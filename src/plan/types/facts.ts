// What a router tells about itself beside its configuration. A plan against a saved configuration has none of it.
import type { Path, Tree } from '../../vyatta/tree.ts';
import type { Proof } from './proof.ts';

export interface KeyFile {
  readonly path: string;
  /** Permission bits and owner, `640:ubnt:vyattacfg`. */
  readonly mode: string;
  /** Seconds since 1970 of the last change. */
  readonly changed: number;
  /** Undefined when the file holds no WireGuard key, or when nothing names it and nobody asked for it. */
  readonly publicKey: string | undefined;
}

/** One interface as the kernel has it. */
export interface LiveInterface {
  readonly publicKey: string;
  readonly listenPort: number;
  readonly peers: readonly LivePeer[];
  readonly mtu: number | undefined;
  /** With their prefix length, as `ip` prints them. */
  readonly addresses: readonly string[];
}

export interface LivePeer {
  readonly publicKey: string;
  readonly hasPresharedKey: boolean;
  /** `(none)` when there is none. */
  readonly endpoint: string;
  readonly allowedIPs: readonly string[];
  /** Seconds since 1970 by the router's clock; 0 when there was none. */
  readonly latestHandshake: number;
  readonly received: number;
  readonly sent: number;
}

/** A file system that edgewg or the router's own tools write to. */
export interface Disk {
  readonly path: string;
  /** Kibibytes. */
  readonly size: number;
  readonly free: number;
}

export interface Session {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
}

/** A line of `show ip bgp summary`. */
export interface BgpSession {
  /** Canonical address of the neighbour. */
  readonly address: string;
  readonly remoteAsn: number;
  /** `Established`, or what the router says instead: `Active`, `Connect`, `Idle (Admin)`. */
  readonly state: string;
  /** Messages that came from it since the daemon began to count. */
  readonly received: number;
  /** Prefixes taken from it; undefined until the session is established. */
  readonly prefixes: number | undefined;
  /** How long it has been in this state, as the router writes it: `00:11:33`, `03w6d21h`; `never`. */
  readonly since: string;
}

/** An apply that a restart of the router ended. */
export interface InterruptedApply {
  readonly id: string;
  /** When it began, by the router's clock. */
  readonly began: string;
  /** It had been proven, and waited for a person's word. */
  readonly wasHeld: boolean;
  /** Whether config.boot is the one that there was when it began; undefined where nothing tells. */
  readonly isSavedAsBefore: boolean | undefined;
}

/** An apply that waits for a person's word. */
export interface HeldApply {
  readonly id: string;
  /** `user@host` of whoever applied, and when by their clock (ISO 8601). */
  readonly who: string;
  readonly since: string;
  /** The site file, as it was named there; empty when nobody told. */
  readonly file: string;
  /** The interfaces that it touched. */
  readonly tunnels: readonly string[];
  /** Whether its switch runs: else nobody undoes it when its time is up. */
  readonly isWatched: boolean;
  /** When the router undoes it, and the latest that this can be moved to: seconds since the router started. */
  readonly until: number;
  readonly most: number;
  readonly secondsLeft: number;
  /** Digest of the running configuration that was proven, and of the one before the apply. */
  readonly proven: string;
  readonly before: string;
  /** SHA-256, hex, of config.boot as it was before. */
  readonly saved: string;
  /** What of the kernel it touched besides the interfaces: beginnings of the paths of its commands. */
  readonly touched: readonly Path[];
  /** What it proved besides, of that what the router itself asks. */
  readonly proofs: readonly Proof[];
  /** How many more proofs it did: of the machine that applied, or of a kind that this edgewg doesn't know. */
  readonly otherProofs: number;
}

export interface RouterFacts {
  readonly user: string;
  /** `v2.0.9-hotfix.7`; empty when the router didn't say. */
  readonly version: string;
  readonly model: string;
  /** The board's id, such as `e300`; empty when the router didn't say. */
  readonly board: string;
  /** `4.9.79-UBNT`. */
  readonly kernel: string;
  readonly disks: readonly Disk[];
  /** Names of the packages that a firmware upgrade installs again. */
  readonly firstboot: readonly string[];
  /** Scripts below /config that install a wireguard package by themselves. */
  readonly installers: readonly string[];
  /** Version of the package `wireguard`; undefined when dpkg knows none (EdgeOS 3 brings its own). */
  readonly wireguardPackage: string | undefined;
  /** Templates that the firmware knows, by the probe's name in read.sh. */
  readonly probes: ReadonlyMap<string, boolean>;
  /** Files below /config/auth, by path. */
  readonly keyFiles: ReadonlyMap<string, KeyFile>;
  /** SHA-256, hex, of the helper scripts that edgewg put on the router, by path; empty for one that can't be read or run. */
  readonly helpers: ReadonlyMap<string, string>;
  /** From the saved to the active configuration, as `set` and `delete` lines without secrets; empty when they agree. */
  readonly drift: readonly string[];
  /** Whether the router could compare the two; where it couldn't, `drift` says nothing. */
  readonly isDriftKnown: boolean;
  /** Names of the WireGuard interfaces in config.boot, whether the router could load them or not. */
  readonly savedWireguard: readonly string[];
  /** What config.boot has of WireGuard and the running configuration hasn't, as far as the firmware knows its nodes. */
  readonly lost: Tree;
  /** When a `commit-confirm` that nobody has confirmed yet restarts the router into what was saved before it; mostly none. */
  readonly pendingConfirms: readonly string[];
  /** SHA-256, hex, of config.boot; empty when it can't be read. */
  readonly savedDigest: string;
  /** The SSH session as the router sees it; undefined when sshd said nothing. */
  readonly session: Session | undefined;
  /** SHA-256, hex, of the active configuration without secret leaves. */
  readonly digest: string;
  /** As `digest`, of all lines, and keyed with what never leaves the router; empty where it has no such key. In no plan, no report. */
  readonly seal: string;
  /** Random, another after each restart of the router. */
  readonly bootId: string;
  /** Ids of applies that are committed and wait for their proof. */
  readonly waiting: readonly string[];
  /** Seconds since 1970 by the router's clock. */
  readonly now: number;
  /** Seconds since the router started, by a clock that nobody sets; 0 when it didn't say. */
  readonly uptime: number;
  /** Applies that are committed, proven and not saved, until a person says so. */
  readonly held: readonly HeldApply[];
  /** How long the router took to read itself, by its own clock; undefined when it didn't say. */
  readonly readSeconds?: number;
  /** The last apply, where the log knows no end of it and the router has restarted since it began; mostly none. */
  readonly interrupted: readonly InterruptedApply[];
  readonly interfaces: ReadonlyMap<string, LiveInterface>;
  /** Names of all interfaces of the kernel; empty where it couldn't be asked, for every router has `lo`. */
  readonly links: readonly string[];
  /** Lines of `ip route show`, both families. */
  readonly routes: readonly string[];
  /** The table of the router's BGP sessions; absent where BGP isn't configured, or nobody asked. */
  readonly sessions?: readonly BgpSession[] | 'unreadable';
  /** What edgewg's own files on the router say: who holds it, pending switches, the end of the log. */
  readonly applies: string;
  /** The newest lines of `show system commit`. */
  readonly commits: readonly string[];
}
