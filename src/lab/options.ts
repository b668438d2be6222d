// What a lab can be asked for, and what it gives.
import type { Router, Surroundings } from './call.ts';
import type { PeerUp } from './engine/engine.ts';
import type { Profile } from './engine/faults.ts';
import type { ReleaseName } from './engine/release.ts';
import type { Fault, Faults } from './faults.ts';

export interface LabOptions {
  /** Of loopback; a free one by default. */
  readonly port?: number;
  /** config.boot or `show configuration commands`, for a folder that has none yet; default: an EdgeRouter's. */
  readonly seed?: string;
  /** Which EdgeOS; default: that of the folder, else of the seed's last line, else 2.0.9. */
  readonly release?: ReleaseName;
  /** Keeps the router's files over a restart; without it they are gone with the lab. */
  readonly data?: string;
  /** Of every user; random by default. */
  readonly password?: string;
  /** Lines of authorized_keys that let every user in. */
  readonly authorizedKeys?: readonly string[];
  /** An OpenSSH private key; made by default. */
  readonly hostKey?: string;
  /** Of a round trip. */
  readonly latencyMs?: number;
  /** How long the router takes; default: no time. */
  readonly profile?: Profile;
  readonly faults?: readonly (Fault | string)[];
  /** Peers whose other end is there. */
  readonly peersUp?: readonly PeerUp[];
  /** What names resolve to on the router. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** What any other name resolves to; default: none does. */
  readonly otherHosts?: (name: string) => string | undefined;
  /** How long a reboot takes. */
  readonly rebootMs?: number;
  /** Another engine than the lab's own, for tests of the box. */
  readonly makeRouter?: (surroundings: Surroundings) => Router;
}

export interface LabEvent {
  readonly at: Date;
  readonly kind: 'connection' | 'login' | 'channel' | 'call' | 'reboot';
  readonly text: string;
}

export interface Lab {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The words of a known_hosts line after the host: what EDGEWG_HOST_KEY takes. */
  readonly hostKey: string;
  /** The line for known_hosts. */
  readonly hostKeyLine: string;
  /** The folder that is `/` inside: root/config, root/tmp … */
  readonly root: string;
  /** What has happened so far; those of kind `channel` are the commands and shells opened. */
  readonly log: readonly LabEvent[];
  readonly faults: Faults;
  /** Does what a fault says at once. */
  now(fault: Fault): Promise<unknown>;
  setPeerUp(peer: PeerUp, isUp: boolean): void;
  /** Everything inside dies, connections are reset, and it boots from config.boot. */
  reboot(): Promise<void>;
  close(): Promise<void>;
}
