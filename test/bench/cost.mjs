// What all checks together add to a plan of 10,000 lines and 200 tunnels: processes that make and render that plan, and tell how much of
// their CPU time the checks took, their loading included. CPU time of one process, since the wall's says more about the machine's other work.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { running, site } from './big.mjs';
import { median } from './process.mjs';

const here = fileURLToPath(import.meta.url);
const times = 5;

/** Prints both and the ratio. */
export function costOfChecks(folder) {
  const files = { running: join(folder, 'cost.commands'), site: join(folder, 'cost.yaml') };
  writeFileSync(files.running, running(10_000, 200));
  writeFileSync(files.site, site(200));
  const taken = Array.from({ length: times }, () => once(files));
  const ratio = median(taken.map(({ checks, rest }) => checks / rest));
  const [checks, rest] = ['checks', 'rest'].map(what => median(taken.map(one => one[what])));
  console.log(
    `checks: ${checks.toFixed(0)} ms of CPU on top of ${rest.toFixed(0)} ms, 10000 lines, 200 tunnels: ${(ratio * 100).toFixed(1)} %`,
  );
}

function once(files) {
  const words = [here, files.site, files.running];
  const child = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 300_000 });
  if (child.status !== 0) throw new Error(child.stderr || 'the checks were not done within 300 s');
  return JSON.parse(child.stdout);
}

const used = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** The way of `edgewg plan --running`, without the command line around it. */
async function plan(siteFile, runningFile) {
  const { loadSite } = await import('../../dist/src/site/load.js');
  const { readConfiguration } = await import('../../dist/src/vyatta/running.js');
  const { redact } = await import('../../dist/src/vyatta/redact.js');
  const { makePlan } = await import('../../dist/src/plan/make.js');
  const { renderJson } = await import('../../dist/src/report/json.js');
  let checking = -used();
  const { checks } = await import('../../dist/src/checks/all.js');
  checking += used();
  const timed = checks.map(check => ({
    ...check,
    find(input) {
      checking -= used();
      const found = check.find(input);
      checking += used();
      return found;
    },
  }));
  const { site: loaded, place } = loadSite(readFileSync(siteFile), siteFile);
  const tree = redact(readConfiguration(readFileSync(runningFile), runningFile));
  const made = makePlan({ site: loaded, placeOf: at => place(at), running: tree }, timed);
  if (made.commits.length === 0) throw new Error('an empty plan');
  renderJson(made);
  return { checks: checking, rest: used() - checking };
}

if (process.argv[1] === here) console.log(JSON.stringify(await plan(...process.argv.slice(2))));
