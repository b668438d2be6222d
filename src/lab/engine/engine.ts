// The state of a router from its start until it goes down, shared by all its programs: active configuration, sessions,
// kernel and the commit lock.
import { Secret } from '../../secret.ts';
import { publicKeyOf } from '../../wireguard/key.ts';
import type { Call, Surroundings } from '../call.ts';
import { ConfigNode, valueAt } from './config.ts';
import type { Scene } from './edit.ts';
import { type Faults, instant, noFaults, type Profile } from './faults.ts';
import { Kernel } from './kernel.ts';
import { whileUp } from './power.ts';
import { type Release, usualRelease } from './release.ts';
import { Session } from './session.ts';
import type { Template } from './template.ts';
import type { Resolution, World } from './world.ts';

/** A peer whose other end is there. With `ourKey` it only knows us by that public key. */
export interface PeerUp {
  readonly link: string;
  readonly publicKey: string;
  readonly ourKey?: string;
}

export interface EngineOptions {
  readonly surroundings: Surroundings;
  /** A configuration (commands or config.boot) that may hold nodes nobody described: they are learnt. */
  readonly seed?: string;
  /** Which EdgeOS it is; default: the one of the recordings. */
  readonly release?: Release;
  /** WireGuard's nodes: gone with the package after a firmware upgrade. `version`: what dpkg knows of the package. */
  readonly wireguard?: { readonly isInstalled: boolean; readonly version?: string };
  readonly profile?: Profile;
  readonly faults?: Faults;
  /** What names resolve to; what neither of the two knows fails, as without a resolver. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly otherHosts?: (name: string) => string | undefined;
  readonly peersUp?: readonly PeerUp[];
  readonly ethernet?: readonly string[];
}

export class Engine {
  options: EngineOptions;
  readonly surroundings: Surroundings;
  readonly world: World;
  readonly faults: Faults;
  readonly profile: Profile;
  readonly release: Release;
  readonly sessions = new Map<string, Session>();
  private readonly peersUp: readonly PeerUp[];
  /** Stands in where the router looks at a configuration without a session. */
  readonly outside = new Session('', () => this.active);
  templates: Template;
  active = new ConfigNode();
  /** A commit of this engine runs. */
  isCommitting = false;
  private isDown = false;

  constructor(options: EngineOptions, templates: Template, peersUp: readonly PeerUp[] = []) {
    this.options = options;
    this.templates = templates;
    this.peersUp = peersUp;
    this.surroundings = whileUp(options.surroundings, () => !this.isDown);
    this.faults = options.faults ?? noFaults;
    this.profile = options.profile ?? instant;
    this.release = options.release ?? usualRelease;
    const { files, sh, sleep, now } = this.surroundings;
    const ethernet = options.ethernet ?? ['eth0', 'eth1', 'eth2', 'eth3', 'eth4'];
    const resolve = (host: string): Promise<Resolution> => this.resolve(host);
    this.world = { kernel: new Kernel(), files, sh, sleep, now, resolve, ethernet, maxMtu: 2018 };
    const { kernel } = this.world;
    kernel.addLink('lo', 'loopback', 65536, true).addresses.push('127.0.0.1/8', '::1/128');
    for (const name of ethernet) kernel.addLink(name, 'ethernet', 1500, false);
  }

  /** The wireguard package comes: from now on its nodes are known. What is active stays as it is. */
  install(templates: Template, wireguard: NonNullable<EngineOptions['wireguard']>): void {
    this.templates = templates;
    this.options = { ...this.options, wireguard };
  }

  /** The router loses its power: what still runs in it does no more, and is heard of no more. */
  powerDown(): void {
    this.isDown = true;
  }

  private async resolve(host: string): Promise<Resolution> {
    const address = this.options.hosts?.[host] ?? this.options.otherHosts?.(host);
    return address === undefined ? { problem: 'Temporary failure in name resolution' } : { address };
  }

  session(id: string | undefined): Session | undefined {
    return id === undefined ? undefined : this.sessions.get(id);
  }

  /** Sets up the session, or takes up the one that is there with all its changes. */
  begin(id: string): Session {
    let session = this.sessions.get(id);
    if (session === undefined) {
      session = new Session(id, () => this.active);
      this.sessions.set(id, session);
    }
    return session;
  }

  scene(session: Session, call: Call): Scene {
    const active = (): ConfigNode => this.active;
    return {
      templates: this.templates,
      get active() {
        return active();
      },
      session,
      call,
      world: this.world,
    };
  }

  /** Users are admins unless their level says otherwise (docs/edgeos.md 'Secrets and levels'). */
  isAdmin(user: string): boolean {
    return valueAt(this.active, ['system', 'login', 'user', user, 'level']) !== 'operator';
  }

  /** Peers whose other end is up shake hands as soon as they can. */
  shakeHands(): void {
    const seconds = Math.floor(this.world.now().getTime() / 1000);
    for (const { link: name, publicKey, ourKey } of this.peersUp) {
      const link = this.world.kernel.links.get(name);
      const peer = link?.wg?.peer(publicKey);
      if (!link?.up || peer === undefined || link.wg?.privateKey === undefined) continue;
      if (ourKey !== undefined && ourKey !== publicKeyOf(new Secret(link.wg.privateKey))) continue;
      const since = seconds - peer.handshake;
      if (peer.handshake === 0) Object.assign(peer, { handshake: seconds, received: 92, sent: 180 });
      else if (since >= 120) peer.handshake += since - (since % 120);
    }
  }
}
