// What the lab answers beside the recordings: one folder of dialogues, each a list of `$ command` lines with what follows
// them. They were written from the router's published sources; where a recording shows the same it is in
// fixtures/transcripts.
import { readdirSync, readFileSync } from 'node:fs';
import { assertGolden } from '../support/golden.ts';
import { boot } from './scenarios.ts';
import { ShellBox } from './shell-box.ts';

const folder = new URL('../../../fixtures/lab/', import.meta.url);

describe('dialogues with the lab', () => {
  for (const name of readdirSync(folder))
    it(name, async () => {
      const file = new URL(name, folder);
      const commands = readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line.startsWith('$ '));
      const box = await ShellBox.start({ boot });
      try {
        const { steps } = await box.run(commands.map(line => line.slice(2)));
        assertGolden(steps.map(({ stdout }, i) => `${commands[i]}\n${stdout}`).join(''), file);
      } finally {
        await box.close();
      }
    });
});
