// What a person does around an apply: import, init, status, bypass, several site files. By the real program over SSH, on tunnels with
// numbers that nobody has; leaves the router as it found it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran } from '../support/run-cli.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

let router: RouterUnderTest;
before(async () => {
  router = await routerUnderTest();
});
after(async () => {
  await router?.exec('rm -f /config/auth/wg906.key');
  await router?.close();
});

const ok = (ran: Ran, exit = 0): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  return ran;
};

const head = (): string => `version: 1
router: ${router.site}
mssClamp: { ipv4: off, ipv6: off }
manages: { interfaces: [wg906] }
`;
const tunnel = `tunnels:
  wg906:
    address: [192.0.2.6/32]
    listenPort: 59906
    unfiltered: a test
    peers:
      far: { publicKey: BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=, allowedIPs: [198.18.6.0/24, 1.1.1.7/32] }
    routes:
      198.18.6.0/24: lab
      1.1.1.7/32: public
`;

describe('edgewg around an apply', () => {
  it('bypasses a tunnel and restores it; status, plan and drift name it', async () => {
    router.write('six.yaml', head() + tunnel);
    const site = ['-f', 'six.yaml'];
    ok(await router.edgewg('apply', ...site, '--yes'));
    const status = ok(await router.edgewg('status', ...site));
    assert.match(status.stdout, /wg906 {2}port 59906, MTU 1420, 192\.0\.2\.6\/32\n {4}far /);
    assert.match(status.stdout, /routes live: 1\.1\.1\.7\/32, 198\.18\.6\.0\/24/);
    assert.match(status.stdout, /last apply: \S+ at \S+ by \S+ from six\.yaml: saved/);
    // a bypass resolves no key, and the file's commands get none either
    router.write('check.sh', `echo "\${HOME-none}" >ran`);
    const key = '    privateKey: env:HOME\n    address';
    router.write(
      'keyed.yaml',
      `${head()}proof: { command: { run: sh check.sh } }\n${tunnel.replace('    address', key)}`,
    );
    ok(await router.edgewg('bypass', 'wg906', '-f', 'keyed.yaml', '--yes', '--run-commands'));
    assert.equal(readFileSync(join(router.folder, 'ran'), 'utf8'), 'none\n');
    assert.match(
      ok(await router.edgewg('status', ...site), 2).stdout,
      /bypassed.*routes bypassed: 1\.1\.1\.7\/32/s,
    );
    assert.match(ok(await router.edgewg('plan', ...site)).stdout, /EW500: wg906 is bypassed/);
    assert.match(ok(await router.edgewg('status', ...site, '--drift'), 2).stdout, /wg906 is bypassed/);
    ok(await router.edgewg('bypass', 'wg906', ...site, '--yes', '--restore'));
    assert.equal(ok(await router.edgewg('status', ...site, '--drift')).stdout, '');
    ok(await router.edgewg('bypass', 'wg7', ...site), 3);
  });

  it('imports what is there, and follows what somebody changes', async () => {
    const [, host = '', port = '', user = ''] =
      /host: (\S+), port: (\d+), user: (\w+)/.exec(router.site) ?? [];
    const at = ['--router', `${user}@${host}:${port}`];
    const wrote = ok(await router.edgewg('import', ...at, '-f', 'found.yaml'));
    assert.match(wrote.stderr, /its plan against this configuration is empty\n$/);
    ok(await router.edgewg('plan', '-f', 'found.yaml', '--detailed-exitcode'));
    ok(await router.edgewg('import', ...at, '-f', 'found.yaml'), 3);
    const changed = head() + tunnel.replace(': public\n', ': another text\n');
    router.write('six.yaml', changed.replace('    listenPort', '    # the port\n    listenPort'));
    const updated = ok(await router.edgewg('import', '--update', '-f', 'six.yaml'));
    assert.match(updated.stdout, /^-.*another text\n\+.*public/m);
    assert.match(readFileSync(join(router.folder, 'six.yaml'), 'utf8'), /# the port\n/);
  });

  it('begins a site file by asking nothing', async () => {
    const [, host = '', port = '', user = ''] =
      /host: (\S+), port: (\d+), user: (\w+)/.exec(router.site) ?? [];
    const words = ['--address', '192.0.2.7/32', '--public-key', Buffer.alloc(32, 9).toString('base64')];
    const ran = ok(
      await router.edgewg(
        'init',
        '--router',
        `${user}@${host}:${port}`,
        '-f',
        'first.yaml',
        ...words,
        '--allowed-ips',
        '198.18.9.0/24',
      ),
    );
    assert.match(ran.stdout, /Plan: \d+ to create, 0 to change, 0 to delete/);
    ok(await router.edgewg('validate', '-f', 'first.yaml'));
  });

  it('plans several routers, and one that is dead hides no other', async () => {
    mkdirSync(join(router.folder, 'sites'), { recursive: true });
    router.write('sites/home.yaml', head() + tunnel);
    router.write('sites/dead.yaml', `version: 1\nrouter: { host: 127.0.0.1, port: 1 }\n`);
    const ran = ok(await router.edgewg('plan', 'sites/dead.yaml', 'sites/home.yaml'), 4);
    assert.match(ran.stdout, /sites\/dead\.yaml {2}no access\n {2}sites\/home\.yaml {2}done/);
    const stopped = ok(
      await router.edgewg('apply', 'sites/home.yaml', 'sites/dead.yaml', '--yes', '--canary', 'dead'),
      4,
    );
    assert.match(stopped.stdout, /sites\/home\.yaml {2}not begun/);
  });

  it('leaves the router as it was', async () => {
    router.write('none.yaml', head());
    ok(await router.edgewg('apply', '-f', 'none.yaml', '--yes', '--allow', 'delete=9'));
  });
});
