// The fault matrix: every step of an apply with every mishap, and the line cut after every Nth byte; or a seeded sample. Writes a table
// and sums up on stdout; exits 1 when anything that must hold didn't.
//   --sample N   so many cases, and a fifth as many cuts     --seed S    which of them
//   --only TEXT  the cases that contain it                    --jobs N    so many at once
//   --cuts N     cut after every Nth byte (50), `packets`: within each packet, `random:N`: after N random bytes, `none`
//   --out FILE   the table
//   --minutes N  starts no further case after that
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { confirmWithin, marginSeconds, type Reference, reference } from './case.ts';
import {
  type Case,
  cases,
  cuts,
  isNobodyLeft,
  packetCuts,
  randomCuts,
  type Sent,
  shuffled,
} from './cases.ts';
import type { Row } from './judge.ts';

const text = (initial: string) => ({ type: 'string', default: initial }) as const;
const { values: asked } = parseArgs({
  options: {
    sample: text('all'),
    seed: text('1'),
    only: text(''),
    jobs: text('3'),
    cuts: text('50'),
    minutes: text('1440'),
    out: text(join(tmpdir(), 'edgewg-faults.md')),
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs them, some at once; a case that can't be run counts as a violation. */
async function runAll(chosen: readonly Case[], good: Reference): Promise<Row[]> {
  const deadline = Date.now() + Number(asked.minutes) * 60_000;
  const rows: Row[] = [];
  const queue = [...chosen];
  const work = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    for (let next = queue.shift(); next !== undefined && Date.now() < deadline; next = queue.shift()) {
      if (worker?.connected !== true) worker = fork(new URL('worker.js', import.meta.url));
      const row = await runIn(worker, next, good);
      rows.push(row);
      print(`${row.violations.length === 0 ? 'ok ' : 'BAD'} ${line(row)}`);
    }
    worker?.disconnect();
  };
  await Promise.all(Array.from({ length: Number(asked.jobs) }, work));
  return rows;
}

async function runIn(worker: ChildProcess, one: Case, good: Reference): Promise<Row> {
  const end = new AbortController();
  const { signal } = end;
  worker.send({ one, good });
  const said: { row?: Row; error?: string } = await Promise.race([
    once(worker, 'message', { signal }).then(([message]) => message),
    once(worker, 'exit', { signal }).then(([code]) => ({ error: `the worker ended with ${code}` })),
  ]);
  end.abort();
  const failed = { happened: false, active: '?', saved: '?', log: '', exit: '?', seconds: 0 };
  return said.row ?? { ...one, ...failed, violations: [said.error ?? 'no answer'] };
}

function cutsOf(sent: Sent, seed: number): Case[] {
  const [kind = '', count = ''] = asked.cuts.split(':');
  if (kind === 'none') return [];
  if (kind === 'packets') return packetCuts(sent);
  if (kind === 'random') return randomCuts(Number(count), sent, seed);
  return cuts(Number(kind), sent);
}

function choose(sent: Sent): Case[] {
  const seed = Number(asked.seed);
  const isWanted = ({ step, fault }: Case): boolean => `${step} x ${fault}`.includes(asked.only);
  const [all, bytes] = [
    shuffled(cases.filter(isWanted), seed).filter(one => !isNobodyLeft(one)),
    shuffled(cutsOf(sent, seed).filter(isWanted), seed),
  ];
  if (asked.sample === 'all') return [...all, ...bytes];
  const count = Number(asked.sample);
  return [...all.slice(0, count), ...bytes.slice(0, Math.ceil(count / 5))];
}

const cell = (text: string | number): string => String(text).replaceAll('|', '/').replaceAll('\n', ' ');
const line = (row: Row): string =>
  `| ${[row.step, row.fault, row.happened ? '' : 'not reached', row.active, row.saved, row.log, row.exit, row.seconds.toFixed(1), row.violations.join('; ')].map(cell).join(' | ')} |`;

const good = await reference();
const chosen = choose(good.sent);
const rows = await runAll(chosen, good);
const head =
  '| step | mishap | | active | saved | last word of the switch | exit | seconds | violations |\n|---|---|---|---|---|---|---|---|---|';
writeFileSync(asked.out, `${[head, ...rows.map(line).sort()].join('\n')}\n`);

const counts = new Map<string, number>();
for (const { active, saved, exit } of rows) {
  const what = `active ${active}, saved ${saved}, exit ${exit}`;
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
for (const [what, count] of [...counts].sort()) print(`${String(count).padStart(5)}  ${what}`);
const bad = rows.filter(({ violations }) => violations.length > 0);
const slowest = Math.max(0, ...rows.map(({ seconds }) => seconds));
print(
  `${rows.length} of ${chosen.length} chosen; there are ${cases.length}, and ${good.sent.down.bytes} bytes in ${good.sent.down.packets} packets of the router, ${good.sent.up.bytes} in ${good.sent.up.packets} of the client; seed ${asked.seed}; the table is in ${asked.out}`,
);
print(
  `${rows.filter(({ happened }) => happened).length} reached their step; settled within ${slowest.toFixed(1)} s (the switch has ${confirmWithin} s, and ${marginSeconds} s are allowed on top)`,
);
print(
  `${bad.filter(({ violations }) => violations.some(text => text.startsWith('FALSE GREEN'))).length} false green`,
);
// one that nobody reaches shows nothing: the program's calls are others now than mishaps.ts counts
const unreached = [...new Set(rows.map(({ step }) => step))]
  .map(step => rows.filter(row => row.step === step))
  .filter(all => all.length >= 3 && all.every(({ happened }) => !happened))
  .map(([row]) => row?.step);
if (unreached.length > 0) print(`never reached: ${unreached.join('; ')}`);
print(`  ${rows.length - bad.length} passing\n  ${bad.length + unreached.length} failing`);
process.exitCode = bad.length + unreached.length > 0 || rows.length === 0 ? 1 : 0;
