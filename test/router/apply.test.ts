// The transaction against a lab router: the way through, and two ways back. What takes longer is in test/faults.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interrupted } from '../../src/errors.ts';
import { makePlan } from '../../src/plan/make.ts';
import { assertClean, attempt, configured, look, oneTunnel, sh } from '../support/attempt.ts';
import { placeOf } from '../support/builders.ts';
import { startRouter, type TestRouter } from '../support/router.ts';

let router: TestRouter;

describe('apply', () => {
  beforeEach(async () => {
    router = await startRouter();
  });
  afterEach(async () => {
    await router.lab.close();
  });

  it('ends in the new configuration, saved, and a second plan is empty', async () => {
    const { outcome, error } = await attempt(router, oneTunnel);
    assert.equal(error, undefined);
    assert.ok(outcome?.probes.every(probe => probe.ok));
    assert.deepEqual(
      outcome?.keys.map(({ tunnel }) => tunnel),
      ['wg4'],
    );
    const after = await look(router);
    assert.deepEqual(after.facts.drift, []);
    assert.deepEqual(
      makePlan({ site: oneTunnel, placeOf, running: after.running, facts: after.facts }).commits,
      [],
    );
    assert.match(after.facts.keyFiles.get('/config/auth/wg4.key')?.mode ?? '', /^640:ubnt:/);
    assert.match(
      readFileSync(join(router.lab.root, 'config/user-data/edgewg/log'), 'utf8'),
      /saved \(confirmed\)/,
    );
  });

  it('puts everything back when the router refuses a command', async () => {
    const { before, error } = await attempt(router, oneTunnel, {}, async (_, plan) => {
      const [first] = plan.commits;
      const bad = { op: 'set' as const, path: ['interfaces', 'wireguard', 'wg4', 'mtu', '9999'] };
      return first && { ...plan, commits: [{ ...first, run: [...first.run, bad] }] };
    });
    assert.equal(error?.exit, 5);
    assert.match(error.message, /refused `set interfaces wireguard wg4 mtu 9999`: .*Must be between 64-8024/);
    await assertClean(router, before);
  });

  it('begins nothing after an interruption', async () => {
    const stop = new AbortController();
    const meddle = async (): Promise<undefined> => {
      stop.abort(new Interrupted('SIGTERM', 143));
      return undefined;
    };
    const { before, error, events } = await attempt(router, oneTunnel, {}, meddle, { signal: stop.signal });
    assert.equal(error?.exit, 143);
    assert.match(error.message, /nothing was done$/);
    assert.deepEqual(events, []);
    await assertClean(router, before);
  });

  it('does nothing when the router changed since the plan', async () => {
    const { error } = await attempt(router, oneTunnel, {}, async () => {
      await sh(
        router,
        configured('$W set system host-name other </dev/null; $W commit </dev/null; $W save </dev/null'),
      );
      return undefined;
    });
    assert.equal(error?.exit, 3);
    assert.equal(error.code, 'stale');
  });
});
