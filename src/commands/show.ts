// `show PLAN`: a saved plan as it looked when it was made. Contacts nobody.
import { Exit } from '../errors.ts';
import { allowOptions, readAllowed } from './allow.ts';
import { defineCommand } from './command.ts';
import { checkOutput, outputOptions, showPlan } from './output.ts';

export const command = defineCommand({
  command: 'show <plan>',
  describe: 'render a saved plan',
  positionals: {
    plan: { type: 'string', demandOption: true, describe: 'what `plan --out` wrote; - for standard input' },
  },
  options: { ...outputOptions, ...allowOptions },
  examples: [
    ['edgewg show plan.json --format commands', 'only the commands'],
    ['edgewg show plan.json --format markdown > comment.md', 'for a comment on a pull request'],
    ['edgewg show plan.json --format sarif > edgewg.sarif', 'for code scanning'],
  ],
  async run(args, io) {
    checkOutput(args);
    const { readPlanFile, runningOf } = await import('./plan-file.ts');
    const file = await readPlanFile(args.plan, io);
    await showPlan(file.plan, args, io, {
      allowed: readAllowed(args.allow),
      file: args.plan,
      ...runningOf(file),
      ...(file.origin && { origin: file.origin }),
    });
    return Exit.done;
  },
});
