// How many processes a plan and an apply make on the router, by phase: counts, which no busy machine changes. Fails when there are more than
// the goals say.
//
//   npm run bench:router
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, edgewgPlan, sshWords } from './clients.mjs';
import { measure } from './process.mjs';
import { canTrace, countProcesses, traced } from './processes.mjs';
import { known } from './router.mjs';
import { siteFile } from './sites.mjs';

const most = { plan: 35, apply: 96 };
// what each is made of: a part that was not found was not counted either
const parts = {
  plan: ['read 1'],
  apply: ['read 2', 'transaction', 'switch', 'draft', 'answer', 'read 3'],
};

if (!(await canTrace())) {
  // also in CI: a container may forbid it
  console.error('SKIPPED: strace is not installed, or may not be used');
  process.exit(0);
}

const home = mkdtempSync(join(tmpdir(), 'edgewg-processes-'));
try {
  const counts = await counted();
  for (const [what, phases] of Object.entries(counts)) print(what, phases);
  for (const [what, phases] of Object.entries(counts)) {
    const own = sum(phases, 'own');
    const missing = parts[what].filter(part => !phases.some(({ phase, own }) => phase === part && own > 0));
    if (missing.length > 0) {
      console.error(`NOT COUNTED: ${missing.join(', ')} of ${what}`);
      process.exitCode = 1;
    }
    if (own <= most[what]) continue;
    console.error(`BEHIND: ${what} makes ${own} processes on the router, held is at most ${most[what]}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(home, { recursive: true });
}

async function counted() {
  const key = join(home, 'key');
  const log = join(home, 'log');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const [command, ...words] = traced(log, [process.execPath, bin, 'lab', '--authorized-keys', `${key}.pub`]);
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise(resolve => child.once('close', resolve));
  const said = await firstWords(child.stdout);
  const word = pattern => pattern.exec(said)?.[1] ?? '';
  const [port, user] = [Number(word(/ssh -p (\d+)/)), word(/ (\S+)@127/)];
  const way = { host: '127.0.0.1', port, user, key, home, hostKey: word(/KEY='(.*)'/) };
  known(way, way.hostKey);
  // as for all clients of the other benchmarks: the keys are there
  const [ssh, ...options] = sshWords(way);
  const input = 'umask 027; for n in 100 101; do wg genkey >/config/auth/wg$n.key; done\n';
  spawnSync(ssh, [...options, "sg vyattacfg -c 'bash -s'"], { input });
  writeFileSync(join(home, 'edgewg.yaml'), siteFile(2, way));
  const planned = Date.now() / 1000;
  const plan = edgewgPlan(way);
  await run(plan, way);
  const applied = Date.now() / 1000;
  await run(
    { ...plan, command: plan.command.map(one => (one === 'plan' ? 'apply' : one)).concat('--yes') },
    way,
  );
  child.kill('SIGTERM');
  await ended;
  const all = countProcesses(log, planned, applied);
  return { plan: all, apply: countProcesses(log, applied) };
}

async function run({ command, env }, way) {
  const { exit, stderr } = await measure(command, { env, cwd: way.home });
  if (exit !== 0) throw new Error(stderr);
}

function firstWords(stream) {
  let said = '';
  return new Promise((resolve, reject) => {
    stream.setEncoding('utf8').on('data', chunk => {
      said += chunk;
      if (said.includes('EDGEWG_HOST_KEY')) resolve(said);
    });
    stream.once('end', () => reject(new Error(`the lab did not start: ${said}`)));
  });
}

function sum(phases, which) {
  return phases.reduce((total, phase) => total + phase[which], 0);
}

function print(what, phases) {
  console.log(`| ${what} | own | the configuration system's |\n| --- | ---: | ---: |`);
  for (const { phase, own, system } of phases) console.log(`| ${phase} | ${own} | ${system} |`);
  console.log(`| all | ${sum(phases, 'own')} | ${sum(phases, 'system')} |\n`);
}
