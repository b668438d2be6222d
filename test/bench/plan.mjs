// What `edgewg plan --running` costs as a whole process, and how that grows: configurations of 1,000, 10,000 and 100,000 lines with
// 20, 200 and 1,000 tunnels in the site file; and what the checks cost of it. `npm run bench:plan` prints time, CPU and memory, and
// never fails for being slow. `npm run bench:plan -- checks` prints what the checks cost alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { running, site } from './big.mjs';
import { bin, installedBytes } from './clients.mjs';
import { costOfChecks } from './cost.mjs';
import { measure, median } from './process.mjs';

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
  if (process.argv[2] !== 'checks') {
    const bare = await medians([process.execPath, '-e', '0'], 5);
    console.log(`node -e 0: ${show(bare)}`);
    const blog = ['-f', 'fixtures/blog/site.yaml', '--running', 'fixtures/blog/router.commands'];
    const plan = await medians([process.execPath, bin, 'plan', ...blog], 5);
    console.log(`the blog's network: ${show(plan)}`);
    const largest = await grow('text', sizes);
    await grow('json', sizes.slice(-1));
    goals([
      [
        `plan of the blog's network, CPU of node -e 0, on Node.js ${process.version}`,
        plan.cpu / bare.cpu,
        2.5,
      ],
      ['installed size, MiB', installedBytes / 2 ** 20, 3],
      ['memory of a plan of 100,000 lines, MiB', largest.memory, 200],
    ]);
  }
} finally {
  rmSync(folder, { recursive: true });
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

function goals(rows) {
  console.log('\n| what | goal | is | |\n| --- | ---: | ---: | --- |');
  for (const [what, most, is] of rows.map(([name, value, goal]) => [name, goal, value]))
    console.log(`| ${what} | at most ${most} | ${is.toFixed(1)} | ${is <= most ? 'met' : '**missed**'} |`);
}
