// `show PLAN`: a saved plan as it looked when it was made. Contacts nobody.
import { Exit } from '../errors.ts';
import { parsePlan } from '../plan/saved.ts';
import { defineCommand } from './command.ts';
import { checkOutput, outputOptions, showPlan } from './output.ts';

/** A plan for a hundred tunnels has about 2 MB. */
const mostBytes = 64 * 1024 * 1024;

export const command = defineCommand({
  command: 'show <plan>',
  describe: 'render a saved plan',
  positionals: {
    plan: { type: 'string', demandOption: true, describe: 'what `plan --out` wrote; - for standard input' },
  },
  options: outputOptions,
  examples: [['edgewg show plan.json --format commands', 'only the commands']],
  async run(args, io) {
    checkOutput(args);
    const text = (await io.readFile(args.plan, mostBytes)).toString('utf8');
    await showPlan(parsePlan(text, args.plan), args, io, { allowed: new Map() });
    return Exit.done;
  },
});
