// How long `edgewg plan --running` takes as a whole process, and how that grows: configurations of 1,000, 10,000 and 100,000
// lines with 20, 200 and 900 tunnels in the site file; and what the checks cost of it. `npm run bench:plan`; prints times,
// never fails for being slow. `npm run bench:plan -- checks` prints what the checks cost alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { running, site } from './big.mjs';
import { costOfChecks } from './cost.mjs';

const bin = fileURLToPath(new URL('../../bin/edgewg.js', import.meta.url));
function median(run, times) {
  const taken = [];
  for (let i = 0; i < times; i++) {
    const begun = performance.now();
    run();
    taken.push(performance.now() - begun);
  }
  return taken.sort((a, b) => a - b)[times >> 1];
}

const folder = mkdtempSync(join(tmpdir(), 'edgewg-bench-'));
try {
  costOfChecks(folder);
  const formats = process.argv[2] === 'checks' ? [] : ['text', 'json'];
  const start = median(() => spawnSync(process.execPath, ['-e', '0']), 5);
  console.log(`node -e 0: ${start.toFixed(0)} ms`);
  for (const format of formats) {
    let before;
    for (const [lines, tunnels] of [
      [1000, 20],
      [10_000, 200],
      [100_000, 900],
    ]) {
      const files = { running: join(folder, `${lines}.commands`), site: join(folder, `${lines}.yaml`) };
      writeFileSync(files.running, running(lines, tunnels));
      writeFileSync(files.site, site(tunnels));
      const args = [bin, 'plan', '-f', files.site, '--running', files.running, '--format', format];
      let last;
      const taken = median(
        () => {
          last = spawnSync(process.execPath, args, { maxBuffer: 1 << 30 });
        },
        lines > 50_000 ? 3 : 5,
      );
      if (last.status !== 0)
        throw new Error(`exit ${last.status}\n${last.stderr}\n${last.stdout.toString().slice(-2000)}`);
      const ratio =
        before === undefined ? '' : `, ${(taken / before).toFixed(1)} times the time of a tenth of the lines`;
      console.log(`${format}: ${lines} lines, ${tunnels} tunnels: ${taken.toFixed(0)} ms${ratio}`);
      before = taken;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
