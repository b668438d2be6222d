// Every folder of fixtures/scenarios is a site file, a running configuration, and the plan in all its forms.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { command } from '../../src/commands/plan.ts';
import { importSite } from '../../src/import/import.ts';
import { configurationAfter } from '../../src/plan/after.ts';
import { makePlan } from '../../src/plan/make.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { setPath } from '../../src/vyatta/edit.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { emptyTree, equal, leaves, type Tree } from '../../src/vyatta/tree.ts';
import { fakeIo } from '../support/fake-io.ts';
import { assertGolden } from '../support/golden.ts';
import { root } from '../support/run-cli.ts';

const scenarios = new URL('fixtures/scenarios/', root);

interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

async function plan(folder: URL, format: 'text' | 'json' | 'commands', inverse = false): Promise<Shown> {
  const io = fakeIo(folder);
  const running = existsSync(new URL('running.boot', folder)) ? 'running.boot' : 'running.commands';
  const args = { file: 'site.yaml', running, format, inverse, allow: [], 'detailed-exitcode': true };
  const exit = await command.run(args as never, io);
  return { ...io.written, exit };
}

const read = (folder: URL, name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** As the router has it, with its defaults. */
function runningOf(folder: URL): Tree {
  const tree = emptyTree();
  for (const { path } of leaves(parseCommands(read(folder, 'running.commands')))) setPath(tree, path);
  return redact(tree);
}

/** Applied; the plan of the same file against what is there then must be empty. */
function applied(folder: URL, name: string, running: Tree): Tree {
  const { site, place } = loadSite(read(folder, name), name);
  const planOf = (tree: Tree) => makePlan({ site, placeOf: at => place(at), running: tree });
  const after = configurationAfter(running, planOf(running).commits);
  assert.deepEqual(planOf(after).commits, [], `the second plan of ${name} is not empty`);
  return after;
}

/** What a file says of clients, by tunnel, and of NAT. */
function clientsOf(text: string): unknown {
  const { tunnels, nat } = parse(text) as {
    tunnels: Record<string, { clients?: unknown }>;
    nat?: unknown;
  };
  return { nat, clients: Object.entries(tunnels).map(([name, { clients }]) => [name, clients]) };
}

/** There and back: import says the file again, and without the clients nothing of them is left. */
function thereAndBack(folder: URL): void {
  const running = runningOf(folder);
  const after = applied(folder, 'site.yaml', running);
  const { text, plan: again } = importSite(
    { running: after },
    { host: '192.0.2.1' },
    { manages: true, file: 'imported.yaml', checks: [] },
  );
  assertGolden(text, new URL('imported.yaml', folder));
  assert.deepEqual(again.commits, [], 'the plan of the imported file is not empty');
  assert.deepEqual(clientsOf(text), clientsOf(read(folder, 'site.yaml')));
  const back = applied(folder, 'without.yaml', after);
  assert.ok(equal(back, applied(folder, 'without.yaml', running)), 'something is left of what was removed');
}

describe('scenarios that are undone', () => {
  const undone = readdirSync(scenarios).filter(name =>
    existsSync(new URL(`${name}/without.yaml`, scenarios)),
  );
  for (const name of undone)
    it(name.replaceAll('-', ' '), () => thereAndBack(new URL(`${name}/`, scenarios)));
});

describe('scenarios', () => {
  for (const name of readdirSync(scenarios))
    it(name.replaceAll('-', ' '), async () => {
      const folder = new URL(`${name}/`, scenarios);
      const text = await plan(folder, 'text');
      const json = await plan(folder, 'json');
      const commands = await plan(folder, 'commands');
      const { diagnostics, commits } = parsePlan(json.stdout, name);
      const isRefused = diagnostics.some(
        ({ severity, silenced }) => severity === 'error' && silenced === undefined,
      );
      const expected = isRefused ? 3 : commits.length === 0 ? 0 : 2;
      assert.deepEqual([text.exit, json.exit, commands.exit], [expected, expected, expected]);
      // what goes into the router is read as what the router itself would print
      parseCommands(commands.stdout.replaceAll(/^delete /gm, 'set '));
      assertGolden(text.stdout, new URL('plan.txt', folder));
      assertGolden(json.stdout, new URL('plan.json', folder));
      assertGolden(commands.stdout, new URL('commands.txt', folder));
      assert.equal(text.stderr + json.stderr, '');
    });
});
