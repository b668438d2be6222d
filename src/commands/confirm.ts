// `confirm ID`: the person's word for an apply that is held: proves it again, from wherever this runs, and saves it.
import { Exit } from '../errors.ts';
import { defineCommand } from './command.ts';
import { decidingOptions, heldPositional, onHeld, tellDecided } from './decide.ts';
import { proofOptions } from './proofs.ts';

export const command = defineCommand({
  command: 'confirm [id]',
  describe: 'save an apply that is held: prove it again from this machine, then save',
  positionals: heldPositional,
  options: {
    ...decidingOptions,
    'skip-proofs': {
      type: 'boolean',
      describe:
        "save without asking again for what the site file's `proof`, or a flag of the apply, asked for",
    },
    'run-commands': proofOptions['run-commands'],
  },
  examples: [
    ['edgewg confirm', 'which apply waits for a word, by whom and until when'],
    ['edgewg confirm 20', 'the beginning of its id is enough'],
    ['edgewg confirm 20 --router ubnt@192.168.2.1', 'without a site file: what was proven must still run'],
  ],
  async run(args, io) {
    const { confirmHeld } = await import('../router/deciding.ts');
    return await onHeld(args, io, async (input, router, loaded) => {
      const { id } = input.held;
      const { proofsAgain } = await import('./proofs-again.ts');
      const moreProbes = await proofsAgain(input, loaded, args, io);
      const { hasRecord } = await confirmHeld({ ...input, ...(moreProbes && { moreProbes }) });
      io.noteSaved?.();
      const undo = hasRecord ? ` Undo it with: edgewg rollback ${id}` : '';
      tellDecided(
        io,
        args.format,
        { id, router, result: 'saved' },
        `Confirmed: apply ${id} is saved.${undo}\n`,
      );
      return Exit.done;
    });
  },
});
