// The names that `--allow` takes are those that refusals give, and no others.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '../../src/plan/allow.ts';
import { root } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';

const source = fileURLToPath(new URL('src/', root));

describe('--allow', () => {
  it('knows every name that a refusal gives, and only those', () => {
    const given = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .flatMap(name => [
        ...readFileSync(join(source, name), 'utf8').matchAll(
          /allow: ['`]([a-z-]+)|--allow (?!takes RULE)([a-z][a-z-]+)/g,
        ),
      ])
      .map(([, field, option]) => field ?? option ?? '');
    assert.deepEqual([...new Set(given)].sort(), [...rules]);
  });

  for (const [word, hint] of [
    ['drfit', 'did you mean drift?'],
    ['everything', `they are ${rules.join(', ')}`],
  ] as const)
    it(`refuses ${word}, which lifts nothing`, async () => {
      const { stdout, stderr, exit } = await runHere(
        ['plan', '-f', 'site.yaml', '--running', 'router.commands', '--allow', word],
        { cwd: fileURLToPath(new URL('fixtures/blog/', root)) },
      );
      assert.equal(stderr, `error: --allow ${word}: no refusal has that name\n  hint: ${hint}\n`);
      assert.deepEqual({ stdout, exit }, { stdout: '', exit: 3 });
    });
});
