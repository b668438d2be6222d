// The recorded scenarios, and a way to run one in a box and compare.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { ScenarioBox } from './shell-box.ts';

export interface Step {
  readonly run: string;
  readonly stdout: string;
  readonly exit: number;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

const folder = 'fixtures/transcripts';

/** What the router ran when each scenario began. */
export const boot = readFileSync(`${folder}/base.boot`, 'utf8');

export const scenarios = readdirSync(`${folder}/exec`)
  .filter(file => file.endsWith('.json'))
  .map(file => JSON.parse(readFileSync(`${folder}/exec/${file}`, 'utf8')) as Scenario);

/** Scenario and number of a step → why it differs. */
const differences = JSON.parse(readFileSync(`${folder}/differences.json`, 'utf8')) as Record<string, string>;

/** The step that waits 0.7 s for another program to have taken the lock waits, on a busy machine, until it has. */
const patient = (run: string): string =>
  run
    .replace('lockf(f,fcntl.LOCK_EX);', 'lockf(f,fcntl.LOCK_EX); open("/tmp/held","w");')
    .replace(/ & sleep 0\.7$/, ' & until [ -e /tmp/held ]; do sleep 0.1; done');

/** Gives how many steps came out as recorded. Fails on one that doesn't and isn't listed. */
export async function replay({ name, steps }: Scenario, box: ScenarioBox): Promise<number> {
  const ran = await box.run(steps.map(step => patient(step.run)));
  let same = 0;
  steps.forEach(({ run, stdout, exit }, i) => {
    const got = ran.steps[i];
    const id = `${name} ${i}`;
    if (got?.stdout === stdout && got.exit === exit) {
      same++;
      assert.ok(!(id in differences), `${id} is listed as different, but is the same`);
    } else if (!(id in differences)) {
      assert.deepEqual(got, { stdout, exit }, `step ${i}: ${run}`);
    }
  });
  return same;
}
