// What is amiss on the way to a router, with its keys or on the router itself: the program says each in its own words, leaves with 3 or 4,
// and has written nothing here or there. By the real command line, with the real ssh-keygen, ssh-agent and sshd around the lab.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouter } from '../../src/lab/engine/router.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import {
  type Agent,
  fingerprintOf,
  haveOpenSsh,
  Keys,
  publicKey,
  type Sshd,
  startAgent,
  startSshd,
} from '../support/openssh.ts';
import { baseBoot } from '../support/router.ts';
import { runCli } from '../support/run-cli.ts';

describe('bad input at the command line', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const keys = new Keys();
  const id = keys.make('id', 'ed25519');
  const locked = keys.make('locked', 'ed25519', { passphrase: 'open sesame' });
  const hostKey = keys.make('host', 'ed25519');
  const other = keys.make('other', 'ed25519');
  const jumpKey = keys.make('jump', 'ed25519');
  let lab: Lab;
  /** A router without the wireguard package. */
  let bare: Lab;
  let agent: Agent;
  let jump: Sshd;

  before(async () => {
    const options = {
      seed: baseBoot,
      hostKey: readFileSync(hostKey, 'utf8'),
      authorizedKeys: [publicKey(id), publicKey(locked)],
    };
    lab = await startLab(options);
    bare = await startLab({
      ...options,
      makeRouter: surroundings => createRouter({ surroundings, wireguard: { isInstalled: false } }),
    });
    agent = await startAgent();
    const lines = ['AllowTcpForwarding no'];
    jump = await startSshd({ hostKeys: [jumpKey], authorized: [publicKey(id)], lines });
  });
  after(async () => {
    await jump?.stop();
    await agent?.stop();
    await lab?.close();
    await bare?.close();
    keys.remove();
  });

  interface Row {
    readonly privateKey?: string;
    readonly presharedKey?: string;
    /** Lines of known_hosts; default: the router's own. */
    readonly known?: (own: string) => string;
    /** Lines of ssh_config before those of all rows. */
    readonly config?: () => string;
    readonly key?: string;
    readonly env?: () => Record<string, string>;
    readonly files?: Record<string, string>;
    /** Default: the one with everything. */
    readonly router?: () => Lab;
    /** Changes the router before what it has is looked at. */
    readonly prepare?: () => Promise<unknown>;
    readonly exit: 3 | 4;
    readonly says: readonly (RegExp | string)[];
  }
  const onRouter = (row: Omit<Row, 'exit'>): Row => ({ exit: 3, ...row });
  const reference = (privateKey: string, says: RegExp): Row => ({ privateKey, exit: 3, says: [says] });

  const rows: Record<string, Row> = {
    'an unknown host': {
      known: () => '',
      exit: 4,
      says: [/the host key of \S+ .*is unknown/, fingerprintOf(hostKey), /--accept-new-host-key/],
    },
    'a changed host key': {
      known: own => own.replace(publicKey(hostKey), publicKey(other)),
      exit: 4,
      says: [/changed/, fingerprintOf(hostKey), fingerprintOf(other), /known_hosts:1/],
    },
    'a revoked host key': {
      known: own => `${own}@revoked * ${publicKey(hostKey)}\n`,
      exit: 4,
      says: [/revoked/, /known_hosts:2/],
    },
    'an agent without keys': {
      key: '',
      env: () => ({ SSH_AUTH_SOCK: agent.socket }),
      exit: 4,
      says: [/doesn't let \S+ in/, /agent.*(no keys|without keys|holds none|empty)/i],
    },
    'a wrong passphrase': {
      key: locked,
      env: () => ({ EDGEWG_KEY_PASSPHRASE: 'no' }),
      exit: 4,
      says: [/passphrase/, /EDGEWG_KEY_PASSPHRASE/],
    },
    'a jump host that refuses': {
      known: own => `${own}[127.0.0.1]:${jump.port} ${publicKey(jumpKey)}\n`,
      config: () =>
        `Host jump\n  HostName 127.0.0.1\n  Port ${jump.port}\n  User ${home.localUser}\nHost edge\n  ProxyJump jump\n`,
      exit: 4,
      says: [/jump host jump/, /AllowTcpForwarding/],
    },
    'a key file that is missing on the router': onRouter({
      presharedKey: '/config/auth/none.psk',
      says: [/EW015: \/config\/auth\/none\.psk, the preshared key of wg7 with far, isn't on the router/],
    }),
    'a key file with wrong rights on the router': onRouter({
      privateKey: '/config/auth/shut.key',
      prepare: () => shell('umask 077; wg genkey >/config/auth/shut.key; chmod 0 /config/auth/shut.key'),
      says: [/\/config\/auth\/shut\.key, the private key of wg7, can't be read by \S+ on the router/],
    }),
    'a reference that yields nothing': reference('command:true', /command:true yields nothing/),
    'a reference that yields two lines': {
      ...reference('file:two', /file:two yields 2 lines, where one/),
      files: { two: 'a\nb\n' },
    },
    'a reference that yields no key': reference(
      'command:echo x',
      /no WireGuard key: a key has 44 characters/,
    ),
    'a reference to no program': reference('command:no-such-program', /there is no program no-such-program/),
    'a router without wg': onRouter({
      router: () => bare,
      says: [/EW020: .*wireguard package/],
    }),
  };

  let home: TestAccess;
  afterEach(() => home.remove());

  async function shell(command: string): Promise<void> {
    const { execFile } = await import('node:child_process');
    const known = home.write('lab_known', `${lab.hostKeyLine.trim()}\n`);
    const ssh = ['-F', '/dev/null', '-i', id, '-o', `UserKnownHostsFile=${known}`, '-o', 'BatchMode=yes'];
    await new Promise<void>((resolve, reject) =>
      execFile('ssh', [...ssh, '-p', `${lab.port}`, `${lab.user}@${lab.host}`, command], error =>
        error === null ? resolve() : reject(error),
      ),
    );
  }

  /** All that an apply could leave: the configuration, key files, records, and what is in /tmp. */
  const state = (...folders: string[]): Record<string, string> =>
    Object.fromEntries(
      folders.flatMap(folder =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter(entry => entry.isFile())
          .map(entry => join(entry.parentPath, entry.name))
          .map(path => [path, createHash('sha256').update(readFileSync(path)).digest('hex')] as const)
          .sort(),
      ),
    );

  for (const [name, row] of Object.entries(rows))
    it(`${name} is said, and nothing is written`, async () => {
      home = testAccess();
      const { host, port, user, hostKeyLine, root } = row.router?.() ?? lab;
      const { key = id, privateKey = '/config/auth/wg7.key', presharedKey } = row;
      if (key !== '') home.write('.ssh/id_ed25519', readFileSync(key));
      await row.prepare?.();
      home.write('.ssh/known_hosts', (row.known ?? (own => own))(`${hostKeyLine.trim()}\n`));
      home.write(
        '.ssh/config',
        `${row.config?.() ?? ''}Host edge\n  HostName ${host}\n  Port ${port}\n  User ${user}\n`,
      );
      for (const [path, text] of Object.entries(row.files ?? {})) home.write(path, text);
      const psk = presharedKey === undefined ? '' : `presharedKey: ${presharedKey}, `;
      const site = `version: 1
router: { host: edge }
tunnels:
  wg7:
    address: [192.0.2.7/32]
    listenPort: 51827
    privateKey: "${privateKey}"
    unfiltered: a test
    peers:
      far: { ${psk}publicKey: GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=, allowedIPs: [198.51.100.7/32] }
`;
      home.write('edgewg.yaml', site);
      const folders = [home.home, join(root, 'config'), join(root, 'tmp')];
      const before = state(...folders);
      // what is compiled of the program would be kept in this home
      const env = { HOME: home.home, NODE_DISABLE_COMPILE_CACHE: '1', ...row.env?.() };
      for (const args of [['apply', '--yes', '--allow', 'drift'], ['plan']]) {
        const ran = await runCli(args, { cwd: home.home, env });
        const said = ran.stdout + ran.stderr;
        // a plan runs no command
        if (args[0] === 'plan' && privateKey.startsWith('command:')) continue;
        assert.equal(ran.exit, row.exit, said);
        for (const words of row.says)
          assert.ok(typeof words === 'string' ? said.includes(words) : words.test(said), `${words}\n${said}`);
        assert.doesNotMatch(said, /at .*\.js:\d/);
      }
      assert.deepEqual(state(...folders), before);
    });
});
