// `npm run bench:goals`: every benchmark that has a goal, and one table of all goals with what is. It never fails for a figure; it fails
// when a benchmark does, and says what has no figure. About a quarter of an hour on a quiet machine.
//
//   npm run bench:goals -- --runs 3 --node /path/to/node22,/path/to/node24
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresIn, goalTable, unmeasured } from './goals.mjs';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, node: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'edgewg-goals-'));
const file = join(folder, 'figures.json');
const two = ['--clients', 'edgewg,plain ssh'];
const runs = ['--runs', options.runs];
const slow = ['--times', '--share', '10', ...runs];
const failed = [];
try {
  for (const [script, ...words] of [
    ['plan.mjs', ...(options.node === undefined ? [] : ['--node', options.node])],
    ['fleet.mjs'],
    ['router-side.mjs'],
    ['router-side.mjs', ...slow, '--profile', 'edgerouter-x'],
    ['router-side.mjs', ...slow, '--profile', 'recorded'],
    ['apply.mjs', '--latency', '150', ...runs, ...two],
    ['apply.mjs', '--tunnels', '100', '--runs', '1', ...two],
  ]) {
    const name = [script, ...words].join(' ');
    console.log(`\n## ${name}\n`);
    const path = fileURLToPath(new URL(script, import.meta.url));
    const { status } = spawnSync(process.execPath, [path, ...words, '--figures', file], { stdio: 'inherit' });
    if (status !== 0) failed.push(name);
  }
  const figures = figuresIn(file);
  process.stdout.write(`\n## Every goal\n\n${goalTable(figures)}`);
  for (const what of unmeasured(figures)) console.log(`NOT MEASURED: ${what}`);
} finally {
  rmSync(folder, { recursive: true });
}
for (const name of failed) console.error(`FAILED: ${name}`);
process.exitCode = failed.length > 0 ? 1 : 0;
