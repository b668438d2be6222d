// Which proofs of the command line an apply does, and what it refuses before anything is changed.
import assert from 'node:assert/strict';
import { proofsFor, readProofs, refuseImpossible } from '../../src/commands/proofs.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Connection } from '../../src/ssh/connection.ts';
import { aPeer, aRouter, aSite, aTunnel, placeOf, someFacts } from '../support/builders.ts';

const endpoint = { host: '192.0.2.4', port: 51820, family: 4 as const };
const asked = readProofs({ 'expect-handshake': '60', ping: true }, 60);

describe('the proofs of the command line', () => {
  it('are about the tunnels that are there afterwards', () => {
    const running = aRouter('interfaces wireguard wg5 address 192.168.5.15/32');
    const site = aSite(
      [aTunnel('wg4', { peers: [aPeer(4, { endpoint })] }), aTunnel('wg6', { disable: true })],
      {
        manages: { at: [], interfaces: [{ from: 5, to: 5 }], firewallRules: new Map(), natRules: [] },
      },
    );
    const plan = makePlan({ site, placeOf, running, facts: someFacts() });
    assert.ok(plan.commits.some(({ run }) => run.some(({ path }) => path.includes('wg5'))));
    assert.deepEqual(
      proofsFor(plan, running, asked).map(one => `${one.do} ${one.tunnel}`),
      ['handshake wg4', 'ping wg4'],
    );
  });
});

describe('a proof that can not be done', () => {
  const after = aRouter(
    'interfaces wireguard wg4 peer BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ= endpoint 192.0.2.4:51820',
    'interfaces wireguard wg4 peer BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ= allowed-ips 192.168.5.4/32',
    'interfaces wireguard wg5 peer BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU= allowed-ips 192.168.5.5/32',
  );
  const saying = (...names: string[]): Connection =>
    ({
      exec: async (_: string, { input, onStdout }: { input: string; onStdout(chunk: Buffer): void }) => {
        for (const name of names) onStdout(Buffer.from(`${input.trim()} ${name} -\n`));
      },
    }) as unknown as Connection;
  const ping = (tunnel: string) => ({ do: 'ping' as const, tunnel, within: 10 });
  const refuse = (tunnel: string, connection: Connection) =>
    refuseImpossible([ping(tunnel)], connection, { runCommands: false }, after);

  it('is refused where nobody behind the tunnel can be pinged', async () => {
    await assert.rejects(
      refuse('wg5', saying('can:ping 0')),
      /nobody behind wg5 can be pinged: .*; nothing was done/,
    );
    await refuse('wg4', saying('can:ping 0'));
  });

  it('is refused where the router lacks the program', async () => {
    await assert.rejects(refuse('wg4', saying('can:ping 1')), /it has no ping; nothing was done/);
  });

  it('is not said to lack what it did not tell of', async () => {
    await assert.rejects(
      refuse('wg4', saying()),
      /did not run the script that tells what it has .*; nothing was done/,
    );
  });
});
