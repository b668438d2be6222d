// `ssh-command`: the line of authorized_keys for a key that can plan and do nothing else.
import { Exit } from '../errors.ts';
import { defineCommand } from './command.ts';

/** Longer than any key. */
const mostBytes = 16 * 1024;

export const command = defineCommand({
  command: 'ssh-command',
  describe: 'print the authorized_keys line of a key that can plan, and nothing else',
  options: {
    'public-key': {
      type: 'string',
      describe: 'the .pub file of that key; without it the line has a place for it',
    },
  },
  examples: [
    ['edgewg ssh-command --public-key ci.pub', 'to be added to ~/.ssh/authorized_keys on the router'],
  ],
  async run(args, io) {
    const { authorizedKeysLine, parsePublicKey, readScriptDigest } = await import('../router/ssh-command.ts');
    const file = args['public-key'];
    const key =
      file === undefined ? 'TYPE KEY' : parsePublicKey((await io.readFile(file, mostBytes)).toString(), file);
    io.stdout.write(`# edgewg's read script, SHA-256 ${readScriptDigest()}\n${authorizedKeysLine(key)}\n`);
    return Exit.done;
  },
});
