// One case: a router, the real program as a process of its own, one mishap at one step; and what is found afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bin } from '../support/run-cli.ts';
import type { Case } from './cases.ts';
import { judge, type Row } from './judge.ts';
import { look, type Seen, type Watched } from './router.ts';
import { openStage } from './stage.ts';

const boot = readFileSync('fixtures/transcripts/base.boot', 'utf8');
export const confirmWithin = 3;
/** After the switch's time: on a busy machine every step takes its time. */
export const marginSeconds = 40;

const siteOf = (port: number): string => `version: 1
router: { host: 127.0.0.1, port: ${port}, user: ubnt }
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg904-wg905], firewallRules: { WAN_LOCAL: [9904], WANv6_LOCAL: [9904] } }
mssClamp: { ipv4: off, ipv6: off }
tunnels:
  wg904:
    description: edgewg test
    address: [192.0.2.4/32, "2001:db8:904::1/64"]
    listenPort: 59904
    openPort: { rule: 9904 }
    unfiltered: a test
    peers:
      far:
        publicKey: ${Buffer.alloc(32, 4).toString('base64')}
        endpoint: "[2001:db8::4]:51820"
        allowedIPs: [198.18.4.0/24]
    routes: { 198.18.4.0/24: { description: edgewg-test, guard: true } }
`;

/** An apply that goes well: the bytes that the router sends, what was there before, and after. */
export interface Reference {
  readonly before: Seen;
  readonly seen: Seen;
  readonly bytes: number;
}

export async function reference(): Promise<Reference> {
  const stage = await openStage(boot);
  const before = await look(stage.router).finally(() => stage.close());
  const { row, seen, bytes, said } = await inARouter({ step: 'none', fault: 'none' });
  if (row.exit !== 0 || seen.drift !== '') throw new Error(`the apply without a mishap failed:\n${said}`);
  return { before, seen, bytes };
}

export async function runCase(one: Case, good: Reference): Promise<Row> {
  const { row, seen, said } = await inARouter(one, good);
  const violations = judge(row, seen, said);
  if (violations.length > 0) violations.push(said.trim().split('\n').slice(-4).join(' | '));
  return { ...row, violations };
}

interface Found {
  readonly row: Omit<Row, 'violations'>;
  readonly seen: Seen;
  readonly said: string;
  readonly bytes: number;
}

async function inARouter(one: Case, good?: Pick<Reference, 'before' | 'seen'>): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-faults-'));
  const stage = await openStage(boot);
  const { router } = stage;
  try {
    const begun = Date.now();
    const deadline = begun + (confirmWithin + marginSeconds) * 1000;
    const suffered = await stage.suffer(one, port => startClient(router, folder, port), deadline);
    const { exit, said, happened, bytes } = suffered;
    const seconds = (Date.now() - begun) / 1000;
    const seen = await lookUntilClean(router, deadline);
    const isOld = seen.active === good?.before.active;
    const active = isOld ? 'old' : seen.active === good?.seen.active ? 'new' : 'MIXED';
    const saved = seen.drift === '' ? active : 'OTHER';
    return {
      row: { ...one, happened, active, saved, log: lastLog(router), exit, seconds },
      seen,
      said: said.stderr,
      bytes,
    };
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function startClient({ lab }: Watched, folder: string, port: number): ChildProcess {
  writeFileSync(join(folder, 'site.yaml'), siteOf(port));
  mkdirSync(join(folder, '.ssh'));
  const alive = 'ServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 5\n';
  writeFileSync(join(folder, '.ssh/config'), `Host *\n${alive}`, { mode: 0o600 });
  const words = ['apply', '--yes', '-f', 'site.yaml', '--lock-timeout', '5'];
  return spawn(process.execPath, [bin, ...words, '--confirm-within', `${confirmWithin}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      EDGEWG_PASSWORD: lab.password,
      EDGEWG_HOST_KEY: lab.hostKey,
    },
  });
}

/** What has just ended may still be on its way out. */
async function lookUntilClean(router: Watched, deadline: number): Promise<Seen> {
  for (;;) {
    const seen = await look(router);
    if (seen.left.length === 0 || Date.now() > deadline) return seen;
    await sleep(1000);
  }
}

function lastLog({ lab }: Watched): string {
  try {
    const lines = readFileSync(join(lab.root, 'config/user-data/edgewg/log'), 'utf8').trim().split('\n');
    return lines.at(-1)?.split(' ').slice(2).join(' ') ?? '';
  } catch {
    return '';
  }
}
