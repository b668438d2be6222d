// Sessions beside each other, and files loaded into one (interactive/07, 10, 14 and 20).
import assert from 'node:assert/strict';
import { Console } from '../support/console.ts';
import { boot } from './scenarios.ts';

const wrapper = 'vyatta-cfg-cmd-wrapper';
const [a, b] = [{ ppid: 101 }, { ppid: 102 }];
const compare = (lab: Console, { ppid }: { ppid: number }): Promise<string> =>
  lab
    .run('cli-shell-api', ['showConfig', '--show-context-diff'], {
      env: { VYATTA_TEMP_CONFIG_DIR: `/opt/vyatta/config/tmp/new_config_${ppid}` },
    })
    .then(({ stdout }) => stdout);

async function two(): Promise<Console> {
  const lab = await Console.start({ boot });
  await lab.cfg('begin', a);
  await lab.cfg('begin', b);
  return lab;
}

describe('two sessions of the lab', () => {
  it('see and keep what the other has committed', async () => {
    const lab = await two();
    await lab.cfg('set interfaces ethernet eth1 description fromA', a);
    await lab.cfg('set interfaces ethernet eth0 description fromB', b);
    await lab.cfg('commit', a);
    assert.equal(await compare(lab, b), '[edit interfaces ethernet eth0]\n>description fromB\n');
    assert.match(await lab.cfg('show interfaces ethernet eth1', b), /^ description fromA$/m);
    await lab.cfg('commit', b);
    assert.match(await lab.commands(), /eth0 description fromB\n(.*\n)*.*eth1 description fromA/);
  });

  it('overwrite each other in the same node, the last one last', async () => {
    const lab = await two();
    await lab.cfg('set interfaces ethernet eth1 description oneA', a);
    await lab.cfg('set interfaces ethernet eth1 description oneB', b);
    await lab.cfg('commit', a);
    assert.equal(await compare(lab, b), '[edit interfaces ethernet eth1]\n>description oneB\n');
    await lab.cfg('commit', b);
    assert.match(await lab.commands(), /eth1 description oneB/);
  });

  it('find what an earlier one of the same id left, unless it has ended', async () => {
    const lab = await two();
    await lab.cfg('set interfaces ethernet eth1 description left', a);
    await lab.cfg('begin', a);
    assert.match(await compare(lab, a), /left/);
    await lab.cfg('end', a);
    await lab.cfg('begin', a);
    assert.equal(await compare(lab, a), '');
    const env = { CMD_WRAPPER_SESSION_ID: '777' };
    await lab.cfg('begin', { env });
    await lab.cfg('set interfaces ethernet eth1 description named', { ppid: 5, env });
    await lab.cfg('commit', { ppid: 6, env });
    assert.match(await lab.commands(), /eth1 description named/);
  });
});

describe('a file loaded in the lab', () => {
  const version = '/* === vyatta-config-version: "system@5" === */\n';
  const eth = (words: string): string =>
    `interfaces {\n    ethernet eth1 {\n        ${words}\n    }\n}\n${version}`;

  async function withFile(text: string): Promise<Console> {
    const lab = await Console.start({ boot });
    lab.files.set('/tmp/some.boot', Buffer.from(text));
    await lab.cfg('begin');
    return lab;
  }

  it('is merged, or takes the place of everything', async () => {
    const lab = await withFile(eth('description merged'));
    const said = await lab.cfg('merge /tmp/some.boot');
    assert.equal(
      said,
      "Loading configuration from '/tmp/some.boot'...\n\nMerge complete.  Use 'commit' to make changes active.\n",
    );
    assert.equal(await compare(lab, { ppid: 100 }), '[edit interfaces ethernet eth1]\n>description merged\n');
    await lab.cfg('discard');
    await lab.cfg('load /tmp/some.boot');
    const working = (await compare(lab, { ppid: 100 })).split('\n');
    assert.ok(working.includes('-ethernet eth0 {'));
    assert.ok(working.includes('>description merged'));
  });

  it('is missed when it is not there', async () => {
    const lab = await withFile('');
    const missing = await lab.run(wrapper, ['load', 'none.boot']);
    assert.match(
      missing.stdout + missing.stderr,
      /^Cannot open configuration file \/config\/none\.boot: No such file or directory\n$/,
    );
    assert.equal(missing.exit, 2);
  });

  it('is taken but for what the templates refuse', async () => {
    const lab = await withFile(eth('nosuchnode 5\n        description good'));
    const { stdout } = await lab.run(wrapper, ['merge', '/tmp/some.boot']);
    assert.match(stdout, /"set 'interfaces' 'ethernet' 'eth1' 'nosuchnode' '5'" failed\n/);
    assert.match(await compare(lab, { ppid: 100 }), />description good/);
  });
});

describe('what the lab tells whom', () => {
  const key = `${'p'.repeat(42)}o=`;

  it('hides keys in show configuration, and not in show configuration commands', async () => {
    const lab = await Console.start();
    await lab.configure(`set interfaces wireguard wg0 private-key ${key}`);
    assert.match(await lab.op('show configuration'), /private-key \*{16}$/m);
    assert.match(await lab.commands(), new RegExp(`private-key ${key.replaceAll('+', '\\+')}`));
  });

  it('refuses operators', async () => {
    const lab = await Console.start();
    await lab.configure('set system login user watch level operator');
    const { stdout, stderr } = await lab.run('vyatta-op-cmd-wrapper', ['show', 'configuration', 'commands'], {
      user: 'watch',
      group: 'users',
    });
    assert.doesNotMatch(stdout, /^set /m);
    assert.notEqual(stdout + stderr, '');
  });

  it('lets a shell run what a value smuggles in, as the router does', async () => {
    const lab = await Console.start();
    await lab.cfg('begin');
    const value = '10.0.0.0/8;touch /tmp/owned';
    await lab.run(wrapper, ['set', 'interfaces', 'wireguard', 'wg0', 'peer', key, 'allowed-ips', value]);
    assert.ok(lab.scripts.some(script => script.includes('touch /tmp/owned')));
  });
});
