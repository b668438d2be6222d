// `validate`: the site file by itself.
import { Exit } from '../errors.ts';
import { plural } from '../plural.ts';
import { visible } from '../report/visible.ts';
import { isAnnotationFormat, withAnnotatedMistakes, writeAnnotations } from './annotate.ts';
import { defineCommand } from './command.ts';
import { fleetOptions, sitesPositional } from './fleet.ts';
import { calledName, readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'validate [sites..]',
  describe: 'check the site file alone; contacts nobody',
  positionals: sitesPositional,
  fleet: { stopsOnFailure: false, jobs: 4, onlyAlone: [] },
  options: {
    ...siteOptions,
    ...fleetOptions,
    format: {
      choices: ['text', 'sarif', 'github'],
      default: 'text',
      describe: 'text for people; sarif and github show mistakes at their lines',
      requiresArg: true,
    },
  },
  examples: [
    ['edgewg validate', 'all that is wrong, and where; exits with 3 then'],
    ['edgewg validate sites/*.yaml', 'several of them'],
    ['edgewg validate --format github', 'in a job of GitHub Actions: mistakes at their lines'],
  ],
  async run({ file, format }, io) {
    const { site } = await withAnnotatedMistakes(format, io, readSite(file, io));
    if (isAnnotationFormat(format)) await writeAnnotations([], format, io);
    if (!io.isQuiet) {
      io.stderr.write(`${visible(calledName(file))} is valid: ${plural(site.tunnels.length, 'tunnel')}\n`);
    }
    return Exit.done;
  },
});
