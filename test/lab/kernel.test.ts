// What a commit does to links, tunnels and routes, as far as `wg` and `ip` show it (docs/edgeos.md 'route-allowed-ips', 'Running tunnels').
import assert from 'node:assert/strict';
import { Secret } from '../../src/secret.ts';
import { publicKeyOf } from '../../src/wireguard/key.ts';
import { Console } from '../support/console.ts';

const privateKey = `${'p'.repeat(42)}o=`;
const [one, two] = [`${'A'.repeat(42)}A=`, `${'B'.repeat(42)}A=`];
const wg0 = 'set interfaces wireguard wg0';
const tunnel = [
  `${wg0} private-key ${privateKey}`,
  `${wg0} address 10.5.0.1/24`,
  `${wg0} address fd00::1/64`,
  `${wg0} listen-port 51820`,
  `${wg0} peer ${one} allowed-ips 10.6.0.0/24`,
  `${wg0} peer ${one} endpoint 192.0.2.1:51820`,
];

async function started(options: Parameters<typeof Console.start>[0] = {}): Promise<Console> {
  const lab = await Console.start(options);
  await lab.configure(...tunnel, 'set firewall name X default-action drop');
  return lab;
}

const handshake = async (lab: Console): Promise<string> =>
  (await lab.root('wg show wg0 latest-handshakes')).trim().split('\t')[1] ?? '';

describe("the lab's kernel", () => {
  it('shows a tunnel in every form of wg show', async () => {
    const lab = await started();
    const publicKey = publicKeyOf(new Secret(privateKey));
    const row = [one, '(none)', '192.0.2.1:51820', '10.6.0.0/24', '0', '0', '0', 'off'].join('\t');
    const own = [privateKey, publicKey, '51820', 'off'].join('\t');
    assert.equal(await lab.root('wg show interfaces'), 'wg0\n');
    assert.equal(await lab.root('wg show wg0 public-key'), `${publicKey}\n`);
    assert.equal(await lab.root('wg show wg0 listen-port'), '51820\n');
    assert.equal(await lab.root('wg show wg0 peers'), `${one}\n`);
    assert.equal(await lab.root('wg show wg0 endpoints'), `${one}\t192.0.2.1:51820\n`);
    assert.equal(await lab.root('wg show wg0 allowed-ips'), `${one}\t10.6.0.0/24\n`);
    assert.equal(await lab.root('wg show wg0 persistent-keepalive'), `${one}\toff\n`);
    assert.equal(await lab.root('wg show wg0 dump'), `${own}\n${row}\n`);
    assert.equal(await lab.root('wg show all dump'), `wg0\t${own}\nwg0\t${row}\n`);
    const asAdmin = await lab.run('wg', ['show', 'wg0', 'dump'], { group: 'users' });
    assert.equal(asAdmin.exit, 1);
    assert.match(asAdmin.stderr, /Operation not permitted/);
  });

  it('loses IPv6 addresses, sessions and its own routes when a ruleset is attached', async () => {
    const lab = await started({ peersUp: [{ link: 'wg0', publicKey: one }] });
    assert.match(await lab.root('ip -6 -o addr show dev wg0'), /fd00::1\/64/);
    assert.match(await lab.root('ip route'), /^10\.6\.0\.0\/24 dev wg0 scope link $/m);
    const before = await handshake(lab);
    await lab.pass(5000);
    await lab.configure(`${wg0} firewall in name X`);
    assert.equal(await lab.root('ip -6 -o addr show dev wg0'), '');
    assert.doesNotMatch(await lab.root('ip route'), /10\.6\.0\.0/);
    assert.match(await lab.root('ip route'), /^10\.5\.0\.0\/24 dev wg0/m);
    assert.ok(Number(await handshake(lab)) > Number(before));
    assert.match(await lab.commands(), /wg0 address '?fd00::1\/64/);
  });

  it('keeps sessions through what changes in place', async () => {
    const lab = await started({ peersUp: [{ link: 'wg0', publicKey: one }] });
    const before = await handshake(lab);
    await lab.pass(5000);
    await lab.configure(`${wg0} mtu 1400`, `${wg0} peer ${two} allowed-ips 10.7.0.0/24`);
    assert.match(await lab.root('wg show wg0 latest-handshakes'), new RegExp(`${before}$`, 'm'));
    assert.match(await lab.root('ip -o link show dev wg0'), / mtu 1400 .*\\ {4}link\/none $/m);
  });

  it('shakes hands only with who is there and knows the key', async () => {
    const lab = await started();
    assert.equal(await handshake(lab), '0');
    lab.router.setPeerUp({ link: 'wg0', publicKey: one, ourKey: two }, true);
    assert.equal(await handshake(lab), '0');
    lab.router.setPeerUp({ link: 'wg0', publicKey: one }, true);
    assert.notEqual(await handshake(lab), '0');
    lab.router.setPeerUp({ link: 'wg0', publicKey: one }, false);
    await lab.pass(600_000);
    const age = lab.now.getTime() / 1000 - Number(await handshake(lab));
    assert.equal(age, 600);
    await lab.configure(`set interfaces wireguard wg0 disable`);
    assert.equal(await handshake(lab), '0');
  });

  it('routes to a tunnel while it is up, and else into the black hole', async () => {
    const lab = await started();
    await lab.configure(
      'set protocols static interface-route 10.8.0.0/16 next-hop-interface wg0',
      'set protocols static route 10.8.0.0/16 blackhole distance 254',
      'set protocols static table 7 interface-route 0.0.0.0/0 next-hop-interface wg0',
    );
    const routes = async () => (await lab.root('ip route')).match(/^.*10\.8\.0\.0\/16.*(?= proto)/gm);
    const up = await routes();
    assert.match(up?.join() ?? '', /^10\.8\.0\.0\/16 nhid \d+ dev wg0$/);
    assert.match(await lab.root('ip route show table 7'), /^default nhid \d+ dev wg0 /);
    await lab.configure(`${wg0} disable`);
    assert.deepEqual(await routes(), ['blackhole 10.8.0.0/16']);
    assert.equal(await lab.root('ip route show table 7'), '');
    await lab.configure('delete interfaces wireguard wg0 disable');
    assert.match((await routes())?.join() ?? '', /dev wg0$/);
  });

  it('holds a commit while a name does not resolve', async () => {
    const lab = await started({ hosts: { 'there.example.net': '203.0.113.4' } });
    await lab.configure(`${wg0} peer ${two} endpoint there.example.net:7`);
    assert.match(await lab.root('wg show wg0 endpoints'), /203\.0\.113\.4:7/);
    await lab.cfg('begin');
    await lab.cfg(`${wg0} peer ${two} endpoint gone.example.net:7`);
    const before = lab.now.getTime();
    const commit = lab.run('vyatta-cfg-cmd-wrapper', ['commit']);
    await lab.pass(30_000);
    const other = { ppid: 200 };
    await lab.cfg('begin', other);
    await lab.cfg('set interfaces ethernet eth1 description other', other);
    const busy = await lab.run('vyatta-cfg-cmd-wrapper', ['commit'], other);
    assert.match(busy.stdout, /temporarily locked/);
    const { stdout, exit } = await lab.through(commit);
    assert.equal(exit, 1);
    assert.match(
      stdout,
      /^\[ interfaces wireguard wg0 peer B+A= endpoint gone\.example\.net:7 \]\nTemporary failure/,
    );
    assert.ok(lab.now.getTime() - before > 60_000);
    assert.match(await lab.commands(), /endpoint '?there\.example\.net:7/);
  });

  it('forgets a tunnel that is deleted', async () => {
    const lab = await started();
    await lab.configure('delete interfaces wireguard wg0');
    assert.equal(await lab.root('wg show'), '');
    assert.doesNotMatch(await lab.root('ip -o addr show'), /wg0/);
  });
});
