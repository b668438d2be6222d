// One command for several site files: what runs, in which order, and what comes of it.
import assert from 'node:assert/strict';
import { defineCommand, type FleetRules } from '../../src/commands/command.ts';
import { fleetApplyOptions, runCommand, sitesPositional } from '../../src/commands/fleet.ts';
import { fleetExit } from '../../src/commands/fleet-results.ts';
import { command as snapshot } from '../../src/commands/snapshot.ts';
import { Interrupted, NoAccess, PutBack, Refused, StateUnknown } from '../../src/errors.ts';
import { fakeIo } from '../support/fake-io.ts';
import { root } from '../support/run-cli.ts';

/** Ends for a file as its name says; remembers what ran, and how many at once. */
function aCommand(rules: Partial<FleetRules> = {}) {
  const ran: string[] = [];
  let running = 0;
  let most = 0;
  const ends: Record<string, () => number> = {
    dead: () => {
      throw new NoAccess('x', 'no way in');
    },
    back: () => {
      throw new PutBack('x', 'put back');
    },
    lost: () => {
      throw new StateUnknown('x', 'who knows', 'look');
    },
    differs: () => 2,
    bug: () => {
      throw new TypeError('oops');
    },
  };
  const command = defineCommand({
    command: 'try [sites..]',
    describe: '',
    positionals: sitesPositional,
    options: {
      file: { type: 'string', default: 'edgewg.yaml' },
      format: { type: 'string' },
      out: { type: 'string' },
      ...fleetApplyOptions,
    },
    examples: [['edgewg try sites/*.yaml', 'all of them']],
    fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: ['out'], ...rules },
    async run(args, io) {
      ran.push(args.file);
      running++;
      most = Math.max(most, running);
      await new Promise(resolve => setTimeout(resolve, 1));
      running--;
      assert.equal(io.ask, undefined);
      io.stdout.write(args.format === 'json' ? '{"a":1}\n' : `hello of ${args.file}\n`);
      io.stderr.write('a note\nand an open line');
      return ends[/(\w+)\.yaml$/.exec(args.file)?.[1] ?? '']?.() ?? 0;
    },
  });
  return { command, ran, most: () => most };
}

async function run(args: object, rules: Partial<FleetRules> = {}, signal = new AbortController().signal) {
  const { command, ran, most } = aCommand(rules);
  const io = { ...fakeIo(root), signal };
  const exit = await runCommand(command, { file: 'edgewg.yaml', ...args }, io);
  return { exit, ran, most: most(), ...io.written };
}

const sites = (...names: string[]): string[] => names.map(name => `sites/${name}.yaml`);

describe('a command over several site files', () => {
  it('runs alone without any, and for a single one', async () => {
    assert.deepEqual((await run({})).ran, ['edgewg.yaml']);
    const one = await run({ sites: sites('a') });
    assert.deepEqual(one.ran, sites('a'));
    assert.equal(one.stdout, 'hello of sites/a.yaml\n');
  });

  it('takes words for something else where the positional may be that, and mixes nothing', async () => {
    const rules: Partial<FleetRules> = { onlyAlone: [], sites: /\.ya?ml$/ };
    assert.deepEqual((await run({ sites: ['20260101-a'] }, rules)).ran, ['edgewg.yaml']);
    assert.deepEqual((await run({ sites: sites('a', 'b') }, rules)).ran, sites('a', 'b'));
    await assert.rejects(
      run({ sites: ['20260101-a', ...sites('a')] }, rules),
      /20260101-a has no place beside site files/,
    );
  });

  it('prints no files behind each other: of several it asks for a folder', async () => {
    const rules: Partial<FleetRules> = { onlyAlone: [], writes: '.snapshot', needsOut: true };
    await assert.rejects(run({ sites: sites('a', 'b') }, rules), (error: unknown) => {
      assert.ok(error instanceof Refused);
      assert.match(error.message, /several site files need --out/);
      return true;
    });
    assert.deepEqual((await run({ sites: sites('a') }, rules)).ran, sites('a'));
    assert.deepEqual((await run({ sites: sites('a', 'b'), out: 'folder' }, rules)).ran, sites('a', 'b'));
    assert.equal(snapshot.fleet?.needsOut, true);
  });

  it('lets nobody hide another, and ends with the worst of them', async () => {
    const found = await run({ sites: sites('a', 'dead', 'differs', 'b') });
    assert.equal(found.exit, 4);
    assert.equal(found.ran.length, 4);
    for (const text of [
      '== sites/b.yaml\n\nhello of sites/b.yaml\n',
      'error: no way in',
      'sites/dead.yaml     no access',
      'sites/a.yaml        done',
    ])
      assert.ok(found.stdout.includes(text), found.stdout);
    assert.match(found.stderr, /^dead: a note\ndead: and an open line\n/m);
  });

  it('begins nothing more after a failure where that counts, unless told', async () => {
    const rules = { stopsOnFailure: true, jobs: 1 };
    const stopped = await run({ sites: sites('a', 'back', 'b') }, rules);
    assert.deepEqual(stopped.ran, sites('a', 'back'));
    assert.equal(stopped.exit, 5);
    assert.match(stopped.stdout, /sites\/b\.yaml {5}not begun/);
    assert.deepEqual(
      (await run({ sites: sites('a', 'back', 'b'), 'keep-going': true }, rules)).ran.length,
      3,
    );
  });

  it('ends with the exit code of a signal that left one of them for another time', async () => {
    const stop = new AbortController();
    // the first is past the point where a signal stops it
    const prepare =
      async ({ file }: { readonly file?: string }) =>
      async (): Promise<number> => {
        if (file === sites('a')[0]) stop.abort(new Interrupted('SIGTERM', 143));
        return 0;
      };
    const found = await run({ sites: sites('a', 'b') }, { jobs: 1, prepare }, stop.signal);
    assert.match(found.stdout, /sites\/a\.yaml {2}done\n {2}sites\/b\.yaml {2}not begun/);
    assert.equal(found.exit, 143);
  });

  it('begins with the canary, and waits for it', async () => {
    const rules = { stopsOnFailure: true, jobs: 3 };
    assert.equal((await run({ sites: sites('a', 'b', 'c'), canary: 'c' }, rules)).ran[0], 'sites/c.yaml');
    assert.deepEqual(
      (await run({ sites: sites('a', 'dead', 'c'), canary: 'dead.yaml' }, rules)).ran,
      sites('dead'),
    );
    await assert.rejects(run({ sites: sites('a', 'b'), canary: 'z' }), Refused);
  });

  it('keeps to the limit', async () => {
    assert.equal((await run({ sites: sites('a', 'b', 'c', 'd'), jobs: '2' })).most, 2);
    await assert.rejects(run({ sites: sites('a', 'b'), jobs: '0' }), Refused);
  });

  it('gives one JSON document', async () => {
    const { stdout } = await run({ sites: sites('a', 'bug'), format: 'json' });
    const { routers } = JSON.parse(stdout);
    assert.deepEqual(routers[0], {
      file: 'sites/a.yaml',
      exit: 0,
      result: 'done',
      output: { a: 1 },
      error: null,
    });
    assert.equal(routers[1].exit, 1);
    assert.match(routers[1].error, /oops/);
  });

  it('refuses what is for one router, a file twice, and a plan among site files', async () => {
    await assert.rejects(run({ sites: sites('a', 'b'), out: 'x' }), /--out has no place/);
    await assert.rejects(run({ sites: sites('a', 'a') }), /more than once/);
  });

  it('plans all before it touches one, and touches none when one is refused', async () => {
    const told: string[] = [];
    const prepare = async (args: { file: string }) => {
      told.push(`plan ${args.file}`);
      await new Promise(resolve => setTimeout(resolve, 1));
      if (args.file.includes('bad')) throw new Refused('unsafe', 'the plan is refused');
      return async () => {
        told.push(`apply ${args.file}`);
        return 0;
      };
    };
    const rules = { stopsOnFailure: true, jobs: 1, prepare } as Partial<FleetRules>;
    assert.equal((await run({ sites: sites('a', 'b') }, rules)).exit, 0);
    assert.deepEqual(told.splice(0), [
      ...sites('a', 'b').map(name => `plan ${name}`),
      ...sites('a', 'b').map(name => `apply ${name}`),
    ]);
    const stopped = await run({ sites: sites('a', 'bad', 'c'), canary: 'c' }, rules);
    assert.equal(stopped.exit, 3);
    assert.deepEqual(
      told.splice(0).filter(word => word.startsWith('apply')),
      [],
    );
    assert.match(stopped.stdout, /bad\.yaml +refused\n.*c\.yaml +not begun/);
    const kept = await run({ sites: sites('a', 'bad', 'c'), 'keep-going': true }, rules);
    assert.equal(kept.exit, 3);
    assert.deepEqual(
      told.splice(0).filter(word => word.startsWith('apply')),
      sites('a', 'c').map(name => `apply ${name}`),
    );
    await assert.rejects(run({ sites: ['a.yaml', 'plan.json'] }, rules), /stands by itself/);
  });

  it('orders exit codes as the reference says', () => {
    assert.deepEqual(
      [
        [0, 2, 1],
        [3, 4],
        [5, 6],
        [0, 0],
        [130, 4],
        [130, 6],
      ].map(fleetExit),
      [1, 4, 6, 0, 130, 6],
    );
  });
});
