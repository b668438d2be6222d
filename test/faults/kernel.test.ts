// The login succeeds and the configuration is as wanted, and yet: what the kernel shows, and what the site file asks for, decide.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Io } from '../../src/commands/io.ts';
import { clientChecks } from '../../src/commands/proofs.ts';
import type { Proof } from '../../src/plan/types/proof.ts';
import type { AskedProbes } from '../../src/router/apply-input.ts';
import { runProofs } from '../../src/router/proof/run.ts';
import { assertClean, attempt, oneTunnel } from '../support/attempt.ts';
import { startRouter, type TestRouter } from '../support/router.ts';

let router: TestRouter;

/** Seconds; the machine that runs this may be slow. */
const long = { confirmWithin: 90 };
const kernel = () => router.router.engine.world.kernel;
const client = clientChecks({} as Io, '/', []);
const withBgp = {
  ...oneTunnel,
  bgp: {
    at: [],
    asn: 64512,
    neighbors: [
      {
        at: [],
        address: '192.168.5.4',
        family: 4 as const,
        tunnel: 'wg4',
        remoteAsn: 64513,
        disable: false,
        accept: [],
      },
    ],
  },
};
const asking = (...proofs: Proof[]) => ({
  moreProbes: (asked: AskedProbes) => runProofs(proofs, { ...asked, now: () => performance.now(), client }),
});

describe('the kernel against the configuration', function () {
  this.timeout(600_000);
  beforeEach(async () => {
    router = await startRouter();
  });
  afterEach(async () => {
    await router.lab.close();
  });

  for (const [what, saw] of [
    ['route 10.42.4.0/24', /route 10\.42\.4\.0\/24 through wg4 — saw no such route/],
    ['route 10.42.4.0/24 wg4', /route 10\.42\.4\.0\/24 through wg4 — saw blackhole proto static/],
    ['rule WAN_LOCAL 24', /rule 24 of WAN_LOCAL in netfilter — saw no such rule/],
    ['clamp', /MSS clamp \d+ for IPv4 in netfilter — saw no rule that sets it/],
  ] as const)
    it(`puts back when the kernel lacks ${what}`, async () => {
      kernel().leaveOut(what, 600);
      const { before, error } = await attempt(router, oneTunnel, { confirmWithin: 20 });
      assert.equal(error?.exit, 5, error?.message ?? 'no error');
      assert.match(error.message, saw);
      await assertClean(router, before);
    });

  it('waits for what comes a moment later', async () => {
    kernel().leaveOut('route 10.42.4.0/24', 4);
    const { error, outcome } = await attempt(router, oneTunnel, long);
    assert.equal(error, undefined, error?.message);
    assert.ok(outcome?.probes.some(({ name }) => name.startsWith('the kernel shows')));
    assert.deepEqual(
      outcome?.probes.filter(({ unknown }) => unknown !== undefined),
      [],
    );
  });

  it('says that it does not know what the router can not tell, and saves', async () => {
    await router.lab.close();
    router = await startRouter({}, undefined, async ({ program }) =>
      program === 'iptables-save' ? { stdout: 'something else\n', stderr: '', exit: 0 } : undefined,
    );
    const { error, outcome } = await attempt(router, oneTunnel, long);
    assert.equal(error, undefined, error?.message);
    const unknown = outcome?.probes.filter(one => one.unknown !== undefined) ?? [];
    assert.deepEqual(
      unknown.map(({ name }) => name),
      ['netfilter of IPv4'],
    );
  });
});

describe('proofs of a site file against a router', function () {
  this.timeout(600_000);
  beforeEach(async () => {
    router = await startRouter();
  });
  afterEach(async () => {
    await router.lab.close();
  });

  it('puts back when a session stays Active', async () => {
    kernel().setSession('192.168.5.4', 'Active', 0);
    const bgp: Proof = { do: 'bgp', neighbor: '192.168.5.4', name: 'srv4', within: 8 };
    const { before, error } = await attempt(router, withBgp, long, undefined, asking(bgp));
    assert.match(
      error?.message ?? '',
      /BGP with srv4 \(192\.168\.5\.4\) is established — saw (Active|no answer)/,
    );
    await assertClean(router, before);
  });

  it('keeps when a session comes up after 40 s', async () => {
    kernel().setSession('192.168.5.4', 'Active', 0);
    kernel().setSession('192.168.5.4', '1', 40);
    const bgp: Proof = { do: 'bgp', neighbor: '192.168.5.4', name: 'srv4', prefixes: 1, within: 120 };
    const { error, outcome } = await attempt(router, withBgp, { confirmWithin: 160 }, undefined, asking(bgp));
    assert.equal(error, undefined, error?.message);
    assert.ok(outcome?.probes.some(({ name, ok }) => ok && /announces 1 or more prefixes/.test(name)));
  });

  it('puts back when the router reaches no port', async () => {
    const tcp: Proof = { do: 'tcp', by: 'router', to: '127.0.0.1:9', within: 10 };
    const { before, error } = await attempt(router, oneTunnel, long, undefined, asking(tcp));
    assert.match(
      error?.message ?? '',
      /the router reaches 127\.0\.0\.1:9 by TCP — saw (Connection refused|Network is unreachable|no answer)/,
    );
    await assertClean(router, before);
  });

  describe('and this machine', () => {
    let server: Server;
    let delay = 0;
    let url = '';
    beforeEach(async () => {
      server = createServer((_, response) => setTimeout(() => response.end('ok'), delay));
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    it('keeps when a slow page comes in time, and puts back when it does not', async () => {
      const http: Proof = { do: 'http', by: 'client', url, within: 20 };
      delay = 3000;
      const kept = await attempt(router, oneTunnel, long, undefined, asking(http));
      assert.equal(kept.error, undefined, kept.error?.message);
      delay = 60_000;
      const [tunnel] = oneTunnel.tunnels;
      assert.ok(tunnel !== undefined);
      const changed = { ...oneTunnel, tunnels: [{ ...tunnel, mtu: 1400 }] };
      const { error } = await attempt(router, changed, long, undefined, asking({ ...http, within: 3 }));
      assert.equal(error?.exit, 5);
      assert.match(error.message, /this machine gets http:\/\/127\.0\.0\.1:\d+\/ — saw no answer within 3 s/);
    });
  });
});
