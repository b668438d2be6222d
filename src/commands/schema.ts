// `schema`: the JSON Schema of the site file, for editors.
import { Exit } from '../errors.ts';
import { defineCommand } from './command.ts';

export const command = defineCommand({
  command: 'schema',
  describe: 'print the JSON Schema of the site file, for editors',
  options: {},
  examples: [
    ['edgewg schema > edgewg.schema.json', 'then: # yaml-language-server: $schema=./edgewg.schema.json'],
  ],
  async run(_args, io) {
    const { siteJsonSchemaText } = await import('../site/json-schema.ts');
    io.stdout.write(siteJsonSchemaText());
    return Exit.done;
  },
});
