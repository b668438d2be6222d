// `validate`: the site file by itself.
import { Exit } from '../errors.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { readSite, siteOptions } from './live.ts';

export const command = defineCommand({
  command: 'validate',
  describe: 'check the site file alone; contacts nobody',
  options: siteOptions,
  async run({ file }, io) {
    const { site } = await readSite(file, io);
    if (!io.isQuiet) {
      const { length } = site.tunnels;
      io.stderr.write(`${visible(file)} is valid: ${length} tunnel${length === 1 ? '' : 's'}\n`);
    }
    return Exit.done;
  },
});
