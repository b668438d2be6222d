// One case: a router, the real program as a process of its own, one mishap at one step; and what is found afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bin } from '../support/run-cli.ts';
import type { Case } from './cases.ts';
import { judge, type Row } from './judge.ts';
import { faults, type Scene, sayings, steps } from './mishaps.ts';
import { startProxy } from './proxy.ts';
import { leftovers, look, type Seen, startWatched, type Watched, type Watcher } from './router.ts';

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
  const router = await startWatched(boot, () => ({
    spoil: async () => undefined,
    after: async () => undefined,
  }));
  const before = await look(router).finally(() => router.lab.close());
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
  let watcher: Watcher = { spoil: async () => undefined, after: async () => undefined };
  const router = await startWatched(boot, () => watcher);
  const proxy = await startProxy(router.lab, cutOf(one));
  try {
    if (isLabStep(one)) router.lab.faults.add(`${one.step}=${one.fault}`);
    const begun = Date.now();
    const client = startClient(router, folder, proxy.port);
    const watched = watching(one, { router, client });
    watcher = watched;
    const { exit, said } = await watchClient(client, watched);
    const deadline = Date.now() + (confirmWithin + marginSeconds) * 1000;
    await settle(router, deadline);
    const seconds = (Date.now() - begun) / 1000;
    const happened = watched.happened() || proxy.hasCut() || router.lab.faults.fired.length > 0;
    router.lab.faults.clear();
    watcher = { spoil: async () => undefined, after: async () => undefined };
    const seen = await lookUntilClean(router, deadline);
    const isOld = seen.active === good?.before.active;
    const active = isOld ? 'old' : seen.active === good?.seen.active ? 'new' : 'MIXED';
    const saved = seen.drift === '' ? active : 'OTHER';
    return {
      row: { ...one, happened, active, saved, log: lastLog(router), exit, seconds },
      seen,
      said,
      bytes: proxy.bytes(),
    };
  } finally {
    await proxy.close();
    await router.lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const cutOf = ({ step }: Case): number | undefined => {
  const byte = /^byte (\d+)$/.exec(step)?.[1];
  return byte === undefined ? undefined : Number(byte);
};
const isLabStep = ({ step }: Case): boolean => /^(auth|exec|commit):/.test(step);

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

/** Until it ends by itself; one that hangs is killed. */
async function watchClient(
  client: ChildProcess,
  watched: { says(text: string): void },
): Promise<{ exit: number | string; said: string }> {
  let said = '';
  client.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    watched.says(said);
  });
  const impatient = setTimeout(() => client.kill('SIGABRT'), 170_000);
  const exit = await new Promise<number | string>(resolve =>
    client.on('close', (code, signal) => resolve(code ?? signal ?? '?')),
  );
  clearTimeout(impatient);
  return { exit, said };
}

interface Watching extends Watcher {
  happened(): boolean;
  /** Told all that the client has said so far. */
  says(text: string): void;
}

/** Lets the mishap happen when its step is reached, once. */
function watching({ step: name, fault }: Case, scene: Scene): Watching {
  const step = steps[name];
  const line = sayings[name];
  let reached = 0;
  let hasHappened = false;
  const isNow = (is: boolean): boolean => {
    if (!is || ++reached !== step?.nth) return false;
    hasHappened = true;
    return true;
  };
  return {
    happened: () => hasHappened,
    says(text) {
      if (hasHappened || line === undefined || !line.test(text)) return;
      hasHappened = true;
      void Promise.resolve(faults[fault]?.(scene)).catch(() => undefined);
    },
    async spoil(call) {
      const { next } = scene;
      if (next?.is(call)) {
        delete scene.next;
        return next.answer;
      }
      if (hasHappened || step === undefined || step.isAfter === true || !isNow(step.is(call)))
        return undefined;
      return await faults[fault]?.(scene, call);
    },
    async after(call) {
      if (hasHappened || step?.isAfter !== true || !isNow(step.is(call))) return;
      await faults[fault]?.(scene, call);
    },
  };
}

/** Until edgewg has nothing more in /tmp of the router, or the margin is over. */
async function settle({ lab }: Watched, deadline: number): Promise<void> {
  await sleep(1500);
  while (leftovers(lab).length > 0 && Date.now() < deadline) await sleep(200);
  await sleep(1500);
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
