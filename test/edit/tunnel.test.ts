// `edgewg tunnel`: one tunnel more or less in a site file that is there, and what the next plan makes of it.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

const key = Buffer.alloc(32, 9).toString('base64');

describe('tunnel', () => {
  let folder = '';
  const run = (words: string) => runCli(words.split(' '), { cwd: folder });
  const site = (): string => readFileSync(join(folder, 'edgewg.yaml'), 'utf8');
  const add = (words: string) =>
    run(
      `tunnel add ${words} --running router.commands --public-key ${key} --allowed-ips 10.9.1.2/32 --address 10.9.1.1/32`.replace(
        '  ',
        ' ',
      ),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-tunnel-'));
    cpSync(fixture('blog/site.yaml'), join(folder, 'edgewg.yaml'));
    cpSync(fixture('blog/router.commands'), join(folder, 'router.commands'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('comes with its rules, and goes with them: not a byte of the file is another then', async () => {
    const before = site();
    const added = await add('wg6 --peer srv6 --endpoint srv6.example.net:51820');
    assert.equal(added.exit, 0, added.stderr);
    assert.match(added.stderr, /has wg6 with UDP port 51826; see edgewg plan/);
    assert.match(site(), /^ {2}wg6:\n {4}address: \[10\.9\.1\.1\/32\]\n {4}listenPort: 51826$/m);
    const plan = await run('plan --running router.commands --format commands');
    assert.match(plan.stdout, /^set interfaces wireguard wg6 listen-port 51826$/m);
    assert.match(plan.stdout, /^set firewall name WAN_LOCAL rule 21 destination port 51826$/m);
    const listed = JSON.parse((await run('tunnel list --format json')).stdout);
    assert.deepEqual(listed.at(-1), {
      name: 'wg6',
      description: null,
      address: ['10.9.1.1/32'],
      listen_port: 51826,
      peers: ['srv6'],
      routes: ['10.9.1.2/32'],
      disabled: false,
    });
    const removed = await run('tunnel remove wg6');
    assert.equal(removed.exit, 0, removed.stderr);
    assert.equal(site(), before);
  }).timeout(60_000);

  it('has the name of its endpoint looked up again, as often as --resolve says', async () => {
    const added = await add('wg6 --endpoint srv6.example.net:51820 --resolve 5m');
    assert.equal(added.exit, 0, added.stderr);
    assert.match(site(), /^ {8}endpoint: srv6\.example\.net:51820\n {8}resolve: 5m$/m);
    const plan = await run('plan --running router.commands --format commands');
    assert.match(plan.stdout, /^set system task-scheduler task edgewg-resolve-wg6 interval 5m$/m);
    const before = site();
    for (const [words, told] of [
      [
        '--endpoint 203.0.113.9:51820 --resolve 5m',
        /an --endpoint that is a name, and 203\.0\.113\.9:51820 is an/,
      ],
      ['--resolve 5m', /--resolve is for an --endpoint that is a name\n.*--endpoint NAME:PORT/],
      ['--endpoint srv7.example.net:51820 --resolve 5s', /--resolve 5s: is out of range\n.*1m to 59m/],
    ] as const) {
      const refused = await add(`wg7 ${words}`);
      assert.equal(refused.exit, 3);
      assert.match(refused.stderr, told);
    }
    const phone = await run('peer add phone --endpoint home.example.net --resolve 5m');
    assert.equal(phone.exit, 3);
    assert.match(phone.stderr, /no option --resolve here\n.*tunnel add and init take --resolve/);
    assert.equal(site(), before);
  }).timeout(60_000);

  it('takes the first name and port that neither the file nor the router has', async () => {
    const { stderr, exit } = await add('');
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /has wg[123] with UDP port/);
  }).timeout(60_000);

  it('is put under manages where it is not yet, with its rules', async () => {
    const { exit, stderr } = await add('wg20');
    assert.equal(exit, 0, stderr);
    assert.match(site(), /^ {2}interfaces: \[wg1-wg9, wg20\] # with/m);
  }).timeout(60_000);

  it('says under absent what is not under manages: interface and opened port', async () => {
    const { exit, stderr } = await run('tunnel remove wg0');
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /wg0 stands under absent/);
    assert.match(site(), /^absent: \{ tunnels: \[wg3, wg0\] \} #/m);
  }).timeout(60_000);

  for (const [what, words, message] of [
    ['a tunnel that the file has', 'tunnel add wg4 --running router.commands', /has wg4 already/],
    ['a tunnel that is not there', 'tunnel remove wg8', /has no wg8\n +hint: it has wg0, wg4, wg5/],
    ['no name', 'tunnel remove', /tunnel remove needs a name/],
    [
      'a tunnel that others of the file need',
      'tunnel remove wg4',
      /wg4 is not among the tunnels of this file/,
    ],
    ['standard input', 'tunnel remove wg4 -f -', /writes to the site file/],
  ] as const)
    it(`refuses ${what}, and leaves the file alone`, async () => {
      const before = site();
      const { stderr, exit } = await run(words);
      assert.match(stderr, message);
      assert.equal(exit, 3);
      assert.equal(site(), before);
    }).timeout(60_000);
});
