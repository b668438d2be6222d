// `init` as a person at a terminal and a script use it, against a saved configuration: the file it writes is valid, and its plan
// makes one tunnel.
import assert from 'node:assert/strict';
import { command } from '../../src/commands/init.ts';
import type { Io } from '../../src/commands/io.ts';
import { Refused } from '../../src/errors.ts';
import { loadSite } from '../../src/site/load.ts';
import { fakeIo } from '../support/fake-io.ts';
import { root } from '../support/run-cli.ts';

const key = 'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=';
const blog = new URL('fixtures/blog/', root);

/** Runs it with these options and, at a terminal, these answers. */
async function init(options: object, answers?: string[]) {
  const questions: string[] = [];
  const plain = fakeIo(blog);
  const ask = async (question: string): Promise<string> => {
    questions.push(question);
    return answers?.shift() ?? '';
  };
  const io: Io = answers === undefined ? plain : { ...plain, ask };
  const args = { file: '-', running: 'router.commands', ...options };
  const exit = await command.run(args as never, io);
  return { exit, questions, ...plain.written };
}

const answered = { address: ['10.9.0.1/32'], 'public-key': key, 'allowed-ips': ['10.9.0.2/32, 0.0.0.0/0'] };

describe('init', () => {
  it('asks nothing when everything is said; takes what is free on the router', async () => {
    const { exit, stdout, stderr } = await init({ ...answered, router: 'ubnt@192.168.2.1:2222' });
    assert.equal(exit, 0);
    const { site } = loadSite(stdout, 'edgewg.yaml');
    assert.deepEqual(
      { host: site.router.host, user: site.router.user, port: site.router.port },
      { host: '192.168.2.1', user: 'ubnt', port: 2222 },
    );
    const [tunnel] = site.tunnels;
    assert.equal(tunnel?.name, 'wg1');
    assert.equal(tunnel?.listenPort, 51821);
    assert.deepEqual(site.uplink.rulesets, { ipv4: 'WAN_LOCAL', ipv6: 'WANv6_LOCAL' });
    assert.ok(tunnel?.openPort?.ipv4 !== undefined && tunnel.openPort.ipv6 !== undefined);
    // the whole internet is never routed by default
    assert.deepEqual(
      tunnel?.routes.map(({ prefix }) => prefix),
      ['10.9.0.2/32'],
    );
    assert.match(stdout, /^# yaml-language-server: \$schema=/);
    assert.match(stderr, /it has wg0\n/);
    assert.match(stderr, /Plan: \d+ to create, 0 to change, 0 to delete/);
  });

  it('asks at a terminal for what is missing, and again for what is wrong', async () => {
    const answers = ['', 'nonsense', '10.9.0.1/32', 'srv', 'short', key, '', '10.9.0.2/32'];
    const { stdout, stderr, questions } = await init({}, answers);
    assert.equal(questions.length, 8);
    assert.match(questions[0] ?? '', /Interface \[wg1\]/);
    assert.match(stderr, /publicKey|44|characters/);
    const { site } = loadSite(stdout, 'edgewg.yaml');
    assert.deepEqual(
      site.tunnels[0]?.peers.map(({ name }) => name),
      ['srv'],
    );
    assert.equal(site.tunnels[0]?.peers[0]?.endpoint, undefined);
  });

  it('asks how often a name is to be looked up again, and of an address nothing', async () => {
    const peerOf = async (endpoint: string, ...resolve: string[]) => {
      const answers = ['', '10.9.0.1/32', '', key, endpoint, ...resolve, '10.9.0.2/32'];
      const { stdout, questions } = await init({}, [...answers]);
      assert.equal(questions.length, answers.length);
      return loadSite(stdout, 'edgewg.yaml').site.tunnels[0]?.peers[0];
    };
    assert.equal((await peerOf('srv.example.net:51820', '9s', '5m'))?.resolve, '5m');
    assert.equal((await peerOf('srv.example.net:51820', ''))?.resolve, undefined);
    assert.equal((await peerOf('203.0.113.9:51820'))?.resolve, undefined);
  });

  it('names all that nobody answers, and refuses what the file could not hold', async () => {
    const refused = (pattern: RegExp) => (error: unknown) =>
      error instanceof Refused && pattern.test(error.message);
    await assert.rejects(init({}), refused(/--address, --public-key, --allowed-ips/));
    await assert.rejects(
      init({ ...answered, 'public-key': 'x' }),
      refused(/--public-key x: has 1 character/),
    );
    await assert.rejects(init({ ...answered, 'listen-port': '70000' }), refused(/--listen-port/));
    await assert.rejects(init({ ...answered, router: '-oProxyCommand=x' }), refused(/names no router/));
    await assert.rejects(
      init({ ...answered, file: 'site.yaml' }),
      refused(/exists, and is not written over/),
    );
  });
});
