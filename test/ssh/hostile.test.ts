// Servers that want to hang, exhaust or fool whoever dials them: each ends in its own words, in time and memory that are bounded.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type ssh2 from 'ssh2';
import { ByteSink } from '../../src/ssh/byte-sink.ts';
import { connect } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import { startRaw } from '../support/raw-server.ts';
import { hostKey, startServer } from '../support/ssh-server.ts';

describe('a hostile server', () => {
  let access: TestAccess;

  beforeEach(() => {
    access = testAccess({ env: { EDGEWG_HOST_KEY: hostKey.public, EDGEWG_PASSWORD: 'canary-password' } });
    access.write('.ssh/config', 'ConnectTimeout 1\n');
  });
  afterEach(() => access.remove());

  /** What becomes of a dial to a server that treats its sockets so. */
  async function met(onSocket: (socket: Socket) => void): Promise<string> {
    const server = await startRaw(onSocket);
    const { code } = await comeIn(at(server.port), access);
    await server.stop();
    return code;
  }

  it('that says nothing', async () => assert.equal(await met(() => {}), 'connect-timeout'));
  it('that hangs up', async () => assert.equal(await met(socket => socket.end()), 'closed-early'));
  it('that resets', async () => assert.equal(await met(socket => socket.resetAndDestroy()), 'closed-early'));
  it('that speaks something else', async () => {
    assert.equal(await met(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'closed-early');
    assert.equal(await met(socket => socket.end('SSH-1.5-old\r\n')), 'not-ssh');
  });

  it('that sends lines without end', async () => {
    assert.equal(await met(socket => pour(socket, Buffer.from('hello\r\n'.repeat(1000)))), 'not-ssh');
  });

  it('that sends one line without end', async () => {
    assert.equal(await met(socket => pour(socket, Buffer.alloc(10_000, 'x'))), 'not-ssh');
  });

  it('that drips', async () => {
    let drip: NodeJS.Timeout | undefined;
    const code = await met(socket => {
      drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    assert.equal(code, 'connect-timeout');
  });

  it('that breaks off the key exchange', async () => {
    assert.equal(await met(socket => socket.end('SSH-2.0-x\r\n')), 'key-exchange');
    assert.equal(await met(socket => socket.write(`SSH-2.0-x\r\n${'\0'.repeat(9000)}`)), 'key-exchange');
    assert.equal(await met(socket => socket.write('SSH-2.0-x\r\n')), 'connect-timeout');
  });

  it('that never answers a login', async () => {
    const server = await startServer({ login: () => {} });
    const { code, text } = await comeIn(at(server.port), access);
    assert.equal(code, 'connect-timeout');
    assert.match(text, /login/);
    await server.stop();
  });

  it('that sends a banner without end', async () => {
    const login = () => {
      const send = setInterval(() => {
        if (server.sockets.size === 0) clearInterval(send);
        else for (const client of server.clients) sendBanner(client, 30_000);
      }, 1);
    };
    const server = await startServer({ login });
    const { code, text } = await comeIn(at(server.port), access);
    assert.equal(code, 'not-ssh');
    assert.match(text, /banner without end/);
    await server.stop();
  });

  it('that asks questions without end', async () => {
    const more = (context: ssh2.KeyboardAuthContext) => {
      context.prompt([{ prompt: 'again\u001b[2J', echo: true }], () => more(context));
    };
    const login = (context: ssh2.AuthContext) => {
      if (context.method === 'keyboard-interactive') more(context);
      else context.reject(['keyboard-interactive']);
    };
    const server = await startServer({ login });
    const asking = testAccess({ env: { EDGEWG_HOST_KEY: hostKey.public }, answers: [] });
    const { code } = await comeIn(at(server.port), asking);
    assert.equal(code, 'login-broken-off');
    assert.ok(asking.questions.every(question => question.includes('again\\x1b[2J')));
    asking.remove();
    await server.stop();
  });

  it('gets no password unless its key is the known one', async () => {
    const seen: string[] = [];
    const login = (context: ssh2.AuthContext) => {
      seen.push(context.method);
      if (context.method === 'password') seen.push(context.password);
      context.reject(['password', 'keyboard-interactive', 'publickey']);
    };
    const server = await startServer({ login });
    const ways = [
      testAccess({ env: { EDGEWG_PASSWORD: 'canary-password' } }),
      testAccess({ env: { EDGEWG_PASSWORD: 'canary-password' }, acceptNewHostKey: true }),
      testAccess({
        env: { EDGEWG_PASSWORD: 'canary-password', EDGEWG_HOST_KEY: `SHA256:${'A'.repeat(43)}` },
      }),
    ];
    const codes: string[] = [];
    for (const jumpPath of ways) {
      codes.push((await comeIn(at(server.port), jumpPath)).code);
      jumpPath.remove();
    }
    assert.deepEqual(codes, ['host-key-unknown', 'password-withheld', 'host-key-changed']);
    assert.deepEqual(seen, ['none']);
    assert.equal((await comeIn(at(server.port), access)).code, 'wrong-password');
    assert.ok(seen.includes('canary-password'));
    await server.stop();
  });

  it('can not fill memory by single bytes, nor hold a command beyond its time', async () => {
    const answer = (channel: ssh2.ServerChannel) => {
      const more = () => channel.writable && channel.write('x', () => setImmediate(more));
      more();
    };
    const server = await startServer({ answer });
    const connection = await connect(at(server.port), access);
    await assert.rejects(connection.exec('x', { timeoutMs: 300 }), { code: 'exec-timeout' });
    await assert.rejects(connection.exec('x', { timeoutMs: 5000, maxBytes: 500 }), {
      code: 'output-too-long',
    });
    await connection.close();
    await server.stop();
  });

  it('that will not hang up is left behind', async () => {
    const server = await startServer();
    const connection = await connect(at(server.port), access);
    for (const socket of server.sockets) {
      socket.removeAllListeners('end');
      socket.removeAllListeners('data');
      socket.pause();
    }
    await connection.close();
    await server.stop();
  });
});

describe('a sink for bytes', () => {
  it('gives back what it got, in whatever pieces', () => {
    const sink = new ByteSink();
    const all = Buffer.alloc(200_000, 'abcdefg');
    for (let from = 0, size = 1; from < all.length; from += size, size = (size * 7) % 70_001) {
      sink.add(all.subarray(from, from + size));
    }
    assert.ok(sink.bytes().equals(all));
    assert.equal(sink.length, all.length);
  });
});

/** ssh2 sends one banner; this is how it would send another. */
function sendBanner(client: ssh2.Connection, length: number): void {
  const { _packetRW, _cipher } = (client as unknown as { _protocol: Inner })._protocol;
  const { write } = _packetRW;
  const packet = write.alloc(1 + 4 + length + 4);
  packet.fill('x', write.allocStart).fill(0, packet.length - 4);
  packet[write.allocStart] = 53; // SSH_MSG_USERAUTH_BANNER
  packet.writeUInt32BE(length, write.allocStart + 1);
  packet.writeUInt32BE(0, write.allocStart + 5 + length);
  _cipher.encrypt(write.finalize(packet));
}

interface Inner {
  readonly _packetRW: {
    write: { allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer };
  };
  readonly _cipher: { encrypt(packet: Buffer): void };
}

/** Writes the bytes again and again, as fast as they are taken. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = () => socket.writable && socket.write(bytes, more);
  more();
}
