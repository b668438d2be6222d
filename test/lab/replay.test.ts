// Replays every recorded scenario against the lab: each step's output and exit code must be what the running EdgeOS
// configuration system gave, but for the steps listed in fixtures/transcripts/differences.json.
import { boot, replay, scenarios } from './scenarios.ts';
import { ShellBox } from './shell-box.ts';

describe('the lab replays the recordings', () => {
  let same = 0;
  let total = 0;

  for (const scenario of scenarios)
    it(scenario.name, async () => {
      const box = await ShellBox.start({ boot });
      try {
        const here = await replay(scenario, box);
        process.stdout.write(`      ${scenario.name}: ${here} of ${scenario.steps.length}\n`);
        same += here;
        total += scenario.steps.length;
      } finally {
        await box.close();
      }
    });

  after(() => {
    process.stdout.write(`      all scenarios: ${same} of ${total}\n`);
  });
});
