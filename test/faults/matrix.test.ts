// Whatever dies at whatever moment, the router ends in the old configuration or the new one, and lets you back in. Each case is a lab
// router of its own and the real program; afterwards the router itself is asked. EDGEWG_FAULTS=all runs every case, a number so many
// of them (EDGEWG_FAULTS_SEED chooses which), any other text those that it matches.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../src/lab/lab.ts';
import { startLab } from '../../src/lab/lab.ts';
import { resolveTarget } from '../../src/router/connection.ts';
import { readRouter } from '../../src/router/read.ts';
import { parseBoot } from '../../src/vyatta/boot.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { accessTo, baseBoot } from '../support/router.ts';
import { bin } from '../support/run-cli.ts';
import { type Case, cases, sample } from './cases.ts';

const wanted = process.env['EDGEWG_FAULTS'] ?? '60';
const seed = Number(process.env['EDGEWG_FAULTS_SEED'] ?? '1');
const chosen =
  wanted === 'all'
    ? cases
    : /^\d+$/.test(wanted)
      ? sample(Number(wanted), seed)
      : cases.filter(({ moment, fault }) => new RegExp(wanted).test(`${moment}: ${fault}`));
const atOnce = 3;
const confirmWithin = 3;
/** Beyond the window: a slow undo, and the switch's last wait. */
const marginMs = 25_000;

interface Result {
  readonly case: Case;
  readonly exit: number | string;
  readonly running: string;
  readonly saved: string;
  readonly seconds: number;
  readonly problems: readonly string[];
}

const results: Result[] = [];

const siteFile = (lab: Lab): string => `version: 1
router: { host: 127.0.0.1, port: ${lab.port}, user: ${lab.user} }
uplink: { mtu: 1500, rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg4] }
tunnels:
  wg4:
    address: [192.168.5.14/32, "fd00:4::1/64"]
    listenPort: 51824
    openPort: { rule: 24 }
    unfiltered: a test
    peers:
      srv4:
        publicKey: GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=
        endpoint: 198.51.100.44:51820
        allowedIPs: [192.168.5.4/32, 10.42.4.0/24]
    routes:
      10.42.4.0/24: { description: pods, guard: true }
`;

/** What isn't ours: the change that the foreign commits of the cases make. */
const ours = (text: string): string =>
  text
    .split('\n')
    .filter(line => !line.startsWith('set system host-name'))
    .sort()
    .join('\n');

const savedOf = (lab: Lab): string => {
  const text = readFileSync(join(lab.root, 'config/config.boot'), 'utf8');
  return ours(printCommands(redact(parseBoot(text))).replace(/^comment .*\n/gm, ''));
};

async function withLab<T>(body: (lab: Lab, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-faults-'));
  const lab = await startLab({ seed: baseBoot });
  try {
    mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
    // a silent line is found out within seconds
    writeFileSync(
      join(folder, '.ssh/config'),
      'ServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 4\n',
      { mode: 0o600 },
    );
    writeFileSync(join(folder, 'edgewg.yaml'), siteFile(lab));
    return await body(lab, folder);
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The real program; resolves to its exit code or signal. */
function runApply(lab: Lab, folder: string, one?: Case): Promise<{ exit: number | string; stderr: string }> {
  const args = ['apply', '--yes', '--confirm-within', String(confirmWithin), '--lock-timeout', '3'];
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NO_COLOR: '1',
    EDGEWG_PASSWORD: lab.password,
    EDGEWG_HOST_KEY: lab.hostKey,
  };
  const client = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let hasActed = false;
  client.stderr.on('data', chunk => {
    stderr += chunk;
    if (one?.when === undefined || hasActed || !one.when.line.test(stderr)) return;
    hasActed = true;
    one.when.act(lab, client);
  });
  const overdue = setTimeout(() => client.kill('SIGKILL'), 120_000);
  return new Promise(resolve => {
    client.on('close', (exit, signal) => {
      clearTimeout(overdue);
      resolve({ exit: exit ?? signal ?? 'none', stderr });
    });
  });
}

/** A router that is starting again takes its time. */
async function readingSoon(lab: Lab): ReturnType<typeof reading> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return await reading(lab);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 300));
    }
  }
}

async function reading(lab: Lab) {
  const door = await resolveTarget(
    { host: lab.host, port: lab.port, user: lab.user, legacyAlgorithms: [] },
    accessTo(lab),
  );
  const connection = await door.dial();
  try {
    return await readRouter(connection);
  } finally {
    await connection.close();
  }
}

const leftovers = (lab: Lab): string[] => {
  const folder = join(lab.root, 'tmp/edgewg');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Until nothing of the apply is at work on the router any more. */
async function settle(lab: Lab): Promise<void> {
  const deadline = Date.now() + confirmWithin * 1000 + marginMs;
  while (leftovers(lab).length > 0 && Date.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 200));
}

const ends: { old: string; new: string; oldSaved: string; newSaved: string } = {
  old: '',
  new: '',
  oldSaved: '',
  newSaved: '',
};

function judge(
  one: Case,
  exit: number | string,
  running: string,
  saved: string,
  rest: readonly string[],
): string[] {
  const problems = [...rest];
  if (running === 'mixed') problems.push('running is neither the old nor the new configuration');
  if (saved === 'mixed') problems.push('saved is neither the old nor the new configuration');
  if (saved === 'new' && running === 'old')
    problems.push('the new configuration is saved, and the old one runs');
  if (running === 'new' && saved === 'old') problems.push('the new configuration runs and is not saved');
  if (exit === 0 && running !== 'new') problems.push('exit 0, and the old configuration runs');
  if ([1, 3, 4, 5, 129, 130, 143].includes(exit as number) && running === 'new')
    problems.push(`exit ${exit}, and the new configuration runs`);
  if (exit === 1) problems.push('exit 1: a bug');
  if (exit === 'SIGKILL' && !one.fault.includes('SIGKILL')) problems.push('the client hung');
  return problems;
}

async function run(one: Case): Promise<Result> {
  return await withLab(async (lab, folder) => {
    one.arm?.(lab);
    const begun = Date.now();
    const { exit, stderr } = await runApply(lab, folder, one);
    await settle(lab);
    const seconds = (Date.now() - begun) / 1000;
    lab.faults.clear();
    const rest: string[] =
      leftovers(lab).length > 0 ? [`left in /tmp/edgewg: ${leftovers(lab).join(' ')}`] : [];
    let running = 'unknown';
    try {
      const { running: tree, facts } = await readingSoon(lab);
      const text = ours(printCommands(tree));
      running = text === ends.old ? 'old' : text === ends.new ? 'new' : 'mixed';
      const keys = [...facts.keyFiles.keys()];
      if (running === 'old' && keys.length > 0) rest.push(`key files are left: ${keys.join(' ')}`);
    } catch (error) {
      rest.push(`no login afterwards: ${String(error)}`);
    }
    const text = savedOf(lab);
    const saved = text === ends.oldSaved ? 'old' : text === ends.newSaved ? 'new' : 'mixed';
    const problems = judge(one, exit, running, saved, rest);
    if (problems.length > 0) problems.push(stderr.trim().split('\n').slice(-4).join(' / '));
    return { case: one, exit, running, saved, seconds, problems };
  });
}

describe('an apply, whatever dies', function () {
  this.timeout(200_000);

  before(async () => {
    await withLab(async (lab, folder) => {
      ends.old = ours(printCommands((await reading(lab)).running));
      ends.oldSaved = savedOf(lab);
      const { exit, stderr } = await runApply(lab, folder);
      assert.equal(exit, 0, stderr);
      await settle(lab);
      ends.new = ours(printCommands((await reading(lab)).running));
      ends.newSaved = savedOf(lab);
      assert.notEqual(ends.new, ends.old);
    });
  });

  for (let i = 0; i < chosen.length; i += atOnce) {
    const group = chosen.slice(i, i + atOnce);
    it(group.map(({ moment, fault }) => `${moment}: ${fault}`).join('; '), async () => {
      const found = await Promise.all(group.map(run));
      results.push(...found);
      const bad = found.filter(({ problems }) => problems.length > 0);
      assert.deepEqual(
        bad.map(({ case: one, problems }) => `${one.moment}: ${one.fault}: ${problems.join('; ')}`),
        [],
      );
    });
  }

  after(() => {
    const rows = results.map(r =>
      [
        r.case.moment,
        r.case.fault,
        r.running,
        r.saved,
        r.exit,
        r.seconds.toFixed(1),
        r.problems.join('; '),
      ].join('\t'),
    );
    const table = join(tmpdir(), 'edgewg-fault-matrix.tsv');
    writeFileSync(table, `moment\tfault\trunning\tsaved\texit\tseconds\tproblems\n${rows.join('\n')}\n`);
    const count = new Map<string, number>();
    for (const r of results) {
      const key = `exit ${r.exit}, running ${r.running}, saved ${r.saved}`;
      count.set(key, (count.get(key) ?? 0) + 1);
    }
    process.stdout.write(
      `\n  ${results.length} of ${cases.length} cases, seed ${seed}; the table is in ${table}\n`,
    );
    for (const [key, n] of [...count].sort()) process.stdout.write(`    ${String(n).padStart(4)}  ${key}\n`);
  });
});
