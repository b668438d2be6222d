// `explain CODE`: the explanation of a finding.

import { explanations } from '../checks/explain.ts';
import { Exit, Refused } from '../errors.ts';
import { renderExplanation } from '../report/explanation.ts';
import { visible } from '../report/visible.ts';
import { widest } from '../report/wrap.ts';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  command: 'explain [code]',
  describe: 'explain a finding; without a code, list them all',
  positionals: { code: { type: 'string', describe: 'as a plan shows it: EW002' } },
  options: {},
  examples: [
    ['edgewg explain EW030', 'why it is found, and what to do'],
    ['edgewg explain', 'all codes with their titles'],
  ],
  async run({ code }, io) {
    const { paint } = io.stdout;
    if (code === undefined) {
      for (const [known, explanation] of Object.entries(explanations))
        io.stdout.write(`${paint.bold(known)}  ${explanation.title}\n`);
      return Exit.done;
    }
    const wanted = code.toUpperCase();
    const explanation = Object.hasOwn(explanations, wanted) ? explanations[wanted] : undefined;
    if (explanation === undefined) {
      const { closest } = await import('../site/closest.ts');
      const close = closest(code, Object.keys(explanations));
      const hint = close === undefined ? 'edgewg explain lists them' : `did you mean ${close}?`;
      throw new Refused('unknown-code', `there is no finding ${visible(code)}`, hint);
    }
    io.stdout.write(renderExplanation(wanted, explanation, paint, Math.min(io.stdout.columns, widest)));
    return Exit.done;
  },
});
