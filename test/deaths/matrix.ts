// The fault matrix: every step of an apply with every mishap, or a seeded sample of `--sample N`. Writes the table beside itself in the
// build's folder and sums up on stdout; exits 1 when anything that must hold didn't. `--only TEXT` takes the cases that contain it.
import { writeFileSync } from 'node:fs';
import { type Row, runCase } from './case.ts';
import { faults, steps } from './mishaps.ts';

const argument = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** Mulberry32: the same order for the same seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return items
    .map(item => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const only = argument('only') ?? '';
const seed = Number(argument('seed') ?? 1);
const all = Object.keys(steps)
  .flatMap(step => Object.keys(faults).map(fault => ({ step, fault })))
  .filter(({ step, fault }) => `${step} x ${fault}`.includes(only));
const chosen = shuffled(all, seed).slice(0, Number(argument('sample') ?? all.length));
const minutes = Number(argument('minutes') ?? 24 * 60);
const deadline = Date.now() + minutes * 60_000;

const good = await runCase('none', 'none');
const reference = good.seen;
const rows: Row[] = [];
const queue = [...chosen];
const work = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined && Date.now() < deadline; next = queue.shift()) {
    const row = await runCase(next.step, next.fault, reference);
    rows.push(row);
    for (const violation of row.violations)
      process.stdout.write(`VIOLATION ${row.step} x ${row.fault}: ${violation}\n`);
  }
};
await Promise.all(Array.from({ length: Number(argument('jobs') ?? 4) }, work));

const cell = (text: string | number): string => String(text).replaceAll('|', '/');
const line = (row: Row): string =>
  `| ${[row.step, row.fault, row.happened ? '' : 'not reached', row.active, row.saved, row.log, row.exit, row.seconds.toFixed(1), row.violations.join('; ')].map(cell).join(' | ')} |`;
const head =
  '| step | fault | | active | saved | last word of the switch | exit | seconds | violations |\n|---|---|---|---|---|---|---|---|---|';
const file = new URL('results.md', import.meta.url);
writeFileSync(file, `${[head, ...rows.map(line).sort()].join('\n')}\n`);

const counts = new Map<string, number>();
for (const { active, exit } of rows)
  counts.set(`${active}, exit ${exit}`, (counts.get(`${active}, exit ${exit}`) ?? 0) + 1);
const bad = rows.filter(({ violations }) => violations.length > 0).length;
for (const [what, count] of [...counts].sort())
  process.stdout.write(`${String(count).padStart(5)}  ${what}\n`);
const reached = rows.filter(({ happened }) => happened).length;
process.stdout.write(
  `${rows.length} of ${all.length} cases (seed ${seed}), ${reached} reached their step, ${bad} with violations\n`,
);
process.exitCode = bad > 0 || rows.length === 0 || reference.drift !== '' || good.exit !== 0 ? 1 : 0;
