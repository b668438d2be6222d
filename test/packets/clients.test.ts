// Clients that a provider's tunnel carries, and phones that reach the internet by home: what a lab router has committed of them, and packets.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from './capture.ts';
import { makeKeyPair } from './cluster.ts';
import { type Applied, applyAll } from './committed.ts';
import { evidence } from './evidence.ts';
import { configure } from './frr.ts';
import { interpret, type Meaning } from './interpret.ts';
import { Machine, until } from './machine.ts';
import { addWireGuard, iptablesOf, raiseRouter } from './router.ts';
import { pings, seenAs, tellSources } from './traffic.ts';
import { connect, home, makeWorld, type World } from './world.ts';

/** A host of the internet, and the port that tells by which address somebody comes. */
const web = { address: '203.0.113.1', address6: '2001:db8:60:5fad::ff', port: 8080 };
const wan = '198.51.100.2';
const provider = { address: '192.99.38.172', other: '192.99.38.173', name: 'vpn.example.net' };
const guest = {
  address: '192.168.20.10',
  address6: 'fd00:20::10',
  gateway: '192.168.20.1',
  gateway6: 'fd00:20::1',
};

const keys = { provider: makeKeyPair(), phone: makeKeyPair() };

const siteOf = (whenDown: 'drop' | 'wan'): string => `version: 1
router: ROUTER
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg6-wg7] }
tunnels:
  wg6:
    address: [10.64.0.2/32]
    unfiltered: a provider that lets nobody in
    peers:
      provider:
        publicKey: ${keys.provider.public}
        endpoint: ${provider.name}:51820
        resolve: 1m
        allowedIPs: [0.0.0.0/0]
        persistentKeepalive: 1
    clients:
      from: { guests: { interface: switch0.20 } }
      whenDown: ${whenDown}
  wg7:
    address: [10.9.0.1/24]
    listenPort: 51827
    openPort: { rule: 27 }
    unfiltered: our own phones
    peers:
      phone: { publicKey: ${keys.phone.public}, allowedIPs: [10.9.0.2/32] }
    routes: { 10.9.0.0/24: { guard: true } }
dns: { listenOn: [wg7] }
`;

/** The blog's router, whose guests have IPv6 too. */
function seed(): string {
  const boot = readFileSync('fixtures/blog/router.boot', 'utf8');
  const file = join(mkdtempSync(join(tmpdir(), 'edgewg-seed-')), 'router.boot');
  writeFileSync(file, boot.replace('address 192.168.20.1/24\n', '$&            address fd00:20::1/64\n'));
  return file;
}

/** wg-quick would do: an interface, a peer, and what goes through it. */
function raiseEnd(machine: Machine, key: string, words: readonly string[], address: string): void {
  addWireGuard(machine, 'wg0');
  machine.write('/etc/wireguard/key', key);
  machine.run(['wg', 'set', 'wg0', 'private-key', '/etc/wireguard/key', ...words]);
  machine.sh(`ip addr add ${address} dev wg0 && ip link set wg0 mtu 1420 up`);
}

const masquerade = (machine: Machine, ...words: string[]): string =>
  machine.run([
    iptablesOf(machine, 'iptables'),
    '-t',
    'nat',
    '-A',
    'POSTROUTING',
    ...words,
    '-j',
    'MASQUERADE',
  ]);

const capturing = (world: World) => record(world.internet, 'home', wan);

describe('packets: clients of a provider', () => {
  let world: World;
  let guests: Machine;
  let down: Applied;
  let open: Applied;
  let meaning: Meaning;

  before(async () => {
    [down, open] = (await applyAll(seed(), [siteOf('drop'), siteOf('wan')])) as [Applied, Applied];
    world = await makeWorld('eth9');
    const { router, internet, servers } = world;
    guests = await Machine.start('guests');
    connect(guests, 'eth0', router, 'switch0.20');
    guests.sh(`ip addr add ${guest.address}/24 dev eth0
      ip addr add ${guest.address6}/64 dev eth0 nodad
      ip route add default via ${guest.gateway}
      ip -6 route add default via ${guest.gateway6}`);
    const [far, { machine: nat, pod: phone }] = servers;
    // what a name means is the router's own
    router.sh('cp /etc/hosts /run/hosts && mount --bind /run/hosts /etc/hosts');
    means(provider.address);
    meaning = await raiseRouter(world, down.tree, down.root);
    const key = (name: string): string => down.publicKeys.get(name) ?? '';
    const peer = ['listen-port', '51820', 'peer', key('wg6'), 'allowed-ips', '10.64.0.2/32'];
    raiseEnd(far.machine, keys.provider.private, peer, '10.64.0.1/24');
    masquerade(far.machine, '-s', '10.64.0.0/24', '-o', 'eth0');
    // the phone is somewhere behind a NAT
    masquerade(nat, '-s', '10.42.5.0/24', '-o', 'eth0');
    const way = [
      'peer',
      key('wg7'),
      'endpoint',
      `${wan}:51827`,
      'allowed-ips',
      '0.0.0.0/0',
      'persistent-keepalive',
      '1',
    ];
    raiseEnd(phone, keys.phone.private, way, '10.9.0.2/24');
    phone.sh(`ip route add ${wan} via 10.42.5.1 && ip route replace default dev wg0`);
    await tellSources(internet, web.port, web.address);
    // the forwarder: on the interfaces that it is told to listen on, and no other
    for (const { name, addresses } of meaning.links.filter(link => meaning.dns.includes(link.name)))
      for (const address of addresses.filter(one => !one.includes(':') && name !== world.uplink))
        await tellSources(router, 53, address.replace(/\/.*/, ''));
  });
  after(async () => {
    await guests?.stop();
    await world?.stop();
  });

  /** Tells the router what the provider's name means. */
  function means(address: string): void {
    world.router.run([
      'sh',
      '-c',
      `printf '127.0.0.1 localhost\\n%s ${provider.name}\\n' "$1" >/etc/hosts`,
      'sh',
      address,
    ]);
  }

  /** As cron would run it, with the three minutes of silence cut to so many seconds. */
  function runTasks(silence = 180): void {
    for (const { path } of meaning.tasks) {
      const text = readFileSync(join(down.root, path), 'utf8');
      world.router.write('/run/task', text.replace('silence=180', `silence=${silence}`));
      world.router.run(['bash', '/run/task']);
    }
  }

  const endpoint = (): string =>
    world.router.run(['wg', 'show', 'wg6', 'endpoints']).trim().split('\t')[1] ?? '';

  it('leave nothing of it in the configuration unread', function () {
    const silent = / (description|log|route-allowed-ips) |firewall (ipv6-)?name .* (enable-default-log|log)/;
    const rest = meaning.unread.filter(
      line =>
        /^(interfaces wireguard|firewall|protocols|policy|service (nat|dns forwarding listen-on)|system task-scheduler) /.test(
          line,
        ) && !silent.test(line),
    );
    assert.deepEqual(
      rest.filter(line => !/^firewall [a-z0-9-]+ (enable|disable)$/.test(line)),
      [],
    );
    evidence(this, `${down.text.split('\n').length} commands`);
  });

  it('go through the tunnel, and nothing of theirs leaves by the WAN', async function () {
    const link = await capturing(world);
    const seen = await until('an answer through the tunnel', () =>
      seenAs(guests, web.address, web.port, { seconds: 20 }),
    );
    const packets = await link.stop();
    assert.equal(seen, provider.address);
    assert.deepEqual(packets.matching(`host ${web.address}`), []);
    assert.ok(packets.matching('udp port 51820').length > 0);
    evidence(this, `seen as ${seen}`);
  });

  it('reach their router and its DNS as before, and so does the rest of the home the internet', function () {
    assert.deepEqual(
      meaning.dns.filter(name => name.startsWith('switch0')),
      ['switch0', 'switch0.20'],
    );
    assert.equal(seenAs(guests, guest.gateway, 53, { protocol: 'udp' }), guest.address);
    assert.equal(seenAs(world.lan, web.address, web.port), wan);
    assert.equal(seenAs(world.lan, home.gateway, 53, { protocol: 'udp' }), home.address);
    evidence(this, `the home is seen as ${wan}`);
  });

  it('send nothing in clear of the family that the tunnel does not carry', async function () {
    const link = await capturing(world);
    assert.ok(!pings(guests, web.address6, 3));
    pings(world.lan, web.address6, 1);
    const packets = await link.stop();
    assert.deepEqual(packets.matching(`ip6 host ${guest.address6}`), []);
    // what is no client's leaves, so the capture would have shown it
    assert.ok(packets.matching(`ip6 host ${home.address6}`).length > 0);
    evidence(this, 'no packet of IPv6');
  });

  it('are silent while the tunnel is gone: nothing leaves in clear, and they are back with it', async function () {
    const link = await capturing(world);
    world.router.run(['ip', 'link', 'set', 'wg6', 'down']);
    assert.equal(seenAs(guests, web.address, web.port, { seconds: 5 }), undefined);
    assert.ok(!pings(guests, web.address, 3) && !pings(guests, web.address6, 3));
    assert.equal(seenAs(world.lan, web.address, web.port), wan);
    const packets = await link.stop();
    // the home's own connection is there, a ping is not, nor anything from before it was translated
    assert.deepEqual(packets.matching(`icmp and host ${web.address}`), []);
    assert.deepEqual(packets.matching(`host ${guest.address} or ip6 host ${guest.address6}`), []);
    assert.equal(packets.matching(`dst host ${web.address} and tcp[13] = 2`).length, 1);
    world.router.run(['ip', 'link', 'set', 'wg6', 'up']);
    assert.equal(
      await until('the tunnel again', () => seenAs(guests, web.address, web.port, { seconds: 20 })),
      provider.address,
    );
    evidence(this, 'one SYN on the WAN, of the LAN');
  });

  it('leave by the WAN while the tunnel is gone, where the file says whenDown: wan', async function () {
    const [before, after] = [meaning, interpret(open.tree)].map(({ frr }) =>
      frr.split('\n').filter(line => / table \d+$/.test(line)),
    ) as [string[], string[]];
    const gone = before.filter(line => !after.includes(line));
    assert.ok(gone.length > 0);
    configure(world.router, ...gone.map(line => `no ${line}`));
    world.router.run(['ip', 'link', 'set', 'wg6', 'down']);
    const seen = await until('an answer by the WAN', () =>
      seenAs(guests, web.address, web.port, { seconds: 5 }),
    );
    world.router.run(['ip', 'link', 'set', 'wg6', 'up']);
    configure(world.router, ...gone);
    assert.equal(seen, wan);
    assert.equal(
      await until('the tunnel again', () => seenAs(guests, web.address, web.port, { seconds: 20 })),
      provider.address,
    );
    evidence(this, `seen as ${seen}`);
  });

  it('give phones the internet by the masquerade of home', async function () {
    const [, { pod: phone }] = world.servers;
    const seen = await until('an answer', () => seenAs(phone, web.address, web.port, { seconds: 20 }));
    assert.equal(seen, wan);
    assert.ok(meaning.dns.includes('wg7'));
    assert.equal(seenAs(phone, '10.9.0.1', 53, { protocol: 'udp' }), '10.9.0.2');
    evidence(this, `seen as ${seen}; the router's DNS answers it`);
  });

  it('go on when the name of the provider moves, and the peer is silent', async function () {
    const [{ machine }] = world.servers;
    machine.sh(`ip addr add ${provider.other}/24 dev eth0`);
    runTasks();
    assert.equal(endpoint(), `${provider.address}:51820`);
    // wireguard-go answers from where it was asked, so the old address must be gone
    machine.sh(`ip addr del ${provider.address}/24 dev eth0 && ip addr replace ${provider.other}/24 dev eth0
      ip route replace default via 192.99.38.1`);
    means(provider.other);
    const began = Date.now();
    await new Promise(resolve => setTimeout(resolve, 4000));
    runTasks();
    assert.equal(endpoint(), `${provider.address}:51820`, 'a peer that was heard of lately is left alone');
    runTasks(3);
    assert.equal(endpoint(), `${provider.other}:51820`);
    const seen = await until('an answer again', () => seenAs(guests, web.address, web.port, { seconds: 10 }));
    assert.equal(seen, provider.other);
    const seconds = Math.round((Date.now() - began) / 1000);
    evidence(this, `endpoint ${endpoint()}, an answer ${seconds} s after the move`);
  });

  it('go on when the endpoint was lost at boot', async function () {
    const { router } = world;
    router.run(['wg', 'set', 'wg6', 'peer', keys.provider.public, 'remove']);
    router.run([
      'wg',
      'set',
      'wg6',
      'peer',
      keys.provider.public,
      'allowed-ips',
      '0.0.0.0/0',
      'persistent-keepalive',
      '1',
    ]);
    assert.equal(endpoint(), '(none)');
    assert.equal(seenAs(guests, web.address, web.port, { seconds: 5 }), undefined);
    runTasks();
    assert.equal(endpoint(), `${provider.other}:51820`);
    const seen = await until('an answer again', () => seenAs(guests, web.address, web.port, { seconds: 10 }));
    assert.equal(seen, provider.other);
    evidence(this, `endpoint ${endpoint()}`);
  });
});
