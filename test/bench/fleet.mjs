// What a plan of many routers costs in one process: 1, 10 and 50 site files, whose routers are one lab router with as many sessions, so
// that the figures are the client's. `npm run bench:fleet` prints them and never fails for being slow.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bin } from './clients.mjs';
import { tellGoals } from './goals.mjs';
import { measure, median } from './process.mjs';
import { known, openRouter } from './router.mjs';
import { siteFile } from './sites.mjs';

const { values: options } = parseArgs({ options: { figures: { type: 'string' } } });
const most = 50;
const tunnels = 2;
const keyFiles = Array.from({ length: tunnels }, (_, i) => `/config/auth/wg${100 + i}.key`);
const router = await openRouter({ profile: 'recorded', keyFiles });
try {
  const { address, hostKey } = await router.start();
  const way = { ...address, home: router.home };
  known(way, hostKey);
  const folder = join(router.home, 'sites');
  mkdirSync(folder);
  const names = Array.from({ length: most }, (_, i) => join(folder, `router${i}.yaml`));
  for (const name of names) writeFileSync(name, siteFile(tunnels, way));
  const env = { PATH: process.env.PATH, HOME: router.home, NO_COLOR: '1', EDGEWG_HOST_KEY: hostKey };
  for (const count of [1, 10, most]) {
    const command = [process.execPath, bin, 'plan', ...names.slice(0, count), '--jobs', String(count)];
    const runs = [];
    for (let round = 0; round < 3; round++) {
      const run = await measure(command, { env, cwd: router.home });
      const plans = run.stdout.match(/^Plan: /gm)?.length ?? 0;
      if (run.exit !== 0 || plans !== count)
        throw new Error(`exit ${run.exit}, ${plans} plans of ${count}\n${run.stderr}`);
      runs.push(run);
    }
    const of = figure => median(runs.map(run => run[figure]));
    console.log(
      `${count} routers at once: ${of('wall').toFixed(2)} s, CPU ${of('cpu').toFixed(2)} s, ${of('memory').toFixed(0)} MiB`,
    );
    if (count === most) tellGoals({ 'CPU of 50 routers planned at once, s': of('cpu') }, options.figures);
  }
  await router.stop();
} finally {
  await router.close();
}
