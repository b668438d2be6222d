// `explain CODE`: the long story of a finding.

import { stories } from '../checks/explain.ts';
import { Exit, Refused } from '../errors.ts';
import { renderStory } from '../report/story.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  command: 'explain [code]',
  describe: 'tell the long story of a finding; without a code, list them all',
  positionals: { code: { type: 'string', describe: 'as a plan shows it: EW002' } },
  options: {},
  examples: [
    ['edgewg explain EW030', 'why it is found, and what to do'],
    ['edgewg explain', 'all codes with their titles'],
  ],
  async run({ code }, io) {
    const { paint } = io.stdout;
    if (code === undefined) {
      for (const [known, story] of Object.entries(stories))
        io.stdout.write(`${paint.bold(known)}  ${story.title}\n`);
      return Exit.done;
    }
    const wanted = code.toUpperCase();
    const story = Object.hasOwn(stories, wanted) ? stories[wanted] : undefined;
    if (story === undefined) {
      const { closest } = await import('../site/schema/keys.ts');
      const close = closest(code, Object.keys(stories));
      const hint = close === undefined ? 'edgewg explain lists them' : `did you mean ${close}?`;
      throw new Refused('unknown-code', `there is no finding ${visible(code)}`, hint);
    }
    io.stdout.write(renderStory(wanted, story, paint));
    return Exit.done;
  },
});
