// Every folder of fixtures/scenarios is a site file, a running configuration, and the plan in all its forms.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { command } from '../../src/commands/plan.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
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
