// A client that dies between opening a channel and its command. By the program as it is shipped, whose bundle has other names than its source.
import assert from 'node:assert/strict';
import type { Client } from 'ssh2';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { connect, exec } from '../support/ssh.ts';

/** Asks for a session by ssh2's own protocol, without anything behind it. */
interface Inside {
  _protocol: { session(channel: number, window: number, packet: number): void };
}

describe('a channel without a command', () => {
  let lab: LabProcess;
  before(async () => {
    lab = await startLabProcess();
  });
  after(() => lab?.stop());

  it('ends with its client, and the lab goes on', async () => {
    const first: Client = await connect(lab, { password: lab.password });
    (first as unknown as Inside)._protocol.session(7, 1 << 20, 1 << 15);
    // answered behind the session, so that there is one
    await exec(first, 'true');
    first.destroy();
    const second = await connect(lab, { password: lab.password });
    assert.equal((await exec(second, 'echo alive')).stdout, 'alive\n');
    second.end();
    assert.equal(lab.child.exitCode, null);
  });
});
