// One case: a router, the real program as a process of its own, one mishap at one step; and what is found afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bin } from '../support/run-cli.ts';
import { type Case, type Scenario, type Sent, scenarioOf } from './cases.ts';
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
  readonly sent: Sent;
}

export async function reference(): Promise<Reference> {
  const stage = await openStage(boot);
  const before = await look(stage.router).finally(() => stage.close());
  const { row, seen, sent, said } = await inARouter({ step: 'none', fault: 'none' });
  if (row.exit !== 0 || seen.drift !== '') throw new Error(`the apply without a mishap failed:\n${said}`);
  return { before, seen, sent };
}

export async function runCase(one: Case, good: Reference): Promise<Row> {
  const { row, seen, said } = await inARouter(one, good);
  const violations = judge(row, seen, said, good);
  if (violations.length > 0) violations.push(said.trim().split('\n').slice(-4).join(' | '));
  return { ...row, violations };
}

interface Found {
  readonly row: Omit<Row, 'violations'>;
  readonly seen: Seen;
  readonly said: string;
  readonly sent: Sent;
}

async function inARouter(one: Case, good?: Pick<Reference, 'before' | 'seen'>): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-faults-'));
  const trust = async (lab: { readonly hostKey: string }): Promise<void> =>
    appendFileSync(join(folder, 'known'), `* ${lab.hostKey}\n`);
  const stage = await openStage(boot, { trust });
  const { router } = stage;
  try {
    const begun = Date.now();
    const scenario = scenarioOf(one);
    const waits = scenario === 'apply' ? 0 : heldSeconds[scenario];
    // what others are compared with must go well, however busy the machine is
    const within = good === undefined ? 60 : confirmWithin;
    const deadline = begun + (within + waits + marginSeconds) * 1000;
    const start = async (port: number): Promise<ChildProcess> => {
      writeFolder(router, folder, port);
      const isSecond = scenario === 'confirm' || scenario === 'undo' || scenario === 'extend';
      if (isSecond) await holdFirst(router, folder, heldSeconds[scenario]);
      return startClient(router, folder, one.fault, wordsOf(scenario, within));
    };
    const suffered = await stage.suffer(one, start, deadline);
    const { exit, said, happened, sent } = suffered;
    const seconds = (Date.now() - begun) / 1000;
    const seen = await lookUntilClean(router, deadline);
    const isOld = seen.active === good?.before.active;
    const active = isOld ? 'old' : seen.active === good?.seen.active ? 'new' : 'MIXED';
    const saved = seen.drift === '' ? active : 'OTHER';
    return {
      row: { ...one, happened, active, saved, log: lastLog(router), exit, seconds },
      seen,
      said: said.stderr,
      sent,
    };
  } finally {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a client's clock does on a signal, in a module that is loaded before it. */
const clocks = `const real = Date.now.bind(Date); let offset = 0; const Real = Date;
globalThis.Date = class extends Real { constructor(...words) { words.length === 0 ? super(real() + offset) : super(...words); } static now() { return real() + offset; } };
process.on('SIGUSR2', () => { offset += 3600_000; }); process.on('SIGWINCH', () => { offset -= 3600_000; });`;

/** How long the apply waits for a word: a machine that is busy takes its time to give one. */
const heldSeconds = { canary: 2, hold: 4, confirm: 40, undo: 40, extend: 15 } as const;

const applying = (within: number): string[] => [
  ...['apply', '--yes', '-f', 'site.yaml', '--lock-timeout', '5', '--confirm-within', `${within}`],
];

function wordsOf(scenario: Scenario, within: number): string[] {
  switch (scenario) {
    case 'apply':
      return applying(within);
    case 'canary':
      return [...applying(within), '--canary', 'wg904', '--bake', `${heldSeconds.canary}s`];
    case 'hold':
      return [...applying(within), '--hold', `${heldSeconds.hold}s`];
    case 'extend':
      // the beginning of every id there is
      return ['extend', '2', '-f', 'site.yaml', '--by', '2s'];
    default:
      return [scenario, '2', '-f', 'site.yaml'];
  }
}

/** Another client, to which nothing happens, leaves an apply that waits. */
async function holdFirst({ lab }: Watched, folder: string, seconds: number): Promise<void> {
  const words = [...applying(60), '--hold', `${seconds}s`];
  const client = spawn(process.execPath, [bin, ...words], {
    cwd: folder,
    stdio: 'ignore',
    env: environment(lab, folder),
  });
  const [code] = await once(client, 'close');
  if (code !== 0) throw new Error(`nothing is held: exit ${code}`);
}

const environment = (lab: Watched['lab'], folder: string) => ({
  PATH: process.env['PATH'],
  HOME: folder,
  EDGEWG_PASSWORD: lab.password,
});

function writeFolder({ lab }: Watched, folder: string, port: number): void {
  writeFileSync(join(folder, 'site.yaml'), siteOf(port));
  mkdirSync(join(folder, '.ssh'));
  const alive = 'ServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 5\n';
  const known = join(folder, 'known');
  appendFileSync(known, `* ${lab.hostKey}\n`);
  writeFileSync(join(folder, '.ssh/config'), `Host *\n${alive}UserKnownHostsFile ${known}\n`, {
    mode: 0o600,
  });
}

function startClient(
  { lab }: Watched,
  folder: string,
  fault: string,
  words: readonly string[],
): ChildProcess {
  const node = fault.startsWith('client clock')
    ? ['--import', `data:text/javascript,${encodeURIComponent(clocks)}`]
    : [];
  const [stream, how] = fault.split(' ');
  const isOwn = (name: string): boolean => stream === name && (how === 'full' || how === 'closed');
  const full = isOwn('stdout') || isOwn('stderr') ? openSync('/dev/full', 'w') : undefined;
  const close = how === 'closed' ? (isOwn('stdout') ? '1>&-' : '2>&-') : '';
  const command = [process.execPath, ...node, bin, ...words];
  const client = spawn('sh', ['-c', `exec "$@" ${close}`, 'sh', ...command], {
    cwd: folder,
    stdio: [
      'ignore',
      isOwn('stdout') ? (full ?? 'ignore') : 'ignore',
      isOwn('stderr') ? (full ?? 'pipe') : 'pipe',
    ],
    env: environment(lab, folder),
  });
  if (fault === 'nobody reads stderr') client.stderr?.pause();
  return client;
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
