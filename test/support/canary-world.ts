// A router and a client with a secret in every place where one can be, and a run of the real program in between, after which and
// during which all is searched that it printed, wrote, started and asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import type { Call } from '../../src/lab/call.ts';
import { generateKeyPair, generatePresharedKey } from '../../src/wireguard/key.ts';
import type { Case } from '../faults/cases.ts';
import { openStage, type Stage, type Suffered } from '../faults/stage.ts';
import { Canaries } from './canaries.ts';
import { ProcessWatcher } from './process-watcher.ts';
import { bin } from './run-cli.ts';
import { newSshKey } from './ssh-key.ts';

const privateKey = (): string => generateKeyPair().privateKey.reveal();
const presharedKey = (): string => generatePresharedKey().reveal();
const password = (): string => randomBytes(24).toString('base64').replace(/[+/]/g, 'x');

/** By where it is. */
export const secrets = {
  'the key of env:': privateKey(),
  'the key of file:': privateKey(),
  'the key of command:': privateKey(),
  'the preshared key of command:': presharedKey(),
  'the preshared key of env:': presharedKey(),
  'the literal private key': privateKey(),
  'the literal preshared key': presharedKey(),
  'the literal private key of a foreign tunnel': privateKey(),
  'the key file on the router': privateKey(),
  'the preshared key file on the router': presharedKey(),
  'the password of BGP': password(),
  'the password of PPPoE': password(),
  'the name at the provider': password(),
  'the password in the URL of the archive': password(),
  'the TSIG key in a text for dhcpd': password(),
  'the password among the arguments of a task': password(),
  'the password in an option of OpenVPN': password(),
  'the token in options of dynamic DNS': password(),
  'the password in the command of a tunnel': password(),
  'the key in options of dnsmasq': password(),
  'the password in a description': password(),
  'the password of a user': `$5$canary$${generateKeyPair().publicKey.slice(0, 43).replaceAll('+', '.')}`,
  'the secret of RADIUS': password(),
  'the community of SNMP': password(),
  'the secret of IPsec': password(),
  'the password of dynamic DNS': password(),
  'the password of VRRP': password(),
  EDGEWG_PASSWORD: password(),
  EDGEWG_KEY_PASSPHRASE: password(),
  'the key of a node': privateKey(),
  "the password of the cluster's BGP": password(),
  'the private key in a dump of wg': privateKey(),
  'the preshared key in a dump of wg': presharedKey(),
  'a key on the stderr of a failing command': privateKey(),
  'a second line': privateKey(),
  'what is no key': password(),
  'a key typed into the site file': privateKey(),
  'a wrong password': password(),
} as const;

type Name = keyof typeof secrets;

/** The user's key to log in with: encrypted, so that it belongs in its file. */
const identity = newSshKey({
  passphrase: secrets.EDGEWG_KEY_PASSPHRASE,
  cipher: 'aes256-cbc',
  rounds: 4,
});

const publicKey = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

/** What is set on a router whose configuration holds every kind of secret. */
export const dirty = (router: 'as it begins' | 'with key files'): string[] =>
  router === 'as it begins'
    ? [
        `interfaces wireguard wg908 private-key ${secrets['the literal private key']}`,
        `interfaces wireguard wg908 peer ${publicKey(8)} preshared-key ${secrets['the literal preshared key']}`,
        `interfaces wireguard wg908 peer ${publicKey(8)} allowed-ips 198.18.8.0/24`,
        `interfaces wireguard wg908 route-allowed-ips false`,
        `interfaces wireguard wg909 private-key ${secrets['the literal private key of a foreign tunnel']}`,
        `protocols bgp 64512 neighbor 192.0.2.99 remote-as 64599`,
        `protocols bgp 64512 neighbor 192.0.2.99 password ${secrets['the password of BGP']}`,
        `interfaces ethernet eth2 pppoe 0 password ${secrets['the password of PPPoE']}`,
        `interfaces ethernet eth2 pppoe 0 user-id ${secrets['the name at the provider']}`,
        `interfaces ethernet eth2 description 'http://u:${secrets['the password in a description']}@192.0.2.9/'`,
        `interfaces wireguard wg909 down-command 'true ${secrets['the password in the command of a tunnel']}'`,
        `interfaces openvpn vtun0 openvpn-option '--http-proxy-user-pass ${secrets['the password in an option of OpenVPN']}'`,
        `system config-management commit-archive location 'scp://u:${secrets['the password in the URL of the archive']}@192.0.2.9/'`,
        `system task-scheduler task t executable arguments '-p ${secrets['the password among the arguments of a task']}'`,
        `system task-scheduler task t executable path /config/scripts/t`,
        `system task-scheduler task t interval 1d`,
        `service dhcp-server global-parameters 'key k { secret ${secrets['the TSIG key in a text for dhcpd']}; };'`,
        `service dns forwarding options 'txt-record=x,${secrets['the key in options of dnsmasq']}'`,
        `service dns dynamic interface eth0 service dyndns options token=${secrets['the token in options of dynamic DNS']}`,
        `interfaces ethernet eth1 vrrp vrrp-group 1 virtual-address 192.168.1.254`,
        `interfaces ethernet eth1 vrrp vrrp-group 1 authentication type plaintext-password`,
        `interfaces ethernet eth1 vrrp vrrp-group 1 authentication password ${secrets['the password of VRRP']}`,
        `system login user second authentication encrypted-password '${secrets['the password of a user']}'`,
        `system login user second level operator`,
        `system login radius-server 192.0.2.9 key ${secrets['the secret of RADIUS']}`,
        `service snmp community ${secrets['the community of SNMP']} authorization ro`,
        `service dns dynamic interface eth0 service dyndns host-name x.example.net`,
        `service dns dynamic interface eth0 service dyndns login somebody`,
        `service dns dynamic interface eth0 service dyndns password ${secrets['the password of dynamic DNS']}`,
        `vpn l2tp remote-access ipsec-settings authentication mode pre-shared-secret`,
        `vpn l2tp remote-access ipsec-settings authentication pre-shared-secret ${secrets['the secret of IPsec']}`,
      ]
    : [
        `interfaces wireguard wg910 private-key /config/auth/wg910.key`,
        `interfaces wireguard wg910 peer ${publicKey(10)} preshared-key /config/auth/wg910.psk`,
        `interfaces wireguard wg910 peer ${publicKey(10)} allowed-ips 198.18.10.0/24`,
      ];

/** In files of the router, where they lie. */
const onRouter = {
  'config/auth/wg910.key': 'the key file on the router',
  'config/auth/wg910.psk': 'the preshared key file on the router',
} as const;

/** The part of {@link siteOf} that is enough to be undone. */
export const smallSiteOf = (port: number): string =>
  siteOf(port)
    .replace(/ {2}wg906:[\s\S]*(?= {2}wg908:)/, '')
    .replace(/ {4}openPort.*\n/, '');

/** A site file with references of each kind; `more` stands in the router's own tunnel, to which it leads by this port. */
export const siteOf = (port: number, more = ''): string => `version: 1
router: { host: 127.0.0.1, port: ${port}, user: ubnt }
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg904-wg908], firewallRules: { WAN_LOCAL: [9904], WANv6_LOCAL: [9904] } }
mssClamp: { ipv4: off, ipv6: off }
limits: { deleteInterfaces: 9, deletePeers: 9 }
tunnels:
  wg904:
    description: canary
    address: [192.0.2.4/32, "2001:db8:904::1/64"]
    listenPort: 59904
    openPort: { rule: 9904 }
    unfiltered: a test
    ${more}
    peers:
      far:
        publicKey: ${publicKey(4)}
        presharedKey: command:./show-psk
        endpoint: "[2001:db8::4]:51820"
        allowedIPs: [198.18.4.0/24, 1.1.1.7/32]
    routes:
      198.18.4.0/24: { description: canary, guard: true }
      1.1.1.7/32: public
  wg905:
    listenPort: 59905
    privateKey: env:WG905_KEY
    unfiltered: a test
    peers: { far: { publicKey: ${publicKey(5)}, presharedKey: env:WG905_PSK, allowedIPs: [198.18.5.0/24] } }
  wg906:
    listenPort: 59906
    privateKey: file:wg906.key
    unfiltered: a test
    peers: { far: { publicKey: ${publicKey(6)}, allowedIPs: [198.18.6.0/24] } }
  wg907:
    listenPort: 59907
    privateKey: command:./show
    unfiltered: a test
    peers: { far: { publicKey: ${publicKey(7)}, allowedIPs: [198.18.7.0/24] } }
  wg908: # its literal keys move into these files
    privateKey: /config/auth/wg908.key
    unfiltered: a test
    peers: { far: { publicKey: ${publicKey(8)}, presharedKey: /config/auth/wg908.psk, allowedIPs: [198.18.8.0/24] } }
`;

export interface Client {
  /** HOME, working directory, and TMPDIR below it. */
  readonly folder: string;
  write(name: string, text: string, mode?: number): void;
  /** The same of a file that is the test's own, in which a secret belongs. */
  own(name: string, text: string, mode?: number): void;
  /** Says so of a file that is there. */
  exempt(name: string): void;
  readonly isOwn: ReadonlySet<string>;
  remove(): void;
}

export interface RunAs {
  /** undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export interface Ended {
  readonly exit: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export class World {
  readonly canaries = new Canaries();
  readonly watcher = new ProcessWatcher(cmdline => cmdline.includes(`\0${bin}\0`));
  runs = 0;
  #isBlind = false;
  readonly #cleanUp: (() => Promise<void> | void)[] = [];

  constructor() {
    for (const [name, secret] of Object.entries(secrets)) this.canaries.add(name, secret);
    const opened = ssh2.utils.parseKey(identity.private, secrets.EDGEWG_KEY_PASSPHRASE);
    if (opened instanceof Error) throw opened;
    const [key] = [opened].flat();
    const der = Buffer.from(String(key?.getPrivatePEM()).replace(/-----.*-----|\s/g, ''), 'base64');
    this.canaries.add('the opened identity', der.subarray(-32));
  }

  /** With its own files, which hold secrets, as a person would have them. */
  client(): Client {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-canary-'));
    this.#cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
    const own = new Set<string>();
    const write = (name: string, text: string, mode = 0o600): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), mode);
    };
    const mine = (name: string, text: string, mode?: number): void => {
      write(name, text, mode);
      own.add(name);
    };
    /** Prints, waits so that somebody can look at it, and writes down what of the environment it was given. */
    const program = (name: string, lines: string): void =>
      mine(
        name,
        `#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >"$HOME/environment-of-${name}.$$"\nsleep 0.08\n${lines}\n`,
        0o755,
      );
    mine('wg906.key', `${secrets['the key of file:']}\n`);
    program('show', `echo '${secrets['the key of command:']}'`);
    program('show-psk', `echo '${secrets['the preshared key of command:']}'`);
    program('show-password', `echo '${secrets.EDGEWG_PASSWORD}'`);
    program('show-passphrase', `echo '${secrets.EDGEWG_KEY_PASSPHRASE}'`);
    program('show-node', `echo '${secrets['the key of a node']}'`);
    const failing = secrets['a key on the stderr of a failing command'];
    program('fail', `echo "can't decrypt ${failing}" >&2; echo '${failing}'; exit 1`);
    program('two', `echo '${secrets['the key of file:']}'; echo '${secrets['a second line']}'`);
    program('no-key', `echo '${secrets['what is no key']}'`);
    mkdirSync(join(folder, 'tmp'));
    write(
      '.ssh/config',
      'Host *\nServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 25\nIdentityFile ~/.ssh/identity\n',
    );
    write('.ssh/identity', identity.private);
    const exempt = (name: string): void => void own.add(name);
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    return { folder, write, own: mine, exempt, isOwn: own, remove };
  }

  /** `boot` is the router's config.boot. */
  async stage(boot: string): Promise<Stage> {
    const stage = await openStage(boot, {
      password: secrets.EDGEWG_PASSWORD,
      authorizedKeys: [identity.public],
      witness: call => this.#witness(call),
    });
    this.#cleanUp.push(() => stage.close());
    return stage;
  }

  /** What the test itself does. */
  async unwatched<T>(work: () => Promise<T>): Promise<T> {
    this.#isBlind = true;
    this.watcher.pause();
    try {
      return await work();
    } finally {
      this.#isBlind = false;
      this.watcher.goOn();
    }
  }

  #witness({ program, args, env }: Call): void {
    if (this.#isBlind) return;
    this.canaries.search(`a call of ${program} on the router`, [...args, ...Object.entries(env)].join(' '));
  }

  /** Starts the program; `stage` is the router that it may log in to. */
  start(stage: Stage | undefined, client: Client, words: readonly string[], as: RunAs = {}): ChildProcess {
    const env: Record<string, string | undefined> = {
      PATH: process.env['PATH'],
      HOME: client.folder,
      TMPDIR: join(client.folder, 'tmp'),
      NO_COLOR: '1',
      ...(words.includes('cluster.yaml')
        ? { BGP_PASSWORD: secrets["the password of the cluster's BGP"] }
        : { WG905_KEY: secrets['the key of env:'], WG905_PSK: secrets['the preshared key of env:'] }),
      EDGEWG_PASSWORD: secrets.EDGEWG_PASSWORD,
      ...(stage && { EDGEWG_HOST_KEY: stage.router.lab.hostKey }),
      ...as.env,
    };
    const child = spawn(process.execPath, [bin, ...words], { cwd: client.folder, env });
    child.stdin.on('error', () => undefined);
    child.stdin.end(as.input ?? '');
    return child;
  }

  async run(
    stage: Stage | undefined,
    client: Client,
    words: readonly string[],
    as: RunAs = {},
  ): Promise<Ended> {
    const child = this.start(stage, client, words, as);
    const said = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', text => {
      said.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', text => {
      said.stderr += text;
    });
    const exit = await new Promise<number | string>(resolve =>
      child.on('close', (code, signal) => resolve(code ?? signal ?? '?')),
    );
    return { exit, ...said };
  }

  /** The same with a mishap on the way; `site` is its site file for the port by which it comes. */
  async suffer(
    stage: Stage,
    client: Client,
    one: Case,
    words: readonly string[],
    options: { readonly site: (port: number) => string; readonly seconds: number },
  ): Promise<Suffered> {
    const begin = (port: number): ChildProcess => {
      client.write('edgewg.yaml', options.site(port));
      return this.start(stage, client, words);
    };
    return await stage.suffer(one, begin, Date.now() + options.seconds * 1000);
  }

  /** What a run printed and left behind. `but` names what it is to print. */
  searchRun(
    name: string,
    ran: Omit<Ended, 'exit'>,
    stage: Stage | undefined,
    client: Client,
    but: readonly string[] = [],
  ): void {
    this.runs++;
    if (stage !== undefined) this.#learnKeys(stage);
    this.canaries.search(`stdout of ${name}`, ran.stdout, but);
    this.canaries.search(`stderr of ${name}`, ran.stderr);
    this.searchClient(name, client);
    if (stage !== undefined) this.searchRouter(name, stage);
  }

  /** Those that the router has made itself. */
  #learnKeys({ router: { lab } }: Stage): void {
    const folder = join(lab.root, 'config/auth');
    for (const file of readdirSync(folder)) {
      const key = readFileSync(join(folder, file), 'latin1').trim();
      if (key.length === 44) this.canaries.add(`the content of ${file}`, key);
    }
  }

  searchClient(name: string, client: Client): void {
    this.canaries.searchFolder(`the client after ${name}`, client.folder, path => client.isOwn.has(path));
  }

  /**
   * All of its files but those in which the router itself has its secrets, and what the lab wrote down. The snapshots of an apply that
   * is not over hold the configuration as it is, in a folder of tmpfs that is its user's alone; and config.boot on its way, with its
   * rights, stays until the next apply where a restart met the save.
   */
  searchRouter(name: string, { router: { lab } }: Stage): void {
    this.canaries.searchFolder(`the router after ${name}`, lab.root, path =>
      /^config\/(config\.boot|auth\/|archive\/config\.boot|user-data\/edgewg\/config\.boot\.new$)|^tmp\/edgewg\/[^/]+\/(before|saved)\.boot$/.test(
        path,
      ),
    );
    this.canaries.search(`the log of the lab after ${name}`, JSON.stringify(lab.log));
  }

  /** Over all runs. */
  searchProcesses(): void {
    for (const [text, where] of this.watcher.seen()) this.canaries.search(where, text);
  }

  async close(): Promise<void> {
    this.watcher.pause();
    for (const clean of this.#cleanUp.reverse()) await clean();
  }
}

/** Puts the key files where the router has them, as its own. */
export function writeKeyFiles({ router: { lab } }: Stage): void {
  for (const [path, name] of Object.entries(onRouter)) {
    const file = join(lab.root, path);
    const { uid, gid } = statSync(dirname(file));
    writeFileSync(file, `${secrets[name as Name]}\n`, { mode: 0o640 });
    chownSync(file, uid, gid);
    chmodSync(file, 0o644);
  }
}
