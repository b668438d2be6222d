// What a proof takes for proven, from what the router says: handshakes, sessions of BGP, checks that a script repeats there.
import assert from 'node:assert/strict';
import type { Probe } from '../../src/plan/types/outcome.ts';
import type { Proof } from '../../src/plan/types/proof.ts';
import type { ClientChecks, ProofGiven } from '../../src/router/proof/given.ts';
import { runProofs } from '../../src/router/proof/run.ts';
import type { Connection } from '../../src/ssh/connection.ts';
import { aRouter, key } from '../support/builders.ts';

const [own, other] = [key(4), key(5)];
const peer = `interfaces wireguard wg4 peer ${own}`;
const running = aRouter(`${peer} endpoint 192.0.2.7:51820`, `${peer} allowed-ips 192.168.99.2/32`);

/** A record of the script on the router: its name, its exit code, its text. */
type Said = readonly [name: string, exit: number, text: string];

/** Says one record after the other, every few milliseconds, and goes on until nobody listens any more. */
function scripted(records: readonly Said[], asked: string[] = []): Connection {
  const exec: Connection['exec'] = async (command, { input, onStdout, signal }) => {
    asked.push(command);
    const nonce = String(input).trim();
    for (const [name, exit, text] of records) {
      await new Promise(resolve => setTimeout(resolve, 5));
      const data = text === '' ? '-' : Buffer.from(text).toString('base64');
      onStdout?.(Buffer.from(`${nonce} ${name} ${exit} ${data}\n`));
    }
    return await new Promise((_, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
  };
  return { exec } as unknown as Connection;
}

const nobody: ClientChecks = {
  tcp: () => Promise.reject(new Error('connect ECONNREFUSED')),
  http: async () => 500,
  command: async () => 'exit code 1',
};

function proven(
  proofs: readonly Proof[],
  records: readonly Said[],
  more: Partial<ProofGiven> = {},
): Promise<Probe[]> {
  return runProofs(proofs, {
    connection: scripted(records),
    running,
    handshakesBefore: '',
    since: performance.now(),
    now: () => performance.now(),
    signal: new AbortController().signal,
    client: nobody,
    ...more,
  });
}

async function proves(
  proof: Proof,
  records: readonly Said[],
  more: Partial<ProofGiven> = {},
): Promise<Probe> {
  const [probe, ...rest] = await proven([proof], records, more);
  assert.ok(probe !== undefined && rest.length === 0);
  return probe;
}

describe('the proof of a handshake', () => {
  const proof: Proof = { do: 'handshake', tunnel: 'wg4', within: 0.1 };
  const told = (seconds: number, clock = 1_800_000_000): Said => [
    'handshakes',
    0,
    `${clock}\nwg4\t${own}\t${seconds}\nwg4\t${other}\t1`,
  ];
  const isNew = async (before: number | undefined, ...after: number[]): Promise<boolean> => {
    const handshakesBefore = before === undefined ? '' : `wg4\t${own}\t${before}`;
    return (
      await proves(
        proof,
        after.map(seconds => told(seconds)),
        { handshakesBefore },
      )
    ).ok;
  };

  it('takes one that is newer than what the router said before the commit', async () => {
    assert.equal(await isNew(1_800_000_000, 1_800_000_001), true);
    assert.equal(await isNew(0, 1_800_000_001), true);
    assert.equal(await isNew(undefined, 1_800_000_001), true);
  });

  it('takes one that comes while it waits', async () => {
    assert.equal(await isNew(7, 7, 9), true);
  });

  it('takes none that the router had told before, and says so', async () => {
    const handshakesBefore = `wg4\t${own}\t7`;
    const same = await proves(proof, [told(7), told(7)], { handshakesBefore });
    assert.deepEqual(same, {
      name: `wg4 has a new handshake with ${own.slice(0, 8)}…`,
      ok: false,
      saw: 'none within 0.1 s',
    });
  });

  it('takes a changed one although the clock of the router went back', async () => {
    assert.equal(await isNew(1_800_000_000, 1_799_992_800), true);
  });

  it('takes none at all for none', async () => {
    assert.equal(await isNew(7, 0), false);
    assert.equal(await isNew(undefined, 0), false);
  });

  it('is unknown where nobody can be called, and waits for nobody', async () => {
    const quiet = aRouter(`${peer} allowed-ips 192.168.99.2/32`);
    assert.deepEqual(await proven([{ ...proof, within: 600 }], [told(7)], { running: quiet }), [
      {
        name: 'a new handshake through wg4',
        ok: true,
        unknown: 'none of its peers has an endpoint: they can only call',
      },
    ]);
  });

  it('knows nothing where the router did not tell those from before', async () => {
    const probe = await proves(proof, [told(7)], { handshakesBefore: undefined });
    assert.equal(probe.ok ? '' : probe.saw, 'the router did not tell those from before the commit');
  });

  it('long after the commit takes one that WireGuard still uses', async () => {
    const at = (age: number) => proves(proof, [told(1_800_000_000 - age)], { handshakesBefore: 'any' });
    assert.equal((await at(170)).ok, true);
    assert.equal((await at(181)).ok, false);
  });
});

describe('the proof of a BGP session', () => {
  const proof = { do: 'bgp', neighbor: '10.9.0.4', name: 'srv4', within: 0.1 } as const;
  const table = (received: number, since: string, state: string): Said => [
    'sessions',
    0,
    `BGP router identifier 10.9.0.1, local AS number 64512\n\nNeighbor                 V   AS   MsgRcv    MsgSen TblVer   InQ   OutQ    Up/Down   State/PfxRcd\n10.9.0.4                 4 64513 ${received}          ${received}          1      0      0  ${since}    ${state}\n\nTotal number of neighbors 1\n`,
  ];

  it('takes one that came up since the commit', async () => {
    const more = { since: performance.now() - 20_000 };
    assert.equal((await proves(proof, [table(4, '00:00:03', '0')], more)).ok, true);
    assert.equal((await proves(proof, [table(0, 'never', 'Active'), table(4, '00:00:00', '0')])).ok, true);
  });

  it('takes an old one only when a message has come: cut off it stays established for its hold time', async () => {
    const stale = await proves(proof, [table(40, '03w6d21h', '1'), table(40, '03w6d21h', '1')]);
    assert.deepEqual(stale, {
      name: 'BGP with srv4 (10.9.0.4) is established',
      ok: false,
      saw: 'established, but no message since the commit',
    });
    assert.equal((await proves(proof, [table(40, '03w6d21h', '1'), table(41, '03w6d21h', '1')])).ok, true);
  });

  it('says the state, or that it saw none', async () => {
    const saw = async (...said: Said[]): Promise<string | undefined> => {
      const probe = await proves(proof, said);
      return probe.saw;
    };
    assert.equal(await saw(table(0, 'never', 'Active')), 'Active');
    assert.equal(await saw(table(0, 'never', 'Idle (Admin)')), 'Idle (Admin)');
    assert.equal(await saw(['sessions', 0, 'something else']), 'a table that can not be read');
    assert.equal(await saw(), 'no answer');
  });

  it('counts prefixes', async () => {
    const up = [table(0, 'never', 'Active'), table(4, '00:00:00', '1')];
    const of = async (prefixes: number): Promise<readonly boolean[]> =>
      (await proven([{ ...proof, prefixes }], up)).map(({ ok }) => ok);
    assert.deepEqual(await of(1), [true, true]);
    assert.deepEqual(await of(2), [true, false]);
  });
});

describe('proofs that are asked', () => {
  const tcp: Proof = { do: 'tcp', by: 'router', to: '10.42.4.10:443', within: 0.1 };

  it('hold as soon as the router says so, and tell the last that it saw', async () => {
    const refused: Said = [
      'check:1',
      1,
      'bash: connect: Connection refused\nbash: /dev/tcp/10.42.4.10/443: Connection refused',
    ];
    assert.deepEqual(await proves(tcp, [refused, ['check:1', 0, '']]), {
      name: 'the router reaches 10.42.4.10:443 by TCP',
      ok: true,
    });
    const down = await proves(tcp, [refused]);
    assert.equal(down.saw, 'Connection refused');
    assert.equal((await proves(tcp, [['check:1', 124, '']])).saw, 'no answer');
    assert.equal((await proves(tcp, [])).saw, 'no answer within 0.1 s');
  });

  it('run side by side, and the first that fails ends them', async () => {
    const slow: Proof = { do: 'http', by: 'router', url: 'http://10.0.0.1/', within: 60 };
    const begun = performance.now();
    const probes = await proven([slow, tcp], []);
    assert.ok(performance.now() - begun < 5000);
    assert.deepEqual(
      probes.map(({ name }) => name),
      ['the router reaches 10.42.4.10:443 by TCP'],
    );
  });

  it('ask for handshakes and sessions once, however many want to know', async () => {
    const asked: string[] = [];
    const bgp = (neighbor: string): Proof => ({ do: 'bgp', neighbor, name: neighbor, within: 0.1 });
    await proven([bgp('10.9.0.4'), bgp('10.9.0.5')], [], { connection: scripted([], asked) });
    assert.equal(asked.length, 1);
    assert.equal(asked[0]?.match(/watch sessions/g)?.length, 1);
  });

  it('reject with the reason of whoever interrupts', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await assert.rejects(proven([{ ...tcp, within: 60 }], [], { signal: controller.signal }), /enough/);
  });

  it('reject when the line breaks', async () => {
    const exec = async () => Promise.reject(new Error('broken'));
    await assert.rejects(proven([tcp], [], { connection: { exec } as unknown as Connection }), /broken/);
  });
});

describe('proofs that this machine makes', () => {
  const http: Proof = { do: 'http', by: 'client', url: 'http://10.0.0.1/', within: 2 };

  it('try again until they hold', async () => {
    let tries = 0;
    const client = { ...nobody, http: async () => (++tries < 2 ? 503 : 204) };
    assert.deepEqual(await proves(http, [], { client }), {
      name: 'this machine gets http://10.0.0.1/',
      ok: true,
    });
  });

  it('say the last that they saw', async () => {
    assert.equal((await proves({ ...http, within: 0.1 }, [])).saw, 'status 500');
    const tcp: Proof = { do: 'tcp', by: 'client', to: '10.0.0.1:1', within: 0.1 };
    assert.equal((await proves(tcp, [])).saw, 'connect ECONNREFUSED');
    const command: Proof = { do: 'command', run: './check.sh', within: 0.1 };
    assert.equal((await proves(command, [])).saw, 'exit code 1');
  });

  it('want the status that is asked for', async () => {
    const client = { ...nobody, http: async () => 200 };
    assert.equal((await proves({ ...http, within: 0.1, status: 201 }, [], { client })).ok, false);
    assert.equal((await proves({ ...http, status: 200 }, [], { client })).ok, true);
  });
});
