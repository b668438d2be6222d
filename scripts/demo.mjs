// `npm run demo`: the main job on the built-in lab router, with the program as a person would run it. The router has the
// configuration of fixtures/blog, a home behind an EdgeRouter 12; nothing is left running, and nothing outside a temporary folder
// is touched.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = new URL('..', import.meta.url);
const bin = fileURLToPath(new URL('bin/edgewg.js', project));
const blog = name => fileURLToPath(new URL(`fixtures/blog/${name}`, project));
const folder = mkdtempSync(join(tmpdir(), 'edgewg-demo-'));

/** The lab in a process of its own; its first words say how to get in. */
function startLab() {
  const lab = spawn(process.execPath, [bin, 'lab', '--seed', blog('router.boot')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let complaint = '';
    lab.stderr.on('data', chunk => {
      complaint += chunk;
    });
    lab.on('exit', code => reject(new Error(`the lab stopped with exit code ${code}: ${complaint}`)));
    lab.stdout.on('data', chunk => {
      said += chunk;
      const find = pattern => pattern.exec(said)?.[1];
      const hostKey = find(/EDGEWG_HOST_KEY='([^']+)'/);
      if (hostKey === undefined) return;
      const env = { EDGEWG_HOST_KEY: hostKey, EDGEWG_PASSWORD: find(/password +(\S+)/) };
      resolve({ lab, port: find(/ssh -p (\d+)/), user: find(/ssh -p \d+ (\w+)@/), env });
    });
  });
}

function say(text) {
  process.stdout.write(`\n\u001b[1m== ${text}\u001b[0m\n\n`);
}

function edgewg(env, expected, ...args) {
  process.stdout.write(`$ edgewg ${args.join(' ')}\n`);
  const ran = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...process.env, ...env, HOME: folder, XDG_STATE_HOME: join(folder, 'state') },
    stdio: 'inherit',
  });
  process.stdout.write(`(exit code ${ran.status})\n`);
  if (ran.status !== expected) throw new Error(`expected exit code ${expected}`);
}

/** A tunnel to a server of the blog's network, at the home router that the lab plays. */
function tunnel(number, publicKey, endpoint) {
  return `  wg${number}:
    address: [192.168.5.1${number}/32]
    listenPort: 5182${number}
    openPort: { rule: 2${number} }
    unfiltered: the server is my own
    peers:
      srv${number}: { publicKey: ${publicKey}, endpoint: "${endpoint}", allowedIPs: [192.168.5.${number}/32, 10.42.${number}.0/24] }
    routes:
      192.168.5.${number}/32: srv${number}
      10.42.${number}.0/24: { description: pods of srv${number}, guard: true }
`;
}

function writeSite({ port, user }, hasWg5) {
  const text = `version: 1
router: { host: 127.0.0.1, port: ${port}, user: ${user} }
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg4-wg9], firewallRules: { WAN_LOCAL: [24-29], WANv6_LOCAL: [24-29] } }
tunnels:
${tunnel(4, 'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=', '[2607:5300:60:5fac::abcd]:51820')}`;
  const other = tunnel(5, 'n7ECjJZNQ6MaP+GFsgts8PWH65djP3Lx6S4UcShk4kE=', '[2001:db8:60:5fad::abcd]:51820');
  writeFileSync(join(folder, 'edgewg.yaml'), hasWg5 ? text + other : text);
}

const router = await startLab();
try {
  const { env } = router;
  writeSite(router, true);
  say('A home router, and a site file that wants two tunnels to servers. What would change?');
  edgewg(env, 0, 'plan', '-q', '--out', 'plan.json');
  say('Apply just that: one transaction, proven over a new connection, then saved');
  edgewg(env, 0, 'apply', 'plan.json', '--yes');
  say('A second plan is empty');
  edgewg(env, 0, 'plan', '-q', '--detailed-exitcode');
  say('srv5 leaves: wg5 goes out of the site file. A plan that deletes an interface is refused ...');
  writeSite(router, false);
  edgewg(env, 3, 'plan', '-q', '--out', 'plan.json');
  say('... unless that is said');
  edgewg(env, 0, 'apply', 'plan.json', '--yes', '--allow', 'delete=1');
  say('And again there is nothing left to do');
  edgewg(env, 0, 'plan', '-q', '--detailed-exitcode');
  edgewg(env, 0, 'rollback', '--list');
  say('Done. The lab router is gone, and so is everything it wrote.');
} finally {
  router.lab.removeAllListeners('exit');
  const gone = new Promise(resolve => router.lab.on('exit', resolve));
  router.lab.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
}
