// The clients that are compared, each in the way its own documentation shows. Every one gets the same lines and the same key,
// commits and saves.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackage } from './installed.mjs';

const here = name => fileURLToPath(new URL(name, import.meta.url));
/** Of the installed package, which is what a user runs. */
export const { bin, bytes: installedBytes } = installPackage();
/** Debian's own, which has its packages; a version manager's python has not. */
const python = '/usr/bin/python3';
const wrapper = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';

const works = (command, ...words) => spawnSync(command, words, { stdio: 'ignore' }).status === 0;
const version = (command, words, pattern) =>
  pattern.exec(spawnSync(command, words, { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 'unknown';

/** Ways to call OpenSSH; `way` is `{ host, port, user, key, home }`. */
export const sshWords = ({ host, port, user, key, home }) => [
  'ssh',
  ...['-F', 'none', '-i', key, '-p', String(port)],
  ...['IdentitiesOnly=yes', 'BatchMode=yes', 'StrictHostKeyChecking=yes'].flatMap(option => ['-o', option]),
  ...['-o', `UserKnownHostsFile=${join(home, 'known_hosts')}`],
  `${user}@${host}`,
];

const environment = ({ home, hostKey }) => ({
  PATH: process.env.PATH,
  HOME: home,
  TERM: 'xterm',
  NO_COLOR: '1',
  EDGEWG_HOST_KEY: hostKey,
});

const edgewg = (way, ...words) => ({
  command: [process.execPath, bin, ...words, '-f', join(way.home, 'edgewg.yaml')],
  env: environment(way),
});

/** edgewg itself, and what it does as a person would look at it afterwards. */
export const edgewgPlan = (way, ...words) => edgewg(way, 'plan', ...words);

/** By name: what runs (`prepare` gives the words of {@link measure}), its version, and how much is worth waiting for. */
export const clients = {
  edgewg: {
    isThere: () => true,
    version: () => version(process.execPath, [bin, '--version'], /(.+)/),
    prepare: way => edgewg(way, 'apply', '--yes'),
  },
  'plain ssh': {
    isThere: () => works('ssh', '-V'),
    version: () => /^([^,]+)/.exec(spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown',
    prepare: (way, lines) => ({
      command: [...sshWords(way), "sg vyattacfg -c 'sh -s'"],
      env: environment(way),
      stdin: plainScript(lines),
    }),
  },
  ansible: {
    isThere: () => works('/usr/bin/ansible-playbook', '--version'),
    version: () => version('/usr/bin/ansible', ['--version'], /core ([\d.]+)/),
    prepare: ansible,
    /** It types line by line. */
    mostLines: 200,
  },
  netmiko: {
    isThere: () => works(python, '-c', 'import netmiko'),
    version: () => version(python, ['-c', 'import netmiko; print(netmiko.__version__)'], /(.+)/),
    prepare: netmiko,
    mostLines: 200,
  },
};

/** The floor: everything in one exec, nothing checked before, no way back, nothing proven. */
function plainScript(lines) {
  const call = words => `${wrapper} ${words} </dev/null || exit 1`;
  return ['begin', ...lines, 'commit', 'save', 'end'].map(call).concat('').join('\n');
}

function ansible(way, lines) {
  const files = { lines: join(way.home, 'lines'), inventory: join(way.home, 'inventory') };
  writeFileSync(files.lines, lines.join('\n'));
  const host = {
    ansible_host: way.host,
    ansible_port: way.port,
    ansible_user: way.user,
    ansible_ssh_private_key_file: way.key,
    ansible_connection: 'ansible.netcommon.network_cli',
    ansible_network_os: 'community.network.edgeos',
  };
  const words = Object.entries(host).map(([name, value]) => `${name}=${value}`);
  writeFileSync(files.inventory, `edgerouter ${words.join(' ')}\n`);
  return {
    command: ['/usr/bin/ansible-playbook', '-i', files.inventory, here('clients/bench.yml')],
    env: {
      ...environment(way),
      LINES_FILE: files.lines,
      ANSIBLE_HOST_KEY_CHECKING: 'false',
      ANSIBLE_NETWORK_CLI_SSH_TYPE: 'paramiko',
      ANSIBLE_PERSISTENT_COMMAND_TIMEOUT: '3000',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PERSISTENT_CONNECT_TIMEOUT: '120',
    },
  };
}

function netmiko(way, lines) {
  const file = join(way.home, 'lines');
  writeFileSync(file, lines.join('\n'));
  return {
    command: [python, here('clients/netmiko_apply.py'), way.host, String(way.port), way.user, way.key, file],
    env: environment(way),
  };
}

/** What a plan is compared with: the router's own listing, and a Node.js that does nothing. */
export const listing = way => ({
  command: [...sshWords(way), '/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands'],
  env: environment(way),
});
export const bareNode = () => ({ command: [process.execPath, '-e', '0'] });
