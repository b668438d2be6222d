// The router under the benchmark: a lab router of its own for every run, or the one that EDGEWG_LAB_HOST names, which is put back
// by its own `load` after every run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, sshWords } from './clients.mjs';

/**
 * A home with an SSH key and what the clients need in it, and the router: `start()` gives where it listens, as it was at
 * first, and the process id of a lab; `stop()` ends that. `keyFiles` are made there, so that every client finds them. `around` puts a
 * lab behind other words.
 */
export async function openRouter({ profile, keyFiles, around = words => words }) {
  const home = mkdtempSync(join(tmpdir(), 'edgewg-bench-'));
  const given = process.env.EDGEWG_LAB_HOST;
  const router =
    given === undefined ? lab(home, profile, keyFiles, around) : await foreign(home, given, keyFiles);
  return {
    home,
    ...router,
    async close() {
      await router.close?.();
      rmSync(home, { recursive: true });
    },
  };
}

function lab(home, profile, keyFiles, around) {
  const key = join(home, 'key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  let child;
  return {
    name: `lab router, profile ${profile}`,
    async start() {
      const edgewg = [process.execPath, bin, 'lab', '--authorized-keys', `${key}.pub`, '--profile', profile];
      const [command, ...words] = around(edgewg);
      child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
      const said = await until(child, 'EDGEWG_HOST_KEY');
      const word = pattern => pattern.exec(said)?.[1] ?? '';
      const address = {
        host: '127.0.0.1',
        port: Number(word(/ssh -p (\d+)/)),
        user: word(/ (\S+)@127/),
        key,
      };
      const hostKey = word(/KEY='(.*)'/);
      makeKeys({ ...address, home }, hostKey, keyFiles);
      return { address, hostKey, pid: child.pid };
    },
    async stop() {
      const ended = new Promise(resolve => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function foreign(home, host, keyFiles) {
  const { EDGEWG_LAB_PORT = '22', EDGEWG_LAB_USER = 'ubnt', EDGEWG_LAB_KEY: key = '' } = process.env;
  const hostKey = process.env.EDGEWG_LAB_HOST_KEY ?? process.env.EDGEWG_HOST_KEY ?? '';
  if (!existsSync(key) || hostKey === '')
    throw new Error('a router of your own needs EDGEWG_LAB_KEY (a file) and EDGEWG_LAB_HOST_KEY');
  const address = { host, port: Number(EDGEWG_LAB_PORT), user: EDGEWG_LAB_USER, key };
  const way = { ...address, home };
  makeKeys(way, hostKey, keyFiles);
  const before = '/tmp/edgewg-bench.boot';
  onRouter(way, session(`save ${before}`));
  return {
    name: `router of EDGEWG_LAB_HOST`,
    start: async () => {
      known(way, hostKey);
      return { address, hostKey };
    },
    stop: async () => {
      known(way, hostKey);
      onRouter(way, session(`load ${before}`, 'commit', 'save'));
    },
    close: async () => {
      known(way, hostKey);
      onRouter(way, `rm -f ${before} ${keyFiles.join(' ')}`);
    },
  };
}

const session = (...verbs) =>
  ['begin', ...verbs, 'end']
    .map(verb => `/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper ${verb} </dev/null`)
    .join('\n');

/** What the clients read in their home: the line of known_hosts for whatever they dial, and the key. */
export function known({ host, port, home, key }, hostKey) {
  const name = port === 22 ? host : `[${host}]:${port}`;
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, '.ssh/config'), `IdentityFile ${key}\nIdentitiesOnly yes\n`, { mode: 0o600 });
  writeFileSync(join(home, 'known_hosts'), `${name} ${hostKey}\n`);
}

function makeKeys(way, hostKey, files) {
  known(way, hostKey);
  const make = file => `[ -e ${file} ] || (umask 027; wg genkey >${file})`;
  onRouter(way, files.map(make).join('\n'));
}

function onRouter(way, script) {
  const [command, ...words] = [...sshWords(way), "sg vyattacfg -c 'bash -s'"];
  const { status, stderr, stdout } = spawnSync(command, words, { input: `${script}\n`, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the router said: ${stdout}${stderr}`);
}

function until({ stdout, stderr }, text) {
  let said = '';
  return new Promise((resolve, reject) => {
    for (const stream of [stdout, stderr])
      stream.setEncoding('utf8').on('data', chunk => {
        said += chunk;
        if (said.includes(text)) resolve(said);
      });
    stdout.once('end', () => reject(new Error(`the lab did not start: ${said}`)));
  });
}

/** Of this machine, for whoever reads the figures. */
export function machine() {
  const cpu = readFileSync('/proc/cpuinfo', 'utf8');
  const model = /model name\s*:\s*(.*)/.exec(cpu)?.[1] ?? 'unknown processor';
  const memory = Math.round(
    Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1048576,
  );
  return { cpu: model, cores: (cpu.match(/^processor/gm) ?? []).length, memory, node: process.version };
}
