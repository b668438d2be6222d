// `undo ID`: the other word for an apply that is held: the router puts back what was there before.
import { Exit } from '../errors.ts';
import { visible } from '../report/visible.ts';
import { defineCommand } from './command.ts';
import { decidingOptions, heldPositional, onHeld, tellDecided } from './decide.ts';

export const command = defineCommand({
  command: 'undo [id]',
  describe: 'put back an apply that is held, before its time is up',
  positionals: heldPositional,
  options: decidingOptions,
  examples: [
    ['edgewg undo', 'which apply waits for a word, by whom and until when'],
    ['edgewg undo 20', 'the beginning of its id is enough'],
  ],
  async run(args, io) {
    const { undoHeld } = await import('../router/deciding.ts');
    return await onHeld(args, io, async (input, router) => {
      const { id } = input.held;
      const { asBefore, others, hasRestarted } = await undoHeld(input);
      const by = others.map(line => `\n  committed meanwhile: ${visible(line)}`).join('');
      const state = asBefore
        ? 'running and saved configuration are as before'
        : `the router compared what the apply had changed; other things are not as before${by}`;
      const how = hasRestarted ? ', the router having restarted meanwhile' : '';
      tellDecided(
        io,
        args.format,
        { id, router, result: 'undone' },
        `Undone: apply ${id}${how}; ${state}.\n`,
      );
      return Exit.done;
    });
  },
});
