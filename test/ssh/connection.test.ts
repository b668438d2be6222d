import assert from 'node:assert/strict';
import { EdgewgError } from '../../src/errors.ts';
import { type Connection, connect, type ExecOptions } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { type Answer, startServer, type TestServer } from '../support/ssh-server.ts';

const limits: ExecOptions = { timeoutMs: 5000 };

/** The code of the error that a promise ends with. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof EdgewgError) return error.code;
    throw error;
  }
  return 'none';
}

describe('a connection', () => {
  let answer: Answer;
  let server: TestServer;
  let access: TestAccess;
  let connection: Connection;

  beforeEach(async () => {
    server = await startServer({ answer: (channel, command) => answer(channel, command) });
    access = testAccess({ env: { EDGEWG_HOST_KEY: server.hostKey } });
    connection = await connect(
      { host: '127.0.0.1', port: server.port, user: 'ubnt', legacyAlgorithms: [] },
      access,
    );
  });

  afterEach(async () => {
    await connection.close();
    await server.stop();
    access.remove();
  });

  it('gives what a command printed, and its exit code', async () => {
    answer = (channel, command) => {
      channel.write(command.toUpperCase());
      channel.stderr.write('note');
      channel.exit(3);
      channel.end();
    };
    const result = await connection.exec('show', limits);
    assert.deepEqual(result, {
      stdout: Buffer.from('SHOW'),
      stderr: Buffer.from('note'),
      exit: 3,
      signal: undefined,
    });
  });

  it('hands the input to stdin and closes it', async () => {
    answer = channel => {
      channel.pipe(channel.stdout, { end: false });
      channel.on('end', () => {
        channel.exit(0);
        channel.end();
      });
    };
    const input = Buffer.alloc(3_000_000, 'x');
    const { stdout, exit } = await connection.exec('cat', { ...limits, input });
    assert.ok(stdout.equals(input));
    assert.equal(exit, 0);
  });

  it('tells a missing exit status from 0', async () => {
    answer = channel => {
      channel.write('half');
      channel.close();
    };
    const { stdout, exit } = await connection.exec('x', limits);
    assert.equal(stdout.toString(), 'half');
    assert.equal(exit, undefined);
  });

  it('tells the signal that ended a command', async () => {
    answer = channel => {
      channel.exit('KILL');
      channel.end();
    };
    const { exit, signal } = await connection.exec('x', limits);
    assert.deepEqual([exit, signal], [undefined, 'SIGKILL']);
  });

  it('tells a dead connection from a failed command', async () => {
    answer = channel => {
      channel.exit(0);
      for (const socket of server.sockets) socket.resetAndDestroy();
    };
    assert.equal(await codeOf(connection.exec('x', limits)), 'connection-lost');
    assert.equal(await codeOf(connection.exec('y', limits)), 'connection-lost');
  });

  it('waits no longer than it may', async () => {
    answer = () => {};
    assert.equal(await codeOf(connection.exec('x', { timeoutMs: 50 })), 'exec-timeout');
    answer = channel => {
      channel.exit(0);
      channel.end();
    };
    assert.equal((await connection.exec('still usable', limits)).exit, 0);
  });

  it('takes no more than it may', async () => {
    answer = channel => {
      const more = () => channel.writable && channel.write(Buffer.alloc(30_000), more);
      more();
    };
    assert.equal(await codeOf(connection.exec('yes', { ...limits, maxBytes: 1_000_000 })), 'output-too-long');
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    answer = () => abort.abort(new EdgewgError('interrupted', 130, 'interrupted'));
    assert.equal(await codeOf(connection.exec('x', { ...limits, signal: abort.signal })), 'interrupted');
  });

  it('shows output as it comes', async () => {
    const seen: string[] = [];
    answer = channel => {
      channel.write('record 1\n');
      channel.on('end', () => {});
    };
    const running = connection.exec('x', {
      ...limits,
      onStdout: chunk => {
        seen.push(chunk.toString());
        for (const socket of server.sockets) socket.destroy();
      },
    });
    assert.equal(await codeOf(running), 'connection-lost');
    assert.deepEqual(seen, ['record 1\n']);
  });
});
