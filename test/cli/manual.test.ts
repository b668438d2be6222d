// Manual and completion say what the program's own definitions say. `UPDATE_GOLDEN=1` writes the documents anew.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '../../src/cli/parse.ts';
import { commands } from '../../src/commands/table.ts';
import { assertGolden } from '../support/golden.ts';
import { root, runCli } from '../support/run-cli.ts';

const manual = (what: string): string => {
  const script = fileURLToPath(new URL('scripts/manual.mjs', root));
  return spawnSync(process.execPath, [script, what], { encoding: 'utf8' }).stdout;
};

describe('the manual', () => {
  for (const what of ['cli', 'site'])
    it(`docs/reference-${what}.md is current`, () =>
      assertGolden(manual(what), new URL(`docs/reference-${what}.md`, root)));

  it('is a man page that groff has nothing to say about', function () {
    const page = manual('man');
    assert.match(page, /^\.TH EDGEWG 1 /);
    for (const section of ['NAME', 'SYNOPSIS', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT'])
      assert.match(page, new RegExp(`^\\.SH ${section}$`, 'm'));
    const { error, stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z'], {
      input: page,
      encoding: 'utf8',
    });
    if (error !== undefined) this.skip();
    assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  });
});

describe('docs/troubleshooting.md', () => {
  it('lists messages that there are', () => {
    const folder = new URL('src/', root);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    const text = readFileSync(new URL('docs/troubleshooting.md', root), 'utf8');
    const messages = [...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(found => found[1] ?? '');
    assert.ok(messages.length >= 40, `${messages.length} messages`);
    assert.deepEqual(
      messages.filter(message => !sources.includes(message)),
      [],
    );
  });
});

describe('--help', () => {
  for (const name of Object.keys(commands))
    it(`of ${name} has examples`, async () => {
      const { output } = await parse([name, '--help'], {});
      assert.match(output, new RegExp(`\\nExamples:\\n +edgewg .*\\b${name}\\b`));
    });
});

describe('completion', () => {
  const complete = async (cwd: string | undefined, ...words: string[]): Promise<string[]> => {
    const { stdout } = await runCli(
      ['--complete', 'bash', 'edgewg', ...words],
      cwd === undefined ? {} : { cwd },
    );
    return stdout.split('\n').filter(line => line !== '');
  };

  for (const [shell, mark] of [
    ['bash', /^complete .*-F _edgewg edgewg$/m],
    ['zsh', /^#compdef edgewg/],
    ['fish', /complete .*-c edgewg/],
  ] as const)
    it(`has a script for ${shell}`, async () => {
      const { stdout, exit } = await runCli(['completion', shell]);
      assert.match(stdout, mark);
      assert.equal(exit, 0);
    });

  it('knows commands, options, codes, and the names of the site file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-complete-'));
    try {
      writeFileSync(
        join(folder, 'edgewg.yaml'),
        'version: 1\ntunnels: { wg4: { peers: { srv4: {} } }, "wg5; rm": {} }\n',
      );
      assert.ok((await complete(folder, '')).includes('bypass'));
      const options = await complete(folder, 'plan', '--');
      assert.ok(options.includes('--running') && !options.includes('--f'));
      const tunnels = await complete(folder, 'bypass', '');
      assert.ok(tunnels.includes('wg4') && !tunnels.join().includes('rm'));
      assert.deepEqual(await complete(folder, 'plan', '--format', 'j'), ['json']);
      assert.deepEqual(await complete(folder, 'ap'), ['apply']);
      writeFileSync(join(folder, 'edgewg.yaml'), '{');
      assert.ok(!(await complete(folder, 'bypass', '')).includes('wg4'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
