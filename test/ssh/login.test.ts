// Logging in, told by a server that records every try: their order, their number, what is answered to which question.
import assert from 'node:assert/strict';
import type ssh2 from 'ssh2';
import { resolveTarget } from '../../src/ssh/connection.ts';
import { keyAttempt } from '../../src/ssh/key-attempt.ts';
import { publicHalf } from '../../src/ssh/private-key.ts';
import type { Problem } from '../../src/ssh/problem.ts';
import { toHop } from '../../src/ssh/to-hop.ts';
import { type TestAccess, type TestAccessOptions, testAccess } from '../support/access.ts';
import { at, comeIn } from '../support/come-in.ts';
import { hostKey, startServer, type TestServer } from '../support/ssh-server.ts';

describe('a login', () => {
  let access: TestAccess;
  let server: TestServer;

  afterEach(async () => {
    await server.stop();
    access.remove();
  });

  async function serve(
    login: (context: ssh2.AuthContext) => void,
    options: TestAccessOptions = {},
  ): Promise<void> {
    access = testAccess({ ...options, env: { EDGEWG_HOST_KEY: hostKey.public, ...options.env } });
    const answer = (channel: ssh2.ServerChannel) => {
      channel.exit(0);
      channel.end();
    };
    server = await startServer({ login, answer });
  }

  const takes =
    (methods: ssh2.AuthenticationType[], isRight: (context: ssh2.AuthContext) => boolean) =>
    (context: ssh2.AuthContext) =>
      isRight(context) ? context.accept() : context.reject(methods);
  const isPassword = (context: ssh2.AuthContext, password: string) =>
    context.method === 'password' && context.password === password;

  it('starts with what worked the last time', async () => {
    await serve(
      takes(['password'], context => isPassword(context, 'second')),
      { answers: ['first', 'second'] },
    );
    const dialer = await resolveTarget(at(server.port), access);
    await (await dialer.dial()).close();
    assert.deepEqual(server.tries, ['none', 'password', 'password']);
    await (await dialer.dial()).close();
    assert.deepEqual(server.tries.slice(3), ['password'], 'one try, without asking what is taken');
    assert.equal(access.questions.length, 2);
  });

  it('that fails asks who it is, where nobody said that', async () => {
    await serve(
      takes(['password'], () => false),
      { env: { EDGEWG_PASSWORD: 'no' } },
    );
    const nobody = await comeIn(at(server.port), access);
    assert.equal(nobody.code, 'wrong-password');
    assert.match(
      nobody.hint,
      /; or say who logs in, since \S+ is only who runs this: `user` of the site file/,
    );
    assert.doesNotMatch((await comeIn(at(server.port, { user: 'ubnt' }), access)).hint, /who runs this/);
    access.write('.ssh/config', 'User ubnt\n');
    assert.doesNotMatch((await comeIn(at(server.port), access)).hint, /who runs this/);
  });

  it('asks a person as often as ssh does, and then gives up', async () => {
    await serve(
      takes(['password'], () => false),
      { answers: ['1', '2', '3', '4'] },
    );
    assert.equal((await comeIn(at(server.port), access)).code, 'wrong-password');
    assert.equal(access.questions.length, 3);
    access.write('.ssh/config', 'NumberOfPasswordPrompts 1\n');
    assert.equal((await comeIn(at(server.port), access)).code, 'wrong-password');
    assert.equal(access.questions.length, 4);
    access.write('.ssh/config', 'BatchMode yes\n');
    assert.equal((await comeIn(at(server.port), access)).code, 'no-password');
    assert.equal(access.questions.length, 4);
  });

  it('tries the methods that ssh_config prefers', async () => {
    await serve(
      takes(['password', 'keyboard-interactive'], () => false),
      { env: { EDGEWG_PASSWORD: 'x' } },
    );
    access.write('.ssh/config', 'PreferredAuthentications password,keyboard-interactive\n');
    await comeIn(at(server.port), access);
    assert.deepEqual(server.tries, ['none', 'password', 'keyboard-interactive']);
    access.write('.ssh/config', 'KbdInteractiveAuthentication no\n');
    await comeIn(at(server.port), access);
    assert.deepEqual(server.tries.slice(3), ['none', 'password']);
  });

  it('gives the password to the first hidden question, and leaves a one-time code to the person', async () => {
    const questions = [
      { prompt: 'Name:', echo: true },
      { prompt: 'Password:', echo: false },
    ];
    let given: string[] = [];
    const login = (context: ssh2.AuthContext) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt(questions, answers => {
        context.prompt([{ prompt: 'Code:', echo: false }], code => {
          given = [...answers, ...code];
          context.accept();
        });
      });
    };
    await serve(login, { env: { EDGEWG_PASSWORD: 'secret' }, answers: ['me', '123456'] });
    assert.equal((await comeIn(at(server.port), access)).code, 'in');
    assert.deepEqual(given, ['me', 'secret', '123456']);
    assert.deepEqual(
      access.questions.map(question => question.split(':')[1]?.trim()),
      ['Name', 'Code'],
    );
  });

  it('says when the password has run out', async () => {
    const login = (context: ssh2.AuthContext) => {
      if (context.method === 'password') context.requestChange('Your password has expired.', () => {});
      else context.reject(['password']);
    };
    await serve(login, { env: { EDGEWG_PASSWORD: 'x' } });
    assert.equal((await comeIn(at(server.port), access)).code, 'password-expired');
  });

  it('ends when the person does', async () => {
    await serve(takes(['password'], () => false));
    const stop = new Error('interrupted');
    const dialer = await resolveTarget(at(server.port), { ...access, ask: () => Promise.reject(stop) });
    await assert.rejects(dialer.dial(), stop);
    const abort = new AbortController();
    abort.abort(stop);
    await assert.rejects(dialer.dial(abort.signal), stop);
  });

  it('stops when it is told to, at any moment', async () => {
    const abort = new AbortController();
    const stop = new Error('interrupted');
    await serve(() => abort.abort(stop));
    const dialer = await resolveTarget(at(server.port), access);
    await assert.rejects(dialer.dial(abort.signal), stop);
  });

  it('signs with SHA-1 only where the site file allows ssh-rsa', async () => {
    await serve(context => context.accept());
    const key = publicHalf(Buffer.from(hostKey.public));
    assert.ok(key);
    const codes: string[] = [];
    for (const legacyAlgorithms of [[], ['ssh-rsa']]) {
      const settings = { first: () => undefined, words: () => undefined, earliest: () => undefined };
      const hop = toHop(at(22, { legacyAlgorithms }), settings, access);
      const problems: Problem[] = [];
      const offer = { label: 'key', key, sign: async () => Buffer.from('signed') };
      const attempt = keyAttempt(offer, hop, problem => problems.push(problem));
      const dial = {
        known: true,
        pausedFor: <T>(question: () => Promise<T>) => question(),
        fail: assert.fail,
      };
      const method = await attempt.make(dial);
      assert.ok(method?.type === 'agent' && typeof method.agent !== 'string');
      const agent = method.agent;
      await new Promise<void>(done =>
        agent.sign(key, Buffer.alloc(1), { hash: 'sha1' } as object, () => done()),
      );
      codes.push(problems[0]?.code ?? 'signed');
    }
    assert.deepEqual(codes, ['legacy-signature', 'signed']);
  });
});
