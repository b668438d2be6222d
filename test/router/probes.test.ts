// What `--expect-handshake` takes for a new handshake: what the router says now against what it said before the commit.
import assert from 'node:assert/strict';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import type { Probe } from '../../src/plan/types/outcome.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { furtherProbes } from '../../src/router/probes.ts';
import type { Connection } from '../../src/ssh/connection.ts';
import { aRouter, key, someFacts } from '../support/builders.ts';

/** Seconds since 1970 of the last handshake that the router tells, one reading after the other; 0 is none. */
interface Told {
  /** What it said before the commit, a line of `wg show all latest-handshakes` each; undefined: nothing. */
  readonly before: readonly [peer: string, seconds: number][] | undefined;
  readonly after: readonly [number, ...number[]];
}

const [own, other] = [key(4), key(5)];
const peer = ['interfaces', 'wireguard', 'wg4', 'peer', own];

/** A plan that sets the endpoint of a peer is like one that sets its key: both touch wg4 and leave the peer there. */
const plan = {
  commits: [{ run: [{ op: 'set', path: [...peer, 'endpoint', '192.0.2.7:51820'] }], undo: [] }],
} as unknown as Plan;

const running = aRouter(
  `interfaces wireguard wg4 peer ${own} endpoint 192.0.2.7:51820`,
  `interfaces wireguard wg4 peer ${own} allowed-ips 192.168.99.2/32`,
);

const interfacesWith = (latestHandshake: number): RouterFacts['interfaces'] => {
  const live = { publicKey: own, hasPresharedKey: false, endpoint: '192.0.2.7:51820', allowedIPs: [] };
  const wg4 = { publicKey: other, listenPort: 51820, mtu: 1420, addresses: [] };
  return new Map([['wg4', { ...wg4, peers: [{ ...live, latestHandshake, received: 0, sent: 0 }] }]]);
};

/** The answers of a router that is read again: the record that the dump of WireGuard is in, and those that no reading lacks. */
function scripted(latest: () => number): Connection {
  const exec: Connection['exec'] = async (_, options) => {
    const nonce = options?.input?.toString().slice(0, 32) ?? '';
    const dump = [
      `wg4\t${other}\t51820\toff`,
      `wg4\t${own}\t(none)\t192.0.2.7:51820\t(none)\t${latest()}\t0\t0\toff`,
    ];
    const records: readonly (readonly [string, string])[] = [
      ['admin', 'ubnt'],
      ['running', `set ${peer.join(' ')} endpoint 192.0.2.7:51820`],
      ['digest', `2:${'0'.repeat(64)}`],
      ['boot', 'b'],
      ['tunnels', dump.join('\n')],
      ['end', ''],
    ];
    const stdout = records.map(
      ([name, text]) => `${nonce} ${name} 0 ${Buffer.from(`${text}\n`).toString('base64')}\n`,
    );
    return { exit: 0, stdout: Buffer.from(stdout.join('')), stderr: Buffer.alloc(0) } as never;
  };
  return { exec, remote: { user: 'ubnt' } } as unknown as Connection;
}

async function probed({ before, after }: Told): Promise<Probe> {
  const [first, ...later] = after;
  let [clock, latest] = [0, first];
  const connection = scripted(() => {
    latest = later.shift() ?? latest;
    return latest;
  });
  // as many readings as the test has answers for, however long they take
  const now = (): number => {
    if (later.length === 0) clock += 2000;
    return clock;
  };
  const probes = await furtherProbes(
    plan,
    { handshake: 1, ping: false },
    now,
  )({
    connection,
    reading: { running, facts: someFacts({ interfaces: interfacesWith(first) }) },
    handshakesBefore: before?.map(([peer, seconds]) => `wg4\t${peer}\t${seconds}`).join('\n'),
    signal: new AbortController().signal,
  });
  const [probe] = probes;
  assert.ok(probe !== undefined && probes.length === 1);
  assert.equal(probe.name, `wg4 has a new handshake with ${own.slice(0, 8)}…`);
  return probe;
}

describe('--expect-handshake', () => {
  const isNew = async (told: Told): Promise<boolean> => (await probed(told)).ok;

  it('takes a handshake that is newer than what the router said before the commit', async () => {
    assert.equal(await isNew({ before: [[own, 1_800_000_000]], after: [1_800_000_001] }), true);
    assert.equal(await isNew({ before: [[own, 0]], after: [1_800_000_001] }), true);
  });

  it('takes one that comes while it waits', async () => {
    assert.equal(await isNew({ before: [[own, 7]], after: [7, 9] }), true);
  });

  it('takes none that the router had told before, also after a change of the endpoint', async () => {
    const same = await probed({ before: [[own, 7]], after: [7, 7] });
    assert.deepEqual([same.ok, same.ok || same.saw], [false, 'none within 1 s']);
  });

  it('takes a changed one although the clock of the router went back', async () => {
    assert.equal(await isNew({ before: [[own, 1_800_000_000]], after: [1_799_992_800] }), true);
  });

  it('takes none at all for none', async () => {
    assert.equal(await isNew({ before: [[own, 7]], after: [0] }), false);
    assert.equal(await isNew({ before: [], after: [0] }), false);
  });

  it('takes the first of a new key, whose predecessor had one', async () => {
    assert.equal(await isNew({ before: [[other, 7]], after: [7] }), true);
    assert.equal(await isNew({ before: [[other, 7]], after: [0] }), false);
  });

  it('knows nothing where the router did not tell those from before', async () => {
    const unknown = await probed({ before: undefined, after: [7] });
    assert.deepEqual(
      [unknown.ok, unknown.ok || unknown.saw],
      [false, 'the router did not tell those from before the commit'],
    );
  });
});
