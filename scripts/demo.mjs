// `npm run demo`: the main job on the built-in lab router, with the program as a person would run it. The router has the
// configuration of fixtures/blog, a home behind an EdgeRouter 12; nothing is left running, and nothing outside a temporary folder
// is touched.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The site file of the blog's network, for the lab router; without wg5 when that has left. */
function writeSite({ port, user }, hasWg5) {
  const text = readFileSync(blog('site.yaml'), 'utf8').replace(
    /^router:\n {2}host:.*\n {2}user:.*$/m,
    `router:\n  host: 127.0.0.1\n  port: ${port}\n  user: ${user}`,
  );
  // the lab router makes keys of its own, and `cluster` says which the other end has
  const alone = text.replace(/^cluster:.*\n(?:[ #].*\n|\n)*/m, '');
  const without = alone
    .replace(/^ {2}wg5:\n(?: {4,}.*\n)+/m, '')
    .replace(/^ {4}192\.168\.5\.5: .*tunnel: wg5.*\n/m, '');
  writeFileSync(join(folder, 'edgewg.yaml'), hasWg5 ? alone : without);
}

const router = await startLab();
try {
  const { env } = router;
  writeSite(router, true);
  say('A home router, and a site file that wants two tunnels to a cluster. What would change?');
  edgewg(env, 2, 'plan', '--detailed-exitcode');
  say('Apply it: one transaction, proven over a new connection, then saved');
  edgewg(env, 0, 'apply', '--yes');
  say('A second plan is empty');
  edgewg(env, 0, 'plan', '--detailed-exitcode');
  say('srv5 leaves: wg5 goes out of the site file. A plan that deletes an interface is refused ...');
  writeSite(router, false);
  edgewg(env, 3, 'plan');
  say('... unless that is said');
  edgewg(env, 0, 'apply', '--yes', '--allow', 'delete=1');
  say('And again there is nothing left to do');
  edgewg(env, 0, 'plan', '--detailed-exitcode');
  edgewg(env, 0, 'rollback', '--list');
  say('Done. The lab router is gone, and so is everything it wrote.');
} finally {
  router.lab.removeAllListeners('exit');
  const gone = new Promise(resolve => router.lab.on('exit', resolve));
  router.lab.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
}
