// `extend ID --by TIME`: gives whoever decides about an apply that is held more time.
import { Exit, Refused } from '../errors.ts';
import { longestHold, printDuration, readDuration, timeAfter } from '../report/duration.ts';
import { defineCommand } from './command.ts';
import { decidingOptions, heldPositional, onHeld, tellDecided } from './decide.ts';

export const command = defineCommand({
  command: 'extend [id]',
  describe: 'give an apply that is held more time before the router undoes it',
  positionals: heldPositional,
  options: {
    ...decidingOptions,
    by: {
      type: 'string',
      default: '30m',
      describe: 'how much longer it is to wait, such as 30m or 2h; at most 24 h from its commit',
      requiresArg: true,
    },
  },
  examples: [
    ['edgewg extend 20', 'half an hour more'],
    ['edgewg extend 20 --by 2h', 'two hours more'],
  ],
  async run(args, io) {
    const seconds = readDuration('by', args.by, { least: 1, most: longestHold });
    const { extendHeld } = await import('../router/deciding.ts');
    return await onHeld(args, io, async (input, router) => {
      const { id, until, most } = input.held;
      const { uptime } = input.reading.facts;
      if (until + seconds > most)
        throw new Refused(
          'beyond-the-longest',
          `apply ${id} may wait until ${timeAfter(new Date(), most - uptime)} at most, ${printDuration(longestHold)} from its commit`,
          `give it no more than --by ${Math.max(0, most - until)}s, or confirm or undo it`,
        );
      const left = await extendHeld(input, until + seconds);
      const end = timeAfter(new Date(), left);
      tellDecided(
        io,
        args.format,
        { id, router, result: 'extended', until: end, seconds: left },
        `Extended: the router undoes apply ${id} at ${end}, in ${printDuration(left)}, unless it is confirmed.\n`,
      );
      return Exit.done;
    });
  },
});
