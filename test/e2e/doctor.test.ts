// A firmware upgrade that loses the wireguard package, from the first look to the healed router: the real program over SSH against the
// lab. Only there: no other router can be upgraded and have its package taken away by a command.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { type Ran, root, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgewg-doctor-'));
const psk = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
let lab: LabProcess;

const edgewg = (...args: string[]): Promise<Ran> =>
  runCli([...args, '-f', 'site.yaml'], {
    cwd: folder,
    env: { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey },
  });
const expectExit = (exit: number, ran: Ran): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  assert.ok(!`${ran.stdout}${ran.stderr}`.includes(psk), 'a secret was printed');
  return ran;
};
const saved = (): string => readFileSync(join(lab.root, 'config/config.boot'), 'utf8');

/** What goes wrong in the lab, asked for from inside as its users do. */
async function onRouter(command: string): Promise<void> {
  const { connect, systemAccess } = await import('../../src/ssh/connection.ts');
  const terminal = { input: { isTTY: false }, output: { isTTY: false } };
  const access = systemAccess({
    env: { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey },
    terminal: terminal as unknown as Parameters<typeof systemAccess>[0]['terminal'],
    acceptNewHostKey: false,
    notice: () => {},
  });
  const target = { host: lab.host, port: lab.port, user: lab.user, legacyAlgorithms: [] };
  const connection = await connect(target, access);
  // a router that goes down answers nobody
  await connection.exec(command, { timeoutMs: 120_000 }).catch(() => undefined);
  await connection.close();
}

/** The router is up again when it lets somebody in. */
async function untilUp(): Promise<Ran> {
  for (let tries = 0; ; tries++) {
    await new Promise(resolve => setTimeout(resolve, 500));
    const ran = await edgewg('doctor', '--json');
    if (ran.exit !== 4 || tries > 300) return ran;
  }
}

before(async () => {
  // wg0 has its preshared key in the configuration itself, as many routers do
  const peer = 'gKoUNRGxUzZ7Nd4bPOHZzNWAQKwOYuoMLk+pnJ+AWng=';
  const router = readFileSync(new URL('fixtures/blog/router.commands', root), 'utf8');
  const seed = join(folder, 'seed.commands');
  writeFileSync(seed, `${router}set interfaces wireguard wg0 peer ${peer} preshared-key ${psk}\n`);
  lab = await startLabProcess(['--seed', seed]);
  // without the other end, which knows the router by other keys than those that the lab makes
  const site = readFileSync(new URL('fixtures/blog/site.yaml', root), 'utf8').replace(
    /^cluster:.*\n(?:[ #].*\n|\n)*/m,
    '',
  );
  writeFileSync(
    join(folder, 'site.yaml'),
    site.replace('host: 192.168.2.1', `host: ${lab.host}\n  port: ${lab.port}`),
  );
});
after(async () => {
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a firmware upgrade that loses the wireguard package', () => {
  let before = '';

  it('of a router that is as the site file wants it, and well', async () => {
    expectExit(0, await edgewg('apply', '--yes'));
    const { stdout } = expectExit(0, await edgewg('doctor'));
    assert.match(stdout, /^ok +package +wireguard 1\.0\.\d+-1$/m);
    assert.match(stdout, /^ok +firmware upgrade +nothing installs the package again/m);
    assert.match(stdout, /^ok +lost nodes +the running configuration has every WireGuard node/m);
    assert.match(expectExit(0, await edgewg('doctor', '--heal', '--yes')).stdout, /^nothing is lost/);
    before = saved();
  });

  it('is told by the doctor, with the package to install, and by its exit code', async () => {
    await onRouter(
      'mkdir -p /config/data/firstboot/install-packages && touch /config/data/firstboot/install-packages/e50-v2-v1.0.20220627-v1.0.20210914.deb; edgewg-lab fault now=upgrade',
    );
    const { checks, status } = JSON.parse(expectExit(2, await untilUp()).stdout);
    assert.equal(status, 'failed');
    const failed = checks
      .filter(({ findings }: { findings: { status: string }[] }) => findings[0]?.status === 'failed')
      .map(({ name }: { name: string }) => name);
    assert.deepEqual(failed, ['package', 'lost nodes']);
    assert.match(
      expectExit(2, await edgewg('doctor')).stdout,
      /dpkg -i \/config\/data\/firstboot\/\S+e50-v2-\S+\.deb/,
    );
  });

  it('is refused everything that would save, with --allow drift too', async () => {
    for (const words of [
      ['plan'],
      ['apply', '--yes'],
      ['apply', '--yes', '--allow', 'drift'],
      ['rollback', '--yes', '--allow', 'drift'],
      ['doctor', '--heal', '--yes'],
    ]) {
      const ran = expectExit(3, await edgewg(...words));
      assert.match(
        ran.stdout,
        /EW020: the wireguard package is gone .* wg0, wg4, wg5, which config\.boot still holds/,
      );
      assert.match(ran.stdout, /doctor --heal/);
    }
    assert.equal(saved(), before);
  });

  it('still is, when the package is back and the nodes are not', async () => {
    await onRouter('edgewg-lab fault now=install');
    for (const words of [['plan'], ['apply', '--yes', '--allow', 'drift'], ['rollback', '--yes']])
      assert.match(expectExit(3, await edgewg(...words)).stdout, /EW021: wg0, wg4, wg5: in config\.boot/);
    expectExit(3, await edgewg('doctor', '--heal'));
    assert.equal(saved(), before);
  });

  it('is healed by a transaction, and the literal key is in a file then', async () => {
    const { stdout, stderr } = expectExit(0, await edgewg('doctor', '--heal', '--yes'));
    assert.match(stderr, /ok: wg4 has the key of its file/);
    assert.match(stdout, /^Applied: \d+ created, 0 changed, 0 deleted; saved/m);
    assert.match(stdout, /^ok +lost nodes/m);
    expectExit(0, await edgewg('plan', '--detailed-exitcode'));
    expectExit(0, await edgewg('doctor'));
    const nodes = (text: string): string[] =>
      text
        .split('\n')
        .filter(line => !/preshared-key|Release|vyatta-config-version/.test(line))
        .map(line => line.trim())
        .sort();
    assert.deepEqual(nodes(saved()), nodes(before));
    assert.ok(before.includes(psk) && !saved().includes(psk));
    assert.match(saved(), /preshared-key \/config\/auth\/edgewg-wg0-\w+\.key/);
  });
});
