// Plans and applies against a lab router without the program around it, and looks at what is left.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EdgewgError } from '../../src/errors.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { ApplyEvent, Outcome } from '../../src/plan/types/outcome.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { apply } from '../../src/router/apply.ts';
import type { ApplyInput } from '../../src/router/apply-input.ts';
import { type Reading, readRouter } from '../../src/router/read.ts';
import type { Site, Tunnel } from '../../src/site/site.ts';
import type { Connection } from '../../src/ssh/connection.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { aPeer, aSite, aTunnel, placeOf } from './builders.ts';
import type { TestRouter } from './router.ts';

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
/** One tunnel with all that belongs to it. */
export const oneTunnel = aSite([wg4()], { mssClamp: {} });

/** A window that runs out soon. */
export const brief = { confirmWithin: 3 };

let counter = 0;

export interface Attempt {
  readonly before: Reading;
  readonly plan: Plan;
  readonly outcome?: Outcome;
  readonly error?: EdgewgError;
  readonly events: ApplyEvent[];
}

/** Reads, plans and applies; `meddle` comes between the plan and its apply. The router waits long enough for a busy machine: a test whose window must run out says `brief`. */
export async function attempt(
  router: TestRouter,
  wanted: Site,
  more: Partial<ApplyInput['options']> = {},
  meddle: (connection: Connection, plan: Plan) => Promise<Plan | undefined> = async () => undefined,
  input: Partial<ApplyInput> = {},
): Promise<Attempt> {
  const connection = await router.dialer.dial();
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
    confirmWithin: 60,
    lockTimeout: 1,
    allowDrift: false,
    lastResort: 'none' as const,
    record: '{}',
    secrets: new Map(),
    ...more,
  };
  try {
    const outcome = await apply({
      dialer: router.dialer,
      connection,
      reading: before,
      plan,
      replan: planFor,
      options,
      now: () => performance.now(),
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

export async function look(router: TestRouter): Promise<Reading> {
  const connection = await router.dialer.dial();
  try {
    return await readRouter(connection);
  } finally {
    await connection.close();
  }
}

export async function sh(router: TestRouter, command: string): Promise<string> {
  const connection = await router.dialer.dial();
  try {
    const { stdout } = await connection.exec(command, { timeoutMs: 120_000 });
    return stdout.toString();
  } finally {
    await connection.close();
  }
}

/** A script that runs `lines` in one session; `$W` is the wrapper. */
export const configured = (lines: string): string =>
  `sg vyattacfg -c 'bash -s' <<'END'\nW=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper\n$W begin </dev/null\n${lines}\n$W end </dev/null\nEND`;

/** Nothing of the apply is left but its log: no lock, no folder, no key file, no session, no process. */
export async function assertClean(router: TestRouter, before: Reading): Promise<void> {
  const deadline = Date.now() + 120_000;
  const folder = join(router.lab.root, 'tmp/edgewg');
  while (existsSync(folder) && readdirSync(folder).length > 0 && Date.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, 100));
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
  const after = await look(router);
  assert.equal(printCommands(after.running), printCommands(before.running));
  assert.equal(after.facts.savedDigest, before.facts.savedDigest);
  assert.deepEqual(after.facts.drift, before.facts.drift);
  assert.deepEqual([...after.facts.keyFiles.keys()], [...before.facts.keyFiles.keys()]);
  assert.deepEqual([...router.router.engine.sessions.keys()], []);
}
