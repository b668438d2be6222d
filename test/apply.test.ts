// The transaction against a lab router: what it leaves behind when something goes wrong.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgewgError } from '../src/errors.ts';
import { makePlan } from '../src/plan/make.ts';
import type { ApplyEvent, Outcome } from '../src/plan/outcome.ts';
import type { Plan } from '../src/plan/plan.ts';
import { type ApplyInput, apply } from '../src/router/apply.ts';
import type { Connection } from '../src/router/connection.ts';
import { type Reading, readRouter } from '../src/router/read.ts';
import type { Site, Tunnel } from '../src/site/site.ts';
import { printCommands } from '../src/vyatta/commands.ts';
import { aPeer, aSite, aTunnel, placeOf } from './support/builders.ts';
import { startRouter, type TestRouter } from './support/router.ts';

const wg4 = (more: Partial<Tunnel> = {}): Tunnel =>
  aTunnel('wg4', {
    address: ['192.168.5.14/32', 'fd00:4::1/64'],
    listenPort: 51824,
    openPort: { at: [], asNeeded: true, ipv4: 24, ipv6: 24 },
    peers: [
      aPeer(4, { allowedIPs: ['10.42.4.0/24'], endpoint: { host: '192.0.2.4', port: 51820, family: 4 } }),
    ],
    routes: [{ at: [], prefix: '10.42.4.0/24', family: 4, description: 'Pods', disable: false, guard: true }],
    ...more,
  });
const site = aSite([wg4()], { mssClamp: {} });

let counter = 0;
let router: TestRouter;

interface Attempt {
  readonly before: Reading;
  readonly plan: Plan;
  readonly outcome?: Outcome;
  readonly error?: EdgewgError;
  readonly events: ApplyEvent[];
}

/** Reads, plans and applies; `meddle` comes between the plan and its apply. */
async function attempt(
  wanted: Site,
  more: Partial<ApplyInput['options']> = {},
  meddle: (connection: Connection, plan: Plan) => Promise<Plan | undefined> = async () => undefined,
  input: Partial<ApplyInput> = {},
): Promise<Attempt> {
  const connection = await router.door.dial();
  const planFor = (reading: Reading): Plan =>
    makePlan({ site: wanted, placeOf, running: reading.running, facts: reading.facts });
  const events: ApplyEvent[] = [];
  const before = await readRouter(connection);
  const made = planFor(before);
  const plan = (await meddle(connection, made)) ?? made;
  const options = {
    id: `test-${++counter}`,
    who: 'tester',
    since: new Date(),
    confirmWithin: 3,
    lockTimeout: 1,
    allowDrift: false,
    lastResort: 'none' as const,
    record: '{}',
    secrets: new Map(),
    ...more,
  };
  try {
    const outcome = await apply({
      door: router.door,
      connection,
      reading: before,
      plan,
      replan: planFor,
      options,
      onEvent: event => events.push(event),
      signal: new AbortController().signal,
      ...input,
    });
    return { before, plan, outcome, events };
  } catch (error) {
    if (!(error instanceof EdgewgError)) throw error;
    return { before, plan, error, events };
  } finally {
    await connection.close();
  }
}

async function look(): Promise<Reading> {
  const connection = await router.door.dial();
  try {
    return await readRouter(connection);
  } finally {
    await connection.close();
  }
}

async function sh(command: string): Promise<string> {
  const connection = await router.door.dial();
  try {
    const { stdout } = await connection.exec(command, { timeoutMs: 20_000 });
    return stdout.toString();
  } finally {
    await connection.close();
  }
}

const configured = (lines: string): string =>
  `sg vyattacfg -c 'bash -s' <<'END'\nW=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper\n$W begin </dev/null\n${lines}\n$W end </dev/null\nEND`;

/** Nothing of the apply is left but its log: no lock, no folder, no key file, no session, no process. */
async function assertClean(before: Reading): Promise<void> {
  const deadline = Date.now() + 14_000;
  const folder = join(router.lab.root, 'tmp/edgewg');
  while (existsSync(folder) && readdirSync(folder).length > 0 && Date.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 100));
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
  const after = await look();
  assert.equal(printCommands(after.running), printCommands(before.running));
  assert.equal(after.facts.savedDigest, before.facts.savedDigest);
  assert.deepEqual(after.facts.drift, before.facts.drift);
  assert.deepEqual([...after.facts.keyFiles.keys()], [...before.facts.keyFiles.keys()]);
  assert.deepEqual([...router.router.engine.sessions.keys()], []);
}

describe('apply', () => {
  beforeEach(async () => {
    router = await startRouter();
  });
  afterEach(async () => {
    await router.lab.close();
  });

  it('ends in the new configuration, saved, and a second plan is empty', async () => {
    const { outcome, error } = await attempt(site);
    assert.equal(error, undefined);
    assert.ok(outcome?.probes.every(probe => probe.ok));
    assert.deepEqual(
      outcome?.keys.map(({ tunnel }) => tunnel),
      ['wg4'],
    );
    const after = await look();
    assert.deepEqual(after.facts.drift, []);
    assert.deepEqual(makePlan({ site, placeOf, running: after.running, facts: after.facts }).commits, []);
    assert.match(after.facts.keyFiles.get('/config/auth/wg4.key')?.mode ?? '', /^640:ubnt:/);
    assert.match(
      readFileSync(join(router.lab.root, 'config/user-data/edgewg/log'), 'utf8'),
      /saved \(confirmed\)/,
    );
  });

  it('opens the same number of connections and channels whatever its size', async () => {
    const count = (kind: string): number => router.lab.log.filter(event => event.kind === kind).length;
    await attempt(site);
    assert.deepEqual([count('connection'), count('channel')], [2, 4]);
    const many = Array.from({ length: 8 }, (_, i) =>
      aTunnel(`wg${i + 1}`, { listenPort: 51900 + i, peers: [aPeer(i + 20)] }),
    );
    const before = [count('connection'), count('channel')];
    await attempt(aSite(many), { confirmWithin: 30 });
    assert.deepEqual([count('connection') - (before[0] ?? 0), count('channel') - (before[1] ?? 0)], [2, 4]);
  });

  it('puts everything back when the router refuses a command', async () => {
    const { before, error } = await attempt(site, {}, async (_, plan) => {
      const [first] = plan.commits;
      const bad = { op: 'set' as const, path: ['interfaces', 'wireguard', 'wg4', 'mtu', '9999'] };
      return first && { ...plan, commits: [{ ...first, run: [...first.run, bad] }] };
    });
    assert.equal(error?.exit, 5);
    assert.match(error.message, /refused `set interfaces wireguard wg4 mtu 9999`: .*Must be between 64-8024/);
    await assertClean(before);
  });

  it('puts everything back when the commit is partial', async () => {
    const { before, error } = await attempt(site, {}, async (_, plan) => {
      const [first] = plan.commits;
      const bad = {
        op: 'set' as const,
        path: ['firewall', 'name', 'WAN_LOCAL', 'rule', '25', 'protocol', 'udp'],
      };
      const undo = { op: 'delete' as const, path: ['firewall', 'name', 'WAN_LOCAL', 'rule', '25'] };
      return first && { ...plan, commits: [{ run: [...first.run, bad], undo: [...first.undo, undo] }] };
    });
    assert.equal(error?.exit, 5);
    assert.match(error.message, /the commit failed: .*'action' must be defined/);
    await assertClean(before);
  });

  it('does nothing when the router changed since the plan', async () => {
    const { error } = await attempt(site, {}, async () => {
      await sh(
        configured('$W set system host-name other </dev/null; $W commit </dev/null; $W save </dev/null'),
      );
      return undefined;
    });
    assert.equal(error?.exit, 3);
    assert.equal(error.code, 'stale');
  });

  it('does nothing when saved and running differ, unless that is allowed', async () => {
    await sh(
      configured('$W set interfaces ethernet eth2 description drift </dev/null; $W commit </dev/null'),
    );
    const refused = await attempt(site);
    assert.equal(refused.error?.code, 'drift');
    assert.match(refused.error.message, /set interfaces ethernet eth2 description drift/);
    await assertClean(refused.before);
    assert.equal((await attempt(site, { allowDrift: true })).error, undefined);
  });

  it('undoes by itself when the proof fails, and says which probe saw what', async () => {
    const { before, error } = await attempt(site, {}, undefined, {
      moreProbes: async () => [{ name: 'handshake with peer4', ok: false, saw: 'none within 1 s' }],
    });
    assert.equal(error?.exit, 5);
    assert.match(error.message, /the proof failed: handshake with peer4 — saw none within 1 s/);
    await assertClean(before);
  });

  it('undoes by itself when the client dies after the commit', async () => {
    const connection = await router.door.dial();
    const before = await readRouter(connection);
    const dial = new Error('gone');
    void attempt(site, {}, undefined, {
      door: { name: 'nowhere', dial: () => Promise.reject(dial) },
      connection: { ...connection, exec: (command, options) => connection.exec(command, options) },
    }).catch(() => undefined);
    await waitFor(() => readLog().includes('undone'));
    await connection.close();
    await assertClean(before);
  });

  it('tells the second who holds the router', async () => {
    let second: Attempt | undefined;
    const first = await attempt(site, { id: 'first', who: 'somebody' }, undefined, {
      moreProbes: async () => {
        second = await attempt(
          aSite([aTunnel('wg5', { peers: [aPeer(5)] })], {
            manages: { at: [], interfaces: [], firewallRules: new Map() },
          }),
          { allowDrift: true, lockTimeout: 0 },
        );
        return [];
      },
    });
    assert.equal(first.error, undefined);
    assert.equal(second?.error?.code, 'held');
    assert.match(second.error.message, /somebody since .*, apply first/);
  });

  it('stops when it is interrupted before the commit', async () => {
    const stop = new AbortController();
    const { before, error } = await attempt(site, {}, undefined, {
      signal: stop.signal,
      onEvent: event => {
        if (event.kind === 'set' && event.done === 3) stop.abort();
      },
    });
    assert.equal(error?.exit, 130);
    await assertClean(before);
  });
});

const readLog = (): string => {
  const log = join(router.lab.root, 'config/user-data/edgewg/log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
};

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) assert.fail('it never came');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
