// What a plan and an apply of 42 lines cost on the router, with no key files in /config/auth but the two that the site file names, and with
// 100 more.
//
//   npm run bench:router                 processes by phase, which no busy machine changes; fails when there are more than is held
//   npm run bench:router -- --times      CPU and wall time by phase, beside the plain exec of the same lines
//     [--share 10]                       with what runs on the router held to so many percent of a core
//     [--runs 5] [--profile recorded]    medians of so many; the lab router's profile
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clients, edgewgPlan } from './clients.mjs';
import { goalOf, tellGoals } from './goals.mjs';
import { measure, median } from './process.mjs';
import { canTrace, countProcesses, traced } from './processes.mjs';
import { known, machine, openRouter } from './router.mjs';
import { holdToShare } from './share.mjs';
import { siteFile } from './sites.mjs';
import { takeTimes } from './times.mjs';

const { values: options } = parseArgs({
  options: {
    times: { type: 'boolean', default: false },
    share: { type: 'string' },
    runs: { type: 'string', default: '5' },
    profile: { type: 'string', default: 'recorded' },
    figures: { type: 'string' },
  },
});

const amounts = [0, 100];
const keyFilesOf = amount => [
  ...[100, 101].map(number => `/config/auth/wg${number}.key`),
  ...Array.from({ length: amount }, (_, i) => `/config/auth/other${i}.key`),
];
const planOf = way => edgewgPlan(way);
const applyOf = way => clients.edgewg.prepare(way);

if (options.times) await times();
else if (await canTrace()) await counts();
// also in CI: a container may forbid it
else console.error('SKIPPED: strace is not installed, or may not be used');

/** A lab router as it was; `use` gets the way to it and the lab's process. */
async function withRouter(keyFiles, profile, use, around) {
  const router = await openRouter({ profile, keyFiles, around });
  try {
    const { address, hostKey, pid } = await router.start();
    const way = { ...address, hostKey, home: router.home };
    known(way, hostKey);
    writeFileSync(join(router.home, 'edgewg.yaml'), siteFile(2, way));
    await use(way, pid);
    await router.stop();
  } finally {
    await router.close();
  }
}

async function run({ command, env, stdin }, way) {
  const done = await measure(command, { env, stdin, cwd: way.home });
  if (done.exit !== 0) throw new Error(`${command[0]}: exit ${done.exit}\n${done.stdout}${done.stderr}`);
  return done;
}

async function counts() {
  // what was not found was not counted either
  const parts = {
    plan: ['read 1'],
    apply: ['read 1', 'transaction', 'switch', 'draft', 'answer', 'read 2'],
  };
  const figureOf = {
    apply: 'processes of edgewg on the router, apply of 42 lines',
    plan: 'the same, plan',
  };
  const figures = {};
  // one search of the configuration in each reading, however many there are
  const forOthers = { plan: 2, apply: 4 };
  const wrong = [];
  let without;
  for (const amount of amounts) {
    const all = await counted(amount);
    for (const [what, phases] of Object.entries(all)) {
      printCounts(`${what}, ${amount} key files more`, phases);
      const own = sum(phases, 'own');
      const missing = parts[what].filter(part => !phases.some(({ phase, own }) => phase === part && own > 0));
      if (missing.length > 0) wrong.push(`NOT COUNTED: ${missing.join(', ')} of ${what}`);
      const most = goalOf(figureOf[what]);
      if (own > most)
        wrong.push(`BEHIND: ${what} makes ${own} processes on the router, held is at most ${most}`);
      if (without === undefined) {
        figures[figureOf[what]] = own;
        continue;
      }
      const more = own - sum(without[what], 'own');
      if (more > forOthers[what])
        wrong.push(
          `BEHIND: ${what} makes ${more} processes more for ${amount} key files, held is ${forOthers[what]}`,
        );
    }
    without ??= all;
  }
  tellGoals(figures, options.figures);
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
}

async function counted(amount) {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-strace-'));
  const log = join(folder, 'log');
  const now = () => Date.now() / 1000;
  const at = {};
  try {
    const use = async way => {
      at.plan = now();
      await run(planOf(way), way);
      at.apply = now();
      await run(applyOf(way), way);
    };
    await withRouter(keyFilesOf(amount), 'instant', use, words => traced(log, words));
    return { plan: countProcesses(log, at.plan, at.apply), apply: countProcesses(log, at.apply) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function printCounts(what, phases) {
  console.log(`| ${what} | own | the configuration system's |\n| --- | ---: | ---: |`);
  for (const { phase, own, system } of phases) console.log(`| ${phase} | ${own} | ${system} |`);
  console.log(`| all | ${sum(phases, 'own')} | ${sum(phases, 'system')} |\n`);
}

function sum(phases, which) {
  return phases.reduce((total, phase) => total + phase[which], 0);
}

async function times() {
  const taken = {};
  let how = 'the whole machine';
  for (let round = 0; round < Number(options.runs); round++)
    for (const [name, amount, prepare] of [
      ...amounts.flatMap(amount => [
        [`plan, ${amount} key files more`, amount, planOf],
        [`apply, ${amount} key files more`, amount, applyOf],
      ]),
      ['plain exec', 0, (way, lines) => clients['plain ssh'].prepare(way, lines)],
    ])
      await withRouter(keyFilesOf(amount), options.profile, async (way, pid) => {
        const { stdout } = await run(edgewgPlan(way, '--format', 'commands'), way);
        const command = prepare(
          way,
          stdout.split('\n').filter(line => /^(set|delete) /.test(line)),
        );
        const held = options.share && holdToShare(pid, Number(options.share));
        if (held) how = `${options.share} % of a core, by ${held.how}`;
        const clock = takeTimes(pid);
        const { wall } = await run(command, way);
        taken[name] ??= [];
        taken[name].push({ ...clock.end(), wall });
        held?.end();
        console.error(`${name}: ${wall.toFixed(2)} s`);
      });
  const { cpu, cores, node } = machine();
  console.log(`${cpu}, ${cores} cores, Node.js ${node}; profile ${options.profile}, the router has ${how}.`);
  console.log(`Medians of ${options.runs}, in seconds.\n`);
  for (const [name, runs] of Object.entries(taken)) printTimes(name, runs);
  const wall = name => median(taken[name].map(one => one.wall));
  const ratio = (one, other) => wall(one) / wall(other);
  const keyFiles = ratio('plan, 100 key files more', 'plan, 0 key files more');
  const apply = ratio('apply, 0 key files more', 'plain exec');
  if (options.profile === 'edgerouter-x')
    tellGoals(
      {
        'plan with 100 key files more, of the plan without, a slow router': keyFiles,
        'apply of 42 lines, of the plain exec, a slow router': apply,
      },
      options.figures,
    );
  else {
    console.log(`plan with 100 key files more, of the plan without: ${keyFiles.toFixed(2)}`);
    tellGoals(
      { 'apply of 42 lines, of the plain exec, a router whose configuration system alone is fast': apply },
      options.figures,
    );
  }
}

function printTimes(name, runs) {
  const names = [...new Set(runs.flatMap(({ phases }) => phases.map(({ phase }) => phase)))];
  const middle = of => median(runs.map(one => of(one) ?? 0)).toFixed(2);
  console.log(`| ${name} | CPU | wall |\n| --- | ---: | ---: |`);
  for (const wanted of names) {
    const phase = one => one.phases.find(({ phase }) => phase === wanted);
    const wall = wanted === 'the rest' ? '' : middle(one => phase(one)?.wall);
    console.log(`| ${wanted} | ${middle(one => phase(one)?.cpu)} | ${wall} |`);
  }
  console.log(`| all | ${middle(one => one.cpu)} | ${middle(one => one.wall)} |\n`);
}
