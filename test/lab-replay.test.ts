// Replays every recorded scenario against the lab: each step's output and exit code must be what the running EdgeOS
// configuration system gave, but for the steps listed in fixtures/transcripts/differences.json.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type ScenarioBox, ShellBox } from './support/shell-box.ts';

interface Step {
  readonly run: string;
  readonly stdout: string;
  readonly exit: number;
}

const folder = 'fixtures/transcripts';
const boot = readFileSync(`${folder}/base.boot`, 'utf8');
const scenarios = readdirSync(`${folder}/exec`)
  .filter(file => file.endsWith('.json'))
  .map(file => JSON.parse(readFileSync(`${folder}/exec/${file}`, 'utf8')) as { name: string; steps: Step[] });

/** Scenario and number of a step → why it differs. */
const differences = JSON.parse(readFileSync(`${folder}/differences.json`, 'utf8')) as Record<string, string>;

describe('the lab replays the recordings', () => {
  let same = 0;
  let total = 0;

  for (const { name, steps } of scenarios)
    it(name, async () => {
      const box: ScenarioBox = await ShellBox.start({ boot });
      try {
        const ran = await box.run(steps.map(step => step.run));
        let here = 0;
        steps.forEach((step, i) => {
          const got = ran.steps[i];
          const isSame = got?.stdout === step.stdout && got.exit === step.exit;
          const id = `${name} ${i}`;
          total++;
          if (isSame) {
            here++;
            same++;
            assert.ok(!(id in differences), `${id} is listed as different, but is the same`);
          } else if (!(id in differences)) {
            assert.deepEqual(got, { stdout: step.stdout, exit: step.exit }, `step ${i}: ${step.run}`);
          }
        });
        process.stdout.write(`      ${name}: ${here} of ${steps.length}\n`);
      } finally {
        await box.close();
      }
    });

  after(() => {
    process.stdout.write(`      all scenarios: ${same} of ${total}\n`);
  });
});
