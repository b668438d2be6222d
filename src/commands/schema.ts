// `schema`: the JSON Schemas of the site file, for editors, and of the plan, for programs.
import { Exit } from '../errors.ts';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  command: 'schema',
  describe: 'print the JSON Schema of the site file, for editors, or of the plan',
  options: {
    plan: { type: 'boolean', describe: 'the schema of what `plan --format json` and `plan --out` write' },
  },
  examples: [
    ['edgewg schema > edgewg.schema.json', 'then: # yaml-language-server: $schema=./edgewg.schema.json'],
    ['edgewg schema --plan > edgewg-plan.schema.json', 'for a program that reads plans'],
  ],
  async run(args, io) {
    if (args.plan === true) {
      const { planJsonSchemaText } = await import('../plan/json-schema.ts');
      io.stdout.write(planJsonSchemaText());
    } else {
      const { siteJsonSchemaText } = await import('../site/json-schema.ts');
      io.stdout.write(siteJsonSchemaText());
    }
    return Exit.done;
  },
});
