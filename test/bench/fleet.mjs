// What a plan of many routers costs in one process: 1, 10 and 50 site files, whose routers are one lab router with as many sessions, so
// that the figures are the client's. `npm run bench:fleet` prints them and never fails for being slow.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from './clients.mjs';
import { measure } from './process.mjs';
import { known, openRouter } from './router.mjs';
import { siteFile } from './sites.mjs';

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
    const { exit, wall, cpu, memory, stdout, stderr } = await measure(command, { env, cwd: router.home });
    const plans = stdout.match(/^Plan: /gm)?.length ?? 0;
    if (exit !== 0 || plans !== count) throw new Error(`exit ${exit}, ${plans} plans of ${count}\n${stderr}`);
    console.log(
      `${count} routers at once: ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${memory.toFixed(0)} MiB`,
    );
  }
  await router.stop();
} finally {
  await router.close();
}
