// What a change costs with edgewg and with what a user would use instead, side by side on the same router.
//
//   npm run bench                     the whole table (an hour and a half)
//   npm run bench -- --quick          one size, no latency; fails when a ratio falls behind (CI: bench:ratio)
//   npm run bench -- --runs 5 --tunnels 1,2,10,100 --latency 0,30,150 --profile recorded,edgerouter-x --clients edgewg,ansible
//   npm run bench -- --out docs/contributing/benchmarks.json     also as JSON
//
// The clients take turns, so that whatever else the machine does meets all of them. Every run begins on a router as it was, and
// counts only if `edgewg plan` finds nothing left to do afterwards. With EDGEWG_LAB_HOST (_PORT, _USER, _KEY, _HOST_KEY) on that router.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startWire } from '../../dist/test/support/wire.js';
import { bareNode, clients, edgewgPlan, listing } from './clients.mjs';
import { keepFigures } from './goals.mjs';
import { measure } from './process.mjs';
import { known, machine, openRouter } from './router.mjs';
import { siteFile } from './sites.mjs';
import { failures, figuresOf, summarise, table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string' },
    tunnels: { type: 'string' },
    latency: { type: 'string' },
    profile: { type: 'string' },
    clients: { type: 'string' },
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
    figures: { type: 'string' },
  },
});
const list = text => text.split(',');

/** What is run: every size without latency, one size over long lines, and one on a slow router. */
function cases() {
  const one = (profile, latencyMs, tunnels, runs) => ({
    profile,
    latencyMs,
    tunnels,
    runs: Number(options.runs ?? runs),
  });
  if (options.quick) return [one('recorded', 0, 2, 5)];
  if (options.tunnels ?? options.latency ?? options.profile)
    return list(options.profile ?? 'recorded').flatMap(profile =>
      list(options.latency ?? '0').flatMap(ms =>
        list(options.tunnels ?? '2').map(count => one(profile, Number(ms), Number(count), 5)),
      ),
    );
  return [
    ...[1, 2, 10, 100].map(count => one('recorded', 0, count, 5)),
    ...[30, 150].map(ms => one('recorded', ms, 2, 5)),
    one('edgerouter-x', 0, 2, 5),
  ];
}

const chosen = Object.entries(clients).filter(([name, { isThere }]) => {
  if (options.clients !== undefined && !list(options.clients).includes(name)) return false;
  if (isThere()) return true;
  if (process.env.CI) throw new Error(`${name} is not installed`);
  console.error(`SKIPPED: ${name} is not installed`);
  return false;
});

/** The lines that the site file becomes on this router: what every other client is given. */
async function linesOf(way) {
  const { command, env } = edgewgPlan(way, '--format', 'commands');
  const { exit, stdout, stderr } = await measure(command, { env, cwd: way.home });
  if (exit !== 0) throw new Error(`edgewg plan: ${stderr}`);
  return stdout.split('\n').filter(line => /^(set|delete) /.test(line));
}

/** A router as it was, behind a line that counts; `use` gets the way to it. */
async function withRouter(router, { latencyMs, tunnels }, use) {
  const { address, hostKey } = await router.start();
  const wire = await startWire({ ...address, latencyMs });
  const way = { ...address, host: '127.0.0.1', port: wire.port, hostKey, home: router.home };
  try {
    known(way, hostKey);
    writeFileSync(join(router.home, 'edgewg.yaml'), siteFile(tunnels, way));
    return await use(way, wire);
  } finally {
    await wire.close();
    await router.stop();
  }
}

async function timed(way, wire, { command, env, stdin }, isWanted = () => true) {
  wire.take();
  const run = await measure(command, { env, stdin, cwd: way.home });
  if (run.exit !== 0 || !isWanted(run))
    throw new Error(`${command[0]}: exit ${run.exit}\n${run.stdout}${run.stderr}`);
  const { wall, cpu, memory } = run;
  return { wall, cpu, memory, ...wire.take() };
}

async function applies(router, one) {
  const runs = {};
  let lines;
  for (let round = 0; round < one.runs; round++)
    for (const [name, client] of chosen) {
      if (lines !== undefined && lines.length > (client.mostLines ?? Number.POSITIVE_INFINITY)) continue;
      runs[name] ??= [];
      runs[name].push(
        await withRouter(router, one, async (way, wire) => {
          lines ??= await linesOf(way);
          const taken = await timed(way, wire, client.prepare(way, lines));
          await timed(way, wire, edgewgPlan(way, '--detailed-exitcode'));
          return taken;
        }),
      );
      console.error(
        `${one.profile}, ${one.latencyMs} ms, ${lines.length} lines, ${name}: ${runs[name].at(-1).wall.toFixed(2)} s`,
      );
    }
  return { kind: 'apply', ...one, router: router.name, lines: lines.length, runs };
}

/** A plan of what is there already, the router's own listing, and Node.js alone. */
async function plans(router, one) {
  const what = {
    'edgewg plan': edgewgPlan,
    'plain ssh, show configuration commands': listing,
    'node -e 0': bareNode,
  };
  const runs = {};
  let lines;
  await withRouter(router, one, async (way, wire) => {
    lines = (await linesOf(way)).length;
    for (let round = 0; round < one.runs + 1; round++)
      for (const [name, prepare] of Object.entries(what)) {
        const taken = await timed(way, wire, prepare(way));
        // the first round warms the caches of all
        runs[name] ??= [];
        if (round > 0) runs[name].push(taken);
      }
  });
  return { kind: 'plan', ...one, router: router.name, lines, runs };
}

const results = [];
const reportOf = () => ({
  machine: machine(),
  clients: Object.fromEntries(chosen.map(([name, client]) => [name, client.version()])),
  cases: results.map(summarise),
});
/** After every case: what is done stays when the rest is interrupted. */
const keep = () => {
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(reportOf(), undefined, 2)}\n`);
};

for (const one of cases()) {
  const keyFiles = Array.from({ length: one.tunnels }, (_, i) => `/config/auth/wg${100 + i}.key`);
  const router = await openRouter({ profile: one.profile, keyFiles });
  try {
    if (one.tunnels <= 2) results.push(await plans(router, one));
    results.push(await applies(router, one));
    keep();
  } finally {
    await router.close();
  }
}

const report = reportOf();
process.stdout.write(table(report));
if (options.figures !== undefined) keepFigures(options.figures, figuresOf(report));
const behind = options.quick ? failures(report) : [];
for (const sentence of behind) console.error(`BEHIND: ${sentence}`);
process.exitCode = behind.length > 0 ? 1 : 0;
