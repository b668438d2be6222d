// One case: a router, the real program as a process of its own, one mishap at one step; and what must hold afterwards.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from '../support/run-cli.ts';
import { faults, type Scene, type Step, steps } from './mishaps.ts';
import { leftovers, look, type Seen, startWatched, type Watched, type Watcher } from './router.ts';

const boot = readFileSync('fixtures/transcripts/base.boot', 'utf8');
const confirmWithin = 3;
/** After the switch's time: on a busy machine every step takes its time. */
const marginSeconds = 40;

const siteOf = ({ lab }: Watched): string => `version: 1
router: { host: ${lab.host}, port: ${lab.port}, user: ${lab.user} }
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

export interface Row {
  readonly step: string;
  readonly fault: string;
  /** The step was reached, and the mishap happened. */
  readonly happened: boolean;
  readonly active: string;
  readonly saved: string;
  readonly log: string;
  readonly exit: number | string;
  readonly seconds: number;
  readonly violations: readonly string[];
}

/** `reference` is what a router has after an apply that went well; with no fault the case is that apply. */
export async function runCase(step: string, fault: string, reference?: Seen): Promise<Row & { seen: Seen }> {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-faults-'));
  let watcher: Watcher = { spoil: async () => undefined, after: async () => undefined };
  const router = await startWatched(boot, () => watcher);
  try {
    const before = await look(router);
    writeFileSync(join(folder, 'site.yaml'), siteOf(router));
    mkdirSync(join(folder, '.ssh'));
    const alive = 'ServerAliveInterval 1\nServerAliveCountMax 3\nConnectTimeout 5\n';
    writeFileSync(join(folder, '.ssh/config'), `Host *\n${alive}`, { mode: 0o600 });
    const words = [
      'apply',
      '--yes',
      '-f',
      'site.yaml',
      '--confirm-within',
      `${confirmWithin}`,
      '--lock-timeout',
      '5',
    ];
    const begun = Date.now();
    const client = spawn(process.execPath, [bin, ...words], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        EDGEWG_PASSWORD: router.lab.password,
        EDGEWG_HOST_KEY: router.lab.hostKey,
      },
    });
    let said = '';
    client.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const scene: Scene = { router, client };
    const watched = watching(steps[step], scene, fault);
    watcher = watched;
    const impatient = setTimeout(() => client.kill('SIGABRT'), 130_000);
    const exit = await new Promise<number | string>(resolve =>
      client.on('close', (code, signal) => resolve(code ?? signal ?? '?')),
    );
    clearTimeout(impatient);
    await settle(router);
    const seconds = (Date.now() - begun) / 1000;
    router.lab.faults.clear();
    watcher = { spoil: async () => undefined, after: async () => undefined };
    const seen = await look(router);
    const active =
      seen.active === before.active ? 'old' : seen.active === reference?.active ? 'new' : 'MIXED';
    const row = {
      step,
      fault,
      happened: watched.happened(),
      active,
      saved: seen.drift === '' ? active : 'OTHER',
      log: lastLog(router),
      exit,
      seconds,
    };
    const violations = reference === undefined ? [] : judge(row, seen);
    if (violations.length > 0) violations.push(said.trim().split('\n').slice(-4).join(' | '));
    return { ...row, seen, violations };
  } finally {
    await router.lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function watching(step: Step | undefined, scene: Scene, fault: string): Watcher & { happened(): boolean } {
  let reached = 0;
  let hasHappened = false;
  const isNow = (is: boolean): boolean => {
    if (!is || ++reached !== step?.nth) return false;
    hasHappened = true;
    return true;
  };
  return {
    happened: () => hasHappened,
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
async function settle({ lab }: Watched): Promise<void> {
  const deadline = Date.now() + (confirmWithin + marginSeconds) * 1000;
  await new Promise(resolve => setTimeout(resolve, 1500));
  while (leftovers(lab).length > 0 && Date.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 200));
  await new Promise(resolve => setTimeout(resolve, 1500));
}

function lastLog({ lab }: Watched): string {
  try {
    const lines = readFileSync(join(lab.root, 'config/user-data/edgewg/log'), 'utf8').trim().split('\n');
    return lines.at(-1)?.split(' ').slice(2).join(' ') ?? '';
  } catch {
    return '';
  }
}

function judge(row: Omit<Row, 'violations'>, seen: Seen): string[] {
  const isNew = row.active === 'new';
  const isOld = row.active === 'old';
  const wasRestarted = row.fault === 'router reboot';
  const claims = new Map<number | string, boolean>([
    [0, isNew && row.saved === 'new'],
    [3, isOld],
    [4, isOld],
    [5, isOld],
    [130, isOld],
    [6, true],
    ['SIGKILL', true],
  ]);
  return [
    isNew || isOld ? '' : 'active is neither old nor new',
    row.saved === row.active ? '' : 'saved is not what is active',
    claims.get(row.exit) === true ? '' : `exit ${row.exit} does not tell the truth`,
    // a commit that nobody saved is gone with a restart
    row.happened && row.fault.startsWith('foreign commit') && !seen.hasForeign
      ? "somebody else's commit is gone"
      : '',
    isOld && seen.hasKey && !wasRestarted ? 'a key file is left' : '',
    isNew && !seen.hasKey ? 'the key file is missing' : '',
    ...seen.left.map(what => `left over: ${what}`),
  ].filter(text => text !== '');
}
