// `edgewg lab` as a value: starts an EdgeOS in a box with an SSH server in front. The command and the tests use this alone.
import { atDaemon } from './at.ts';
import { rootOf } from './box/box.ts';
import { tellClock } from './box/layout.ts';
import { banner } from './box/router-files.ts';
import type { Call, Router, Surroundings } from './call.ts';
import { Clock } from './clock.ts';
import { defaultSeed } from './default-seed.ts';
import type { EngineOptions, PeerUp } from './engine/engine.ts';
import { isReleaseName, type Release, releaseIn, releases, usualRelease } from './engine/release.ts';
import { createRouter, type LabRouter } from './engine/router.ts';
import { type Fault, Faults } from './faults.ts';
import { type Folder, openFolder, randomPassword } from './folder.ts';
import { type Machine, type MachineOptions, startMachine } from './machine.ts';
import { type Mishaps, mishaps, type Victim } from './mishaps.ts';
import type { Lab, LabEvent, LabOptions } from './options.ts';
import { ownProgram } from './own-programs.ts';
import { People } from './people.ts';
import { hostKeyOf, keptHostKey } from './ssh/host-key.ts';
import { type SshServer, startSsh } from './ssh/server.ts';

export type { Lab, LabOptions } from './options.ts';

const host = '127.0.0.1';

/** What dpkg says of the package: the release whose templates the engine has. */
const installed = { isInstalled: true, version: '1.0.20220627-1' };
/** Of the firmware itself: dpkg knows no package. */
const native = { isInstalled: true };

/** Rejects with NoAccess where the system doesn't allow a root of its own, and with what `listen` says of the port. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const folder = await openFolder(options.data);
  const lab = new RunningLab(options, folder);
  try {
    await lab.start();
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

class RunningLab implements Lab {
  readonly host = host;
  readonly faults = new Faults();
  readonly log: LabEvent[] = [];
  password = '';
  hostKey = '';
  readonly #options: LabOptions;
  readonly #folder: Folder;
  readonly #peers: PeerUp[];
  readonly #hosts: Record<string, string>;
  readonly #mishaps: Mishaps;
  #machine: Machine<Router> | undefined;
  #people: People | undefined;
  #ssh: SshServer | undefined;
  #rebooting: Promise<void> | undefined;
  readonly #clock = new Clock();
  readonly #at = atDaemon(this.#clock, (script, as) => this.#up().box().sh(script, as));
  #isDiskFull = false;
  #hasResolver = true;
  #release: Release = usualRelease;
  /** Undefined: as the release comes, with the package where it needs one. */
  #package: 'gone' | 'installed' | undefined;

  constructor(options: LabOptions, folder: Folder) {
    this.#options = options;
    this.#folder = folder;
    this.#peers = [...(options.peersUp ?? [])];
    this.#hosts = { ...options.hosts };
    for (const fault of options.faults ?? []) this.faults.add(fault);
    this.#mishaps = mishaps(this.faults, this.#victim());
  }

  async start(): Promise<void> {
    const { password, authorizedKeys = [], hostKey, latencyMs = 0, port = 0 } = this.#options;
    // A lab that keeps its files keeps its password too, so that a restart doesn't lock its users' scripts out.
    this.password = password ?? (await this.#folder.keep('password', randomPassword));
    const seed = await this.#folder.keep(
      'seed',
      () => this.#options.seed ?? (this.#options.makeRouter ? '' : defaultSeed),
    );
    this.#release = await this.#releaseOf(seed);
    const { hostKey: type, sshd } = this.#release;
    const key =
      hostKey === undefined ? await keptHostKey(this.#folder.hostKey(type), type) : hostKeyOf(hostKey);
    this.hostKey = key.publicKey;
    const people = new People(
      { box: () => this.#up().box(), router: () => this.#up().router() },
      this.password,
      authorizedKeys,
    );
    this.#people = people;
    this.#machine = await startMachine(this.#machineOptions(seed, people, key.privateKey));
    await people.refresh();
    const connect = () => this.#up().box().connect();
    const event = (kind: LabEvent['kind'], text: string) => this.#note(kind, text);
    const interference = this.#mishaps;
    this.#ssh = await startSsh(
      {
        hostKey: key,
        access: people,
        connect,
        latencyMs,
        banner,
        sshd,
        isOld: type === 'ssh-rsa',
        event,
        interference,
      },
      port,
    );
  }

  get port(): number {
    return this.#ssh?.port ?? 0;
  }

  get user(): string {
    return this.#people?.accounts[0]?.name ?? '';
  }

  get hostKeyLine(): string {
    return `[${host}]:${this.port} ${this.hostKey}`;
  }

  get root(): string {
    return rootOf(this.#folder.box);
  }

  now(fault: Fault): Promise<unknown> {
    return this.#mishaps.perform(fault);
  }

  setPeerUp(peer: PeerUp, isUp: boolean): void {
    const same = this.#peers.findIndex(
      ({ link, publicKey }) => link === peer.link && publicKey === peer.publicKey,
    );
    if (same >= 0) this.#peers.splice(same, 1);
    if (isUp) this.#peers.push(peer);
    const router = this.#up().router();
    if (isEngine(router)) router.setPeerUp(peer, isUp);
  }

  reboot(): Promise<void> {
    this.#rebooting ??= this.#restart().finally(() => {
      this.#rebooting = undefined;
    });
    return this.#rebooting;
  }

  async close(): Promise<void> {
    await this.#rebooting;
    await this.#ssh?.stop();
    await this.#machine?.stop();
    await this.#folder.remove();
  }

  async #restart(): Promise<void> {
    this.#note('reboot', '');
    await this.#ssh?.stop();
    await new Promise(resolve => setTimeout(resolve, this.#options.rebootMs ?? 0));
    this.#at.clear();
    await this.#up().restart();
    await this.#people?.refresh(true);
    await this.#ssh?.resume();
  }

  #up(): Machine<Router> {
    if (!this.#machine) throw new Error('the lab is not running');
    return this.#machine;
  }

  #note(kind: LabEvent['kind'], text: string): void {
    this.log.push({ at: new Date(), kind, text });
  }

  #machineOptions(seed: string, people: People, privateHostKey: string): MachineOptions<Router> {
    const own = {
      at: this.#at,
      faults: this.faults,
      mishaps: this.#mishaps,
      reboot: () => void this.reboot(),
      setPeerUp: (link: string, publicKey: string, isUp: boolean) =>
        this.setPeerUp({ link, publicKey }, isUp),
    };
    return {
      folder: this.#folder.box,
      hostname: 'ubnt',
      hostKey: privateHostKey,
      release: () => this.#release,
      accounts: () => people.accounts,
      makeRouter: surroundings =>
        this.#options.makeRouter?.(surroundings) ?? this.#engine(surroundings, seed),
      filesOf: router => ({
        ...(isEngine(router) ? router.seedFiles() : {}),
        '/config/config.boot': bootOf(router, seed, this.#options.makeRouter !== undefined),
      }),
      own: (call: Call) => {
        this.#note('call', [call.program, ...call.args].join(' '));
        return ownProgram(call, own);
      },
      reboot: () => void this.reboot(),
      clock: this.#clock,
      at: this.#at,
      spoilWrite: () => {
        const isFull = this.#isDiskFull;
        this.#isDiskFull = false;
        return isFull ? 'ENOSPC' : undefined;
      },
    };
  }

  #engine(surroundings: Surroundings, seed: string): LabRouter {
    const { profile } = this.#options;
    return createRouter({
      surroundings,
      seed,
      hosts: this.#hosts,
      otherHosts: name => (this.#hasResolver ? this.#options.otherHosts?.(name) : undefined),
      peersUp: this.#peers,
      faults: this.#mishaps,
      release: this.#release,
      wireguard: this.#wireguard(),
      ...(profile && { profile }),
    });
  }

  /** One that is asked for counts over the folder's own: another image was put on the router. */
  async #releaseOf(seed: string): Promise<Release> {
    const { release } = this.#options;
    if (release !== undefined) await this.#folder.replace('release', release);
    const kept = await this.#folder.keep('release', () => (releaseIn(seed) ?? usualRelease).name);
    return isReleaseName(kept) ? releases[kept] : usualRelease;
  }

  #wireguard(): NonNullable<EngineOptions['wireguard']> {
    if (this.#package === 'installed') return installed;
    if (this.#release.wireguard === 'native') return native;
    return this.#package === 'gone' ? { isInstalled: false } : installed;
  }

  #victim(): Victim {
    return {
      cut: how => this.#ssh?.cut(how),
      closeChannels: () => this.#ssh?.closeChannels(),
      sh: (script, as) => this.#up().box().sh(script, as),
      reboot: ({ isUpgrade, to } = { isUpgrade: false }) => {
        if (isUpgrade) this.#package = 'gone';
        if (to !== undefined && isReleaseName(to)) this.#release = releases[to];
        void this.#folder.replace('release', this.#release.name).then(() => this.reboot());
      },
      installPackage: () => {
        this.#package = 'installed';
        const router = this.#up().router();
        if (isEngine(router)) router.install(installed);
      },
      fillDisk: () => {
        this.#isDiskFull = true;
      },
      forgetNames: () => {
        this.#hasResolver = false;
        for (const name of Object.keys(this.#hosts)) delete this.#hosts[name];
      },
      leaveOut: (what, seconds) => {
        const router = this.#up().router();
        if (isEngine(router)) router.engine.world.kernel.leaveOut(what, seconds);
      },
      setSession: (address, state, seconds) => {
        const router = this.#up().router();
        if (isEngine(router)) router.engine.world.kernel.setSession(address, state, seconds);
      },
      moveClock: async seconds => {
        this.#clock.move(seconds);
        await tellClock(this.#folder.box, this.#clock.offsetSeconds);
      },
    };
  }
}

/** A config.boot stays as it is; what isn't one yet is put into its form by the engine, which knows how to read it. */
function bootOf(router: Router, seed: string, isForeign: boolean): string {
  const isBoot = isForeign || seed.includes('vyatta-config-version');
  return !isBoot && isEngine(router) ? router.seedAsBoot() : seed;
}

/** Whether it is the lab's own engine and not a test's. */
function isEngine(router: Router): router is LabRouter {
  return 'seedAsBoot' in router;
}
