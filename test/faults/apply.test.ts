// The transaction against a lab router: what it leaves behind when something goes wrong.
import assert from 'node:assert/strict';
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Call } from '../../src/lab/call.ts';
import { readRouter } from '../../src/router/read.ts';
import { answerCommand } from '../../src/router/transaction.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import {
  type Attempt,
  assertClean,
  attempt,
  brief,
  configured,
  look,
  oneTunnel,
  sh,
} from '../support/attempt.ts';
import { aPeer, aSite, aTunnel } from '../support/builders.ts';
import { baseBoot, type Spoil, startRouter, type TestRouter } from '../support/router.ts';
import { waitUntil } from '../support/wait-until.ts';

let router: TestRouter;
/** What a test does to the router's calls. */
let spoil: Spoil;

describe('apply', () => {
  beforeEach(async () => {
    spoil = async () => undefined;
    router = await startRouter({}, baseBoot, call => spoil(call));
  });
  afterEach(async () => {
    await router.lab.close();
  });

  it('opens the same number of connections and channels whatever its size', async () => {
    const count = (kind: string): number => router.lab.log.filter(event => event.kind === kind).length;
    await attempt(router, oneTunnel, {});
    assert.deepEqual([count('connection'), count('channel')], [2, 4]);
    const many = Array.from({ length: 100 }, (_, i) =>
      aTunnel(`wg${i + 100}`, { listenPort: 51900 + i, peers: [aPeer(i + 20)] }),
    );
    const before = [count('connection'), count('channel')];
    await attempt(router, aSite(many), { confirmWithin: 120 });
    assert.deepEqual([count('connection') - (before[0] ?? 0), count('channel') - (before[1] ?? 0)], [2, 4]);
  });

  it('puts everything back when the commit is partial', async () => {
    const { before, error } = await attempt(router, oneTunnel, {}, async (_, plan) => {
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
    await assertClean(router, before);
  });

  it('does nothing when saved and running differ, unless that is allowed', async () => {
    await sh(
      router,
      configured('$W set interfaces ethernet eth2 description drift </dev/null; $W commit </dev/null'),
    );
    const refused = await attempt(router, oneTunnel);
    assert.equal(refused.error?.code, 'drift');
    assert.match(refused.error.message, /set interfaces ethernet eth2 description drift/);
    await assertClean(router, refused.before);
    assert.equal((await attempt(router, oneTunnel, { allowDrift: true })).error, undefined);
  });

  it('undoes by itself when the proof fails, and says which probe saw what', async () => {
    const { before, error } = await attempt(router, oneTunnel, {}, undefined, {
      moreProbes: async () => [{ name: 'handshake with peer4', ok: false, saw: 'none within 1 s' }],
    });
    assert.equal(error?.exit, 5);
    assert.match(error.message, /the proof failed: handshake with peer4 — saw none within 1 s/);
    await assertClean(router, before);
  });

  it('undoes by itself when the client dies after the commit', async () => {
    const connection = await router.dialer.dial();
    const before = await readRouter(connection);
    const dial = new Error('gone');
    void attempt(router, oneTunnel, brief, undefined, {
      dialer: { name: 'nowhere', dial: () => Promise.reject(dial) },
      connection: { ...connection, exec: (command, options) => connection.exec(command, options) },
    }).catch(() => undefined);
    await waitUntil(() => readLog().includes('undone'));
    await connection.close();
    await assertClean(router, before);
  });

  it('puts IPv6 addresses back that its own undo has flapped away', async () => {
    assert.equal((await attempt(router, oneTunnel)).error, undefined);
    const address = async (): Promise<boolean> =>
      (await look(router)).facts.interfaces.get('wg4')?.addresses.includes('fd00:4::1/64') === true;
    assert.ok(await address());
    const before = await look(router);
    const [tunnel] = oneTunnel.tunnels;
    assert.ok(tunnel !== undefined);
    // a ruleset on the interface takes the link down and up, once more when it goes (docs/edgeos.md 'Running tunnels')
    const firewall = { in: {}, out: {}, local: { ipv4: 'WAN_LOCAL' } };
    const other = { ...oneTunnel, tunnels: [{ ...tunnel, firewall }] };
    const moreProbes = async () => [{ name: 'a probe', ok: false, saw: 'nothing' }];
    const { error } = await attempt(router, other, {}, undefined, { moreProbes });
    assert.equal(error?.exit, 5);
    assert.ok(await address());
    const after = await look(router);
    assert.deepEqual(after.facts.drift, before.facts.drift);
    // there and back: the change, its addresses, the undo, its addresses
    const commits = after.facts.commits.length - before.facts.commits.length;
    assert.ok(commits >= 6, `${commits} commits`);
  });

  it('reboots into the saved configuration as the last resort, when it is told to', async () => {
    const before = await look(router);
    const { error } = await attempt(router, oneTunnel, { ...brief, lastResort: 'reboot' }, undefined, {
      moreProbes: async () => {
        // every way back is refused: five times the inverse commands, and the snapshot
        for (let i = 0; i < 12; i++) router.lab.faults.add('commit=fail');
        return [{ name: 'a probe', ok: false, saw: 'nothing' }];
      },
    });
    assert.ok(error?.exit === 5 || error?.exit === 6, error?.message);
    await waitUntil(() => readLog().includes('rebooting into the saved configuration'));
    router.lab.faults.clear();
    await router.lab.reboot();
    const after = await look(router);
    assert.equal(printCommands(after.running), printCommands(before.running));
    assert.deepEqual(after.facts.drift, []);
  });

  it('neither reads nor runs what somebody else has put where its files would be', async function () {
    // who else there is on the router can only be made by root of this machine
    if (process.getuid?.() !== 0) this.skip();
    const made = `umask 022; mkdir /tmp/edgewg /tmp/edgewg/x && cd /tmp/edgewg && printf 'id x\\n' >a.state && mkfifo b.state && ln -s /config/config.boot c.state && printf 'touch /tmp/tripwire' >x/run`;
    await sh(router, made);
    const folder = join(router.lab.root, 'tmp/edgewg');
    for (const path of ['', 'a.state', 'x', 'x/run']) chownSync(join(folder, path), 65534, 65534);
    const connection = await router.dialer.dial();
    const { facts } = await readRouter(connection).finally(() => connection.close());
    assert.equal(facts.applies, '');
    assert.match(await sh(router, answerCommand('x', { verb: 'confirm' }, 1, '0'.repeat(32))), /result 3 -/);
    assert.ok(!existsSync(join(router.lab.root, 'tmp/tripwire')));
    const { error } = await attempt(router, oneTunnel);
    assert.match(error?.message ?? '', /\/tmp\/edgewg belongs to somebody else/);
  });

  it('undoes in time when the router takes for ever to save', async () => {
    let goOn = (): void => undefined;
    const hanging = new Promise<undefined>(resolve => {
      goOn = () => resolve(undefined);
    });
    spoil = call => (call.args[0] === 'save' ? hanging : Promise.resolve(undefined));
    const { before, error } = await attempt(router, oneTunnel, brief, undefined, {
      moreProbes: async () => {
        await waitUntil(() => readLog().includes('switch fires: time is up'));
        await waitUntil(async () => !printCommands((await look(router)).running).includes('wg4'));
        goOn();
        return [{ name: 'a probe', ok: false, saw: 'nothing' }];
      },
    });
    assert.equal(error?.exit, 5, error?.message);
    await assertClean(router, before);
    assert.ok(!existsSync(join(router.lab.root, 'config/user-data/edgewg/config.boot.new')));
  });

  it('leaves no session when the router refuses again and again to end that of the transaction', async () => {
    let refused = 0;
    spoil = async ({ program, args: [verb] }) =>
      program === 'vyatta-cfg-cmd-wrapper' && verb === 'end' && refused++ < 4 ? refusal : undefined;
    const { error } = await attempt(router, oneTunnel, {});
    assert.equal(error, undefined);
    assert.ok(refused > 4);
    assert.deepEqual([...router.router.engine.sessions.keys()], []);
  });

  describe('leaves alone what somebody else has committed on its own paths', () => {
    const foreign = `wg genkey >/config/auth/other.key; chgrp vyattacfg /config/auth/other.key; chmod 640 /config/auth/other.key\n${configured(
      [
        'set interfaces wireguard wg4 address 192.168.99.1/32',
        'set interfaces wireguard wg4 listen-port 40000',
        'set interfaces wireguard wg4 private-key /config/auth/other.key',
        'commit',
      ]
        .map(line => `$W ${line} </dev/null`)
        .join('; '),
    )}`;
    const isLook = ({ program, args }: Call): boolean =>
      program === 'cli-shell-api' && args.includes('--show-active-only');

    it('when the transaction dies before it has looked', async () => {
      let between = '';
      let looks = 0;
      const { error } = await attempt(router, oneTunnel, {}, async () => {
        await sh(router, foreign);
        between = printCommands((await look(router)).running);
        spoil = async call => {
          if (isLook(call) && ++looks === 1) await sh(router, killTransaction);
          return undefined;
        };
        return undefined;
      });
      assert.notEqual(error, undefined);
      await waitUntil(() => leftInTmp() === 0);
      assert.equal(printCommands((await look(router)).running), between);
    });

    it('when it comes between its first look and its commit', async () => {
      let between = '';
      const { error } = await attempt(router, oneTunnel, {}, async () => {
        let sets = 0;
        spoil = async ({ program }) => {
          if (program !== 'my_set' || ++sets !== 3) return undefined;
          await sh(router, foreign);
          between = printCommands((await look(router)).running);
          return undefined;
        };
        return undefined;
      });
      assert.match(error?.message ?? '', /wg4/);
      await waitUntil(() => leftInTmp() === 0);
      assert.notEqual(between, '');
      assert.equal(printCommands((await look(router)).running), between);
    });
  });

  for (const [name, change] of [
    ['the saved configuration', ''],
    ['a save of what is running, where that is not what is saved', 'drift'],
  ] as const)
    it(`goes back by its snapshot, ${name}, when the inverse commands are refused`, async () => {
      const description = `set interfaces ethernet eth2 description ${change}`;
      if (change !== '') await sh(router, configured(`$W ${description} </dev/null; $W commit </dev/null`));
      const { before, error } = await attempt(router, oneTunnel, { allowDrift: true }, undefined, {
        moreProbes: async () => {
          for (let i = 0; i < 5; i++) router.lab.faults.add('commit=fail');
          return [{ name: 'a probe', ok: false, saw: 'nothing' }];
        },
      });
      assert.equal(error?.exit, 5, error?.message);
      assert.match(readLog(), /falling back to the snapshot/);
      assert.deepEqual(before.facts.drift, change === '' ? [] : [description]);
      await assertClean(router, before);
    });

  it('tells the second who holds the router', async () => {
    let second: Attempt | undefined;
    const first = await attempt(router, oneTunnel, { id: 'first', who: 'somebody' }, undefined, {
      moreProbes: async () => {
        second = await attempt(
          router,
          aSite([aTunnel('wg5', { peers: [aPeer(5)] })], {
            manages: { at: [], interfaces: [], firewallRules: new Map(), natRules: [] },
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
    const { before, error } = await attempt(router, oneTunnel, {}, undefined, {
      signal: stop.signal,
      onEvent: event => {
        if (event.kind === 'set' && event.done === 3) stop.abort();
      },
    });
    assert.equal(error?.exit, 130);
    await assertClean(router, before);
  });
});

const refusal: Answer = { stdout: 'it failed on purpose\n', stderr: '', exit: 1 };
const killTransaction = `for p in /proc/[0-9]*; do case $(tr '\\0' ' ' <$p/cmdline 2>/dev/null) in "bash /tmp/edgewg/"*"/run transact ") kill -KILL \${p#/proc/};; esac; done`;

/** How many files of an apply are in /tmp of the router. */
const leftInTmp = (): number => {
  const folder = join(router.lab.root, 'tmp/edgewg');
  return existsSync(folder) ? readdirSync(folder).length : 0;
};

const readLog = (): string => {
  const log = join(router.lab.root, 'config/user-data/edgewg/log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
};
