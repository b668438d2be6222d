// What a command need not wait for: a channel that was opened before it came, and the other end's goodbye.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mock } from 'node:test';
import type { ServerChannel } from 'ssh2';
import { type Connection, resolveTarget } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { type ServerOptions, startServer, type TestServer } from '../support/ssh-server.ts';

const limits = { timeoutMs: 5000 };

function end(channel: ServerChannel): void {
  channel.resume();
  channel.exit(0);
  channel.end();
}

describe('channels opened ahead', () => {
  let server: TestServer;
  let access: TestAccess;
  let connection: Connection;

  const begin = async (commands: number | undefined, options: ServerOptions = {}) => {
    server = await startServer({
      answer: channel => end(channel),
      ...options,
    });
    access = testAccess({ env: { EDGEWG_HOST_KEY: server.hostKey } });
    const target = { host: '127.0.0.1', port: server.port, user: 'ubnt', legacyAlgorithms: [] };
    connection = await (await resolveTarget(target, access)).dial(undefined, commands);
  };
  afterEach(async () => {
    await connection.close();
    await server.stop();
    access.remove();
  });
  const run = async () => assert.equal((await connection.exec('true', limits)).exit, 0);

  it('are those of the first commands, which open no others', async () => {
    await begin(2);
    const opened: number[] = [];
    for (let i = 0; i < 3; i++) {
      await run();
      opened.push(server.channels.length);
    }
    assert.deepEqual(opened, [2, 2, 3]);
  });

  it('are none where nobody says how many commands will come', async () => {
    await begin(undefined);
    await run();
    await run();
    assert.equal(server.channels.length, 2);
  });

  it('serve commands side by side, each its own', async () => {
    await begin(2);
    await Promise.all([run(), run(), run()]);
    assert.equal(server.channels.length, 3);
  });

  it('are not missed where the server opens one at a time', async () => {
    await begin(3, { mostChannels: 1 });
    await run();
    assert.deepEqual(server.channels, ['opened', 'refused', 'refused']);
    await run();
    await run();
    assert.equal(server.channels.filter(said => said === 'opened').length, 3);
  });

  it('are not in the way of commands at the same time, as many as the server lets run', async () => {
    let waiting: (() => void) | undefined;
    await begin(2, {
      mostChannels: 2,
      answer: (channel, command) => {
        if (command !== 'wait') return end(channel);
        waiting = () => end(channel);
      },
    });
    const first = connection.exec('wait', limits);
    await run();
    await run();
    waiting?.();
    assert.equal((await first).exit, 0);
    assert.deepEqual(server.channels.slice(0, 2), ['opened', 'opened']);
  });

  it('are opened anew where the server has closed them meanwhile', async () => {
    await begin(2);
    await run();
    const [client] = server.clients;
    // the second of the client's channels
    (client as unknown as { _protocol: { channelClose(id: number): void } })._protocol.channelClose(1);
    // the client answers this after it has heard of the other
    await new Promise<void>(resolve => client?.rekey(resolve));
    await run();
    await run();
    assert.equal(server.channels.length, 4);
  });

  it('end with the connection, which says goodbye and does not wait for an answer', async () => {
    await begin(2);
    await run();
    const [socket] = server.sockets;
    const [client] = server.clients;
    socket?.pause();
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      await connection.close();
    } finally {
      mock.timers.reset();
    }
    const ended = once(client as NodeJS.EventEmitter, 'close');
    socket?.resume();
    await ended;
    await assert.rejects(connection.exec('true', limits), { code: 'connection-lost' });
  });
});
