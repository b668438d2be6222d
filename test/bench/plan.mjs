// What `edgewg plan --running` costs as a whole process, and how that grows: configurations of 1,000, 10,000 and 100,000 lines with
// 20, 200 and 1,000 tunnels in the site file; and what the checks cost of it. `npm run bench:plan` prints time, CPU and memory, and
// never fails for being slow. `npm run bench:plan -- checks` prints what the checks cost alone, and `--node PATH,PATH` takes the start by
// other versions of Node.js too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { running, site } from './big.mjs';
import { bin, installedBytes } from './clients.mjs';
import { costOfChecks } from './cost.mjs';
import { tellGoals } from './goals.mjs';
import { measure, median } from './process.mjs';

const { values: options, positionals } = parseArgs({
  options: { node: { type: 'string' }, figures: { type: 'string' } },
  allowPositionals: true,
});

async function medians(command, times) {
  const runs = [];
  for (let i = 0; i < times; i++) {
    const run = await measure(command, { limit: 300 });
    if (run.exit !== 0) throw new Error(`exit ${run.exit}\n${run.stderr}\n${run.stdout.slice(-2000)}`);
    runs.push(run);
  }
  const of = figure => median(runs.map(run => run[figure]));
  return { wall: of('wall'), cpu: of('cpu'), memory: of('memory') };
}

const show = ({ wall, cpu, memory }) =>
  `${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${memory.toFixed(0)} MiB`;

/** Lines and tunnels. On a busy machine a run takes several times as long, so there are no more of them than tell something. */
const sizes = [
  [1000, 20],
  [10_000, 200],
  [100_000, 1000],
];

const folder = mkdtempSync(join(tmpdir(), 'edgewg-bench-'));
try {
  costOfChecks(folder);
  if (positionals[0] !== 'checks') {
    const figures = {};
    for (const node of [process.execPath, ...(options.node?.split(',') ?? [])])
      Object.assign(figures, await start(node));
    const largest = await grow('text', sizes);
    await grow('json', sizes.slice(-1));
    figures['installed, MiB'] = installedBytes / 2 ** 20;
    figures['memory of a plan of 100,000 lines, MiB'] = largest.memory;
    tellGoals(figures, options.figures);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** What the shortest plan costs by this Node.js, beside a Node.js that does nothing: by turns, the first round to warm the caches. */
async function start(node) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const blog = ['-f', 'fixtures/blog/site.yaml', '--running', 'fixtures/blog/router.commands'];
  const bare = [node, '-e', '0'];
  const plan = [node, bin, 'plan', ...blog];
  const taken = { bare: [], plan: [] };
  for (let round = 0; round < 10; round++) {
    const both = { bare: await medians(bare, 1), plan: await medians(plan, 1) };
    if (round > 0) for (const name of ['bare', 'plan']) taken[name].push(both[name]);
  }
  const of = (name, figure) => median(taken[name].map(run => run[figure]));
  const all = name => show({ wall: of(name, 'wall'), cpu: of(name, 'cpu'), memory: of(name, 'memory') });
  console.log(`node -e 0, ${version}: ${all('bare')}`);
  console.log(`the blog's network, ${version}: ${all('plan')}`);
  const major = /^v(\d+)/.exec(version)[1];
  return {
    [`plan of a home network, CPU of \`node -e 0\`, Node.js ${major}`]: of('plan', 'cpu') / of('bare', 'cpu'),
  };
}

async function grow(format, steps) {
  let before;
  let last;
  for (const [lines, tunnels] of steps) {
    const files = { running: join(folder, `${lines}.commands`), site: join(folder, `${lines}.yaml`) };
    writeFileSync(files.running, running(lines, tunnels));
    writeFileSync(files.site, site(tunnels));
    const words = ['plan', '-f', files.site, '--running', files.running, '--format', format];
    const taken = await medians([process.execPath, bin, ...words], 3);
    const ratio =
      before === undefined
        ? ''
        : `; ${(taken.cpu / before).toFixed(1)} times the CPU of a tenth of the lines`;
    console.log(`${format}: ${lines} lines, ${tunnels} tunnels: ${show(taken)}${ratio}`);
    before = taken.cpu;
    last = taken;
  }
  return last;
}
