// The real outside: questions at a terminal, commands for secrets, files.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { systemAccess } from '../../src/ssh/system.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import { freePort } from '../support/openssh.ts';

const terminal = () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  return { input, output, shown: () => String(output.read() ?? '') };
};

describe('a question at the terminal', () => {
  const asking = (parts: ReturnType<typeof terminal>) => {
    const access = systemAccess({ env: {}, terminal: parts, acceptNewHostKey: false, notice: () => {} });
    assert.ok(access.ask);
    return access.ask;
  };

  it('shows what is typed only where it may be seen', async () => {
    const hidden = terminal();
    hidden.input.write('sec\bcret\r');
    assert.equal((await asking(hidden)('Password: ')).reveal(), 'secret');
    assert.equal(hidden.shown(), 'Password: \n');
    const open = terminal();
    open.input.write('123\r');
    assert.equal((await asking(open)('Code: ', { echo: true })).reveal(), '123');
    assert.match(open.shown(), /^Code: [\s\S]*123/);
  });

  it('ends by ^C, and by the end of input', async () => {
    for (const key of ['\u0003', '\u0004']) {
      const parts = terminal();
      parts.input.write(key);
      await assert.rejects(asking(parts)('Password: '), { exit: 130, code: 'interrupted' });
    }
  });

  it('ends with the program', async () => {
    const parts = terminal();
    const abort = new AbortController();
    const { signal } = abort;
    const access = systemAccess({
      env: {},
      terminal: parts,
      acceptNewHostKey: false,
      signal,
      notice: () => {},
    });
    const stop = new Error('stop');
    const asked = access.ask?.('Password: ');
    abort.abort(stop);
    await assert.rejects(asked ?? Promise.resolve(), stop);
    await assert.rejects(access.ask?.('Again: ') ?? Promise.resolve(), stop);
  });

  it('is not asked where there is no terminal', () => {
    const parts = { input: new PassThrough(), output: new PassThrough() };
    assert.equal(
      systemAccess({ env: {}, terminal: parts, acceptNewHostKey: false, notice: () => {} }).ask,
      undefined,
    );
  });
});

describe('a command for a secret', () => {
  let access: TestAccess;
  beforeEach(() => {
    access = testAccess({ env: { EDGEWG_PASSWORD: 'canary', VISIBLE: 'yes' } });
  });
  afterEach(() => access.remove());

  it('sees the environment, but none of our secrets', async () => {
    assert.equal((await access.run('echo "$VISIBLE $EDGEWG_PASSWORD"')).reveal(), 'yes \n');
  });

  it('sees no variable of another secret, and what it complains is told without one', async () => {
    const parts = { input: new PassThrough(), output: new PassThrough() };
    const env = { PATH: '/usr/bin:/bin', WG4_KEY: 'canary', OTHER: 'x' };
    const outside = { env, terminal: parts, acceptNewHostKey: false, notice: () => {} };
    const withheld = systemAccess({ ...outside, withheld: ['WG4_KEY'] });
    assert.equal((await withheld.run('echo "$WG4_KEY$OTHER"')).reveal(), 'x\n');
    const key = Buffer.alloc(32, 1).toString('base64');
    await assert.rejects(withheld.run(`echo "can't open ${key}" >&2; exit 2`), {
      message: "it ended with exit code 2: can't open [key]",
    });
  });

  it('is left behind when something that it started does not end', async () => {
    await assert.rejects(access.run('sleep 30 & exec yes'), /far more than a secret/);
  });

  it('fails by its exit code, a signal, or endless output', async () => {
    await assert.rejects(access.run('exit 3'), /exit code 3/);
    await assert.rejects(access.run('kill -9 $$'), /SIGKILL/);
    await assert.rejects(access.run('exec yes'), /far more than a secret/);
  });
});

describe('a file of ssh', () => {
  let access: TestAccess;
  beforeEach(() => {
    access = testAccess();
  });
  afterEach(() => access.remove());

  it('is added to by whole lines, and made for nobody else', async () => {
    const path = join(access.home, 'new/known_hosts');
    await access.files.append(path, 'one\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(access.home, 'new')).mode & 0o777, 0o700);
    access.write('old', 'no line end', 0o644);
    await access.files.append(join(access.home, 'old'), 'two\n');
    assert.equal(readFileSync(join(access.home, 'old'), 'utf8'), 'no line end\ntwo\n');
    assert.equal(statSync(join(access.home, 'old')).mode & 0o777, 0o644);
  });

  it('may be missing, and is never read without end', async () => {
    assert.equal(await access.files.read(join(access.home, 'missing')), undefined);
    assert.deepEqual(await access.files.list(join(access.home, 'missing')), []);
    await assert.rejects(access.files.read(access.home));
    assert.ok(((await access.files.read('/dev/zero'))?.bytes.length ?? 0) > 16 << 20);
  });
});

describe('a router that can not be reached', () => {
  let access: TestAccess;
  beforeEach(() => {
    access = testAccess();
  });
  afterEach(() => access.remove());

  it('is told by name, port and cause', async () => {
    const refused = await comeIn(at(await freePort()), access);
    assert.deepEqual([refused.code, refused.exit], ['connection-refused', 4]);
    assert.match(refused.text, /^127\.0\.0\.1 port \d+ refuses the connection/);
    const unknown = await comeIn({ host: 'router.invalid', legacyAlgorithms: [] }, access);
    assert.deepEqual([unknown.code, unknown.exit], ['host-not-found', 4]);
    access.write('.ssh/config', 'Host edge\nHostName router.invalid\n');
    assert.match(
      (await comeIn({ host: 'edge', legacyAlgorithms: [] }, access)).text,
      /^edge \(router\.invalid\) has no address/,
    );
    const wrongFamily = await comeIn({ host: '127.0.0.1', legacyAlgorithms: [], port: 9 }, access);
    assert.equal(wrongFamily.code, 'connection-refused');
  });
});
