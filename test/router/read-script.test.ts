// Where the script of a reading has its words from. Where nothing is an EdgeOS it says so, and ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readScript } from '../../src/router/scripts.ts';

const nonce = '0'.repeat(32);

describe('the script of a reading', () => {
  const read = async (words: readonly string[], input: string | undefined) => {
    const child = spawn('bash', ['-c', readScript(), 'edgewg', ...words]);
    // with arguments it may be gone before it reads any
    child.stdin.on('error', () => undefined);
    if (input !== undefined) child.stdin.end(input);
    const [stdout, [exit]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    child.stdin.destroy();
    return { stdout, exit };
  };
  const foreign = { stdout: `${nonce} foreign 1 -\n`, exit: 0 };

  it('waits for no input where it has arguments', async () =>
    assert.deepEqual(await read([nonce, 'saved', '/config/auth/wg0.key'], undefined), foreign));

  it('takes a line of input where it has none, as under a forced command', async () =>
    assert.deepEqual(await read([], `${nonce} saved\n`), foreign));

  it('takes nothing else for its words, from wherever', async () => {
    for (const words of ['', `x${nonce}`, `${nonce} $(id)`, `${nonce} 'a'`]) {
      assert.deepEqual(await read([], `${words}\n`), { stdout: '', exit: 64 });
      if (words !== '') assert.deepEqual(await read(words.split(' '), ''), { stdout: '', exit: 64 });
    }
  });
});
