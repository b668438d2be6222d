// A thousand lines in a session, a configuration of twenty thousand, fifty sessions at once.
import assert from 'node:assert/strict';
import { Console } from '../support/console.ts';

const route = (i: number): string => `10.${i >> 8}.${i & 255}.0/24`;

async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('the lab at scale', () => {
  it('takes a thousand lines in one session', async () => {
    const lab = await Console.start();
    const lines = Array.from({ length: 1000 }, (_, i) => `set protocols static route ${route(i)} blackhole`);
    const ms = await took(() => lab.configure(...lines));
    assert.equal((await lab.commands()).match(/blackhole$/gm)?.length, 1000);
    assert.ok(ms < 60_000, `${ms} ms`);
  });

  it('runs a configuration of twenty thousand lines', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      i % 2 === 0
        ? `set protocols static route ${route(i)} blackhole distance 200`
        : `set firewall group network-group G${i % 97} network ${route(i)}`,
    );
    let lab = await Console.start();
    const ms = await took(async () => {
      const seed = await Console.start({ seed: `${lines.join('\n')}\n` });
      lab = await Console.start({ boot: seed.router.seedAsBoot() });
      await lab.configure('set interfaces ethernet eth0 description one');
    });
    const got = new Set((await lab.commands()).split('\n'));
    assert.deepEqual(
      lines.filter(line => !got.has(line)),
      [],
    );
    assert.ok(ms < 60_000, `${ms} ms`);
  });

  it('keeps fifty sessions apart and joins what they commit', async () => {
    const lab = await Console.start({
      profile: { calls: { 'vyatta-cfg-cmd-wrapper': 1 }, commit: 5, commitAction: 1, save: 0 },
    });
    const sessions = Array.from({ length: 50 }, (_, i) => i);
    let running = sessions.length;
    const session = async (i: number): Promise<void> => {
      const more = { ppid: 1000 + i };
      await lab.cfg('begin', more);
      for (let n = 0; n < 5; n++)
        await lab.cfg(`set protocols static route ${route(i * 8 + n)} blackhole`, more);
      for (;;) {
        const { stdout, exit } = await lab.run('vyatta-cfg-cmd-wrapper', ['commit'], more);
        if (exit === 0) break;
        assert.match(stdout, /^Configuration system temporarily locked/);
        await lab.router.engine.world.sleep(10);
      }
      await lab.cfg('end', more);
      running--;
    };
    const all = Promise.all(sessions.map(session));
    while (running > 0) await lab.pass(1);
    await all;
    const expected = sessions.flatMap(i => Array.from({ length: 5 }, (_, n) => route(i * 8 + n)));
    const got = [...(await lab.commands()).matchAll(/static route (\S+) blackhole/g)].map(match => match[1]);
    assert.deepEqual(new Set(got), new Set(expected));
    assert.equal(lab.router.engine.sessions.size, 0);
  });
});
