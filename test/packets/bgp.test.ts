// MetalLB's addresses: announced by BGP over the tunnels, from whichever server has them. FRR stands for MetalLB's speaker.
import assert from 'node:assert/strict';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { record } from './capture.ts';
import { raiseNode } from './cluster.ts';
import { evidence } from './evidence.ts';
import { configure, connectSoon, neighbours } from './frr.ts';
import { until } from './machine.ts';
import { raiseRouter } from './router.ts';
import { type Agreed, agree, raise, type Scene } from './scene.ts';
import { fetch, serve } from './traffic.ts';
import { makeWorld, type Server, type World } from './world.ts';

/** What each server answers with, so that the answer says which one it is. */
const bytesOf = { srv4: 1004, srv5: 1005 };

async function speakers(world: World): Promise<void> {
  connectSoon(world.router);
  for (const server of world.servers) {
    await serve(server.machine, 8080, bytesOf[server.name]);
    connectSoon(server.machine);
  }
  await until(
    'both BGP sessions',
    () => {
      const up = Object.values(neighbours(world.router)).filter(state => state === 'Established');
      return up.length === 2 ? true : undefined;
    },
    () => world.router.run(['vtysh', '-c', 'show bgp neighbors']),
  );
}

/** Lets a server have an address of MetalLB's: its FRR announces what it has of the ranges. */
function announce(server: Server, address: string): void {
  server.machine.run(['ip', 'addr', 'add', `${address}/32`, 'dev', 'lo']);
}

function withdraw(server: Server, address: string): void {
  server.machine.run(['ip', 'addr', 'del', `${address}/32`, 'dev', 'lo']);
}

/** The interface that the router sends packets for the address to, when it is that one. */
function routed(world: World, address: string, tunnel: string): Promise<string> {
  // for a blackhole it is an error
  const show = () => world.router.try(['ip', 'route', 'get', address]).stdout;
  const asked = () => (show().includes(` dev ${tunnel} `) ? show().split('\n')[0]?.trim() : undefined);
  return until(`${address} is routed to ${tunnel}`, asked, () =>
    world.router.run(['vtysh', '-c', 'show bgp ipv4 unicast']),
  );
}

describe('packets: addresses of MetalLB', () => {
  let scene: Scene;

  before(async () => {
    scene = await raise(await agree());
    await speakers(scene);
  });
  after(() => scene?.stop());

  it('follow their announcement from srv4 to srv5', async function () {
    const [srv4, srv5] = scene.servers;
    const address = '192.168.10.10';
    announce(srv4, address);
    evidence(this, await routed(scene, address, srv4.tunnel));
    assert.equal(fetch(scene.lan, address, 8080, 1)?.received, bytesOf.srv4);
    withdraw(srv4, address);
    announce(srv5, address);
    evidence(this, await routed(scene, address, srv5.tunnel));
    assert.equal(fetch(scene.lan, address, 8080, 1)?.received, bytesOf.srv5);
    evidence(this, 'srv4 answered before, srv5 after');
  });

  it('are taken from the accepted ranges only', async function () {
    const [srv4] = scene.servers;
    const foreign = ['0.0.0.0/0', '192.168.2.0/24', '198.18.0.0/24'];
    // the server's own filter would hold them back
    const unfiltered = 'no neighbor 192.168.5.14 prefix-list EDGEWG-ip out';
    const networks = foreign.map(prefix => `network ${prefix}`);
    const free = ['no bgp network import-check', 'no bgp ebgp-requires-policy'];
    const enter = ['router bgp 64513', ...free, 'address-family ipv4 unicast'];
    configure(srv4.machine, ...enter, unfiltered, ...networks);
    // one that is accepted comes last: when it is there the others have been looked at
    announce(srv4, '192.168.10.99');
    await routed(scene, '192.168.10.99', srv4.tunnel);
    const learned = scene.router.run(['ip', 'route', 'show', 'proto', 'bgp']).trim().split('\n');
    assert.deepEqual(learned.map(line => line.split(' ')[0]).sort(), ['192.168.10.10', '192.168.10.99']);
    evidence(this, `announced: ${foreign.join(', ')}, 192.168.10.99; learned: 192.168.10.10, 192.168.10.99`);
  });

  it('work at both servers at once, since AllowedIPs may overlap on two interfaces', async function () {
    for (const server of scene.servers) {
      const allowed = scene.router.run(['wg', 'show', server.tunnel, 'allowed-ips']);
      assert.match(allowed, /192\.168\.10\.0\/24/);
      const address = `192.168.10.${server.tunnel.slice(2)}`;
      announce(server, address);
      await routed(scene, address, server.tunnel);
      assert.equal(fetch(scene.lan, address, 8080, 1)?.received, bytesOf[server.name]);
      evidence(this, `${server.tunnel} has 192.168.10.0/24, and ${address} answers from ${server.name}`);
    }
  });

  it('are back by the tunnel after a flap, unless a blackhole covers the address that they are announced from', async function () {
    const [srv4] = scene.servers;
    const { router } = scene;
    const address = '192.168.10.77';
    announce(srv4, address);
    await routed(scene, address, srv4.tunnel);
    const session = (): string => neighbours(router)['192.168.5.4'] ?? '';
    const shown = (): string => router.run(['ip', 'route', 'show', address]).trim();
    const flap = async (what: string, isSo: () => boolean): Promise<void> => {
      router.run(['ip', 'link', 'set', srv4.tunnel, 'down']);
      await until(what, () => isSo() || undefined, shown, 20);
      evidence(this, `link down: ${shown() || 'no route'}, session ${session()}`);
      router.run(['ip', 'link', 'set', srv4.tunnel, 'up']);
    };
    await flap('the route goes with the link', () => shown() === '');
    evidence(this, `up: ${await routed(scene, address, srv4.tunnel)}`);
    configure(router, 'ip route 192.168.5.0/29 blackhole 254');
    await flap('the route is a blackhole', () => /^blackhole .*proto bgp/.test(shown()));
    assert.equal(session(), 'Established');
    await routed(scene, address, srv4.tunnel);
    configure(router, 'no ip route 192.168.5.0/29 blackhole 254');
  });
});

/** The committed configuration, but with the second server as a peer of the first interface: one interface for all. */
function onOneInterface({ committed }: Agreed) {
  const text = committed.text
    .split('\n')
    .filter(line => !/^set interfaces wireguard wg5 (?!peer)/.test(line))
    .map(line => line.replace(/(interfaces wireguard|next-hop-interface) wg5/, '$1 wg4'))
    .join('\n');
  return parseCommands(text);
}

describe('packets: one interface for both servers', () => {
  let world: World;

  before(async () => {
    const agreed = await agree();
    world = await makeWorld(agreed.uplink);
    await raiseRouter(world, onOneInterface(agreed), agreed.committed.root);
    const key = (name: string): string => agreed.committed.publicKeys.get(name) ?? '';
    const toWg4 = (text: string): string =>
      text
        .replaceAll('192.168.5.15', '192.168.5.14')
        .replaceAll('fd00:5::15', 'fd00:5::14')
        .replaceAll('51825', '51824')
        .replaceAll(key('wg5'), key('wg4'));
    for (const server of world.servers)
      await raiseNode(server, agreed.committed.nodes, agreed.keys[server.name], toWg4);
    connectSoon(world.router);
    for (const server of world.servers) {
      await serve(server.machine, 8080, bytesOf[server.name]);
      connectSoon(server.machine);
    }
  });
  after(() => world?.stop());

  it("loses srv4's announced address, as WireGuard gives a prefix to the peer that comes last", async function () {
    const [srv4, srv5] = world.servers;
    const shown = world.router.run(['wg', 'show', 'wg4', 'allowed-ips']).trim().split('\n');
    const owners = shown.filter(line => line.includes('192.168.10.0/24'));
    assert.equal(owners.length, 1);
    assert.match(owners[0] ?? '', /192\.168\.5\.5\/32/);
    const address = '192.168.10.10';
    announce(srv4, address);
    evidence(this, await routed(world, address, 'wg4'));
    // what goes to either server by its own prefixes works: only the shared one is lost
    for (const server of world.servers)
      assert.equal(fetch(world.lan, server.public, 8080, 1)?.received, bytesOf[server.name]);
    const wrong = await record(srv5.machine, 'wg0', '192.168.5.14');
    assert.equal(fetch(world.lan, address, 8080, 1, 5), undefined);
    const lost = (await wrong.stop()).matching(`tcp and dst host ${address}`);
    assert.ok(lost.length > 0);
    evidence(this, `announced by srv4, encrypted for srv5: ${lost.length} SYNs came out there`);
  });
});
