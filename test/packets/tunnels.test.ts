// Real packets between home and the cluster, through the tunnels that a committed configuration describes.
import assert from 'node:assert/strict';
import { record } from './capture.ts';
import { evidence } from './evidence.ts';
import { until } from './machine.ts';
import { setTunnel } from './router.ts';
import { agree, raise, type Scene } from './scene.ts';
import { fetch, pings, serve } from './traffic.ts';
import { home, type Server, uplinkAddresses } from './world.ts';

const endOf = (prefix: string): string => prefix.replace(/\/.*/, '');

/** What may pass on the internet link between the router and the servers: WireGuard, and who has which address. */
const encrypted = '(udp and (port 51824 or port 51825))';
const neighbourhood = '(arp or (icmp6 and ip6[40] >= 130 and ip6[40] <= 143))';

describe('packets: tunnels', () => {
  let scene: Scene;

  before(async () => {
    scene = await raise(await agree());
  });
  after(() => scene?.stop());

  it('leave nothing of the tunnels in the configuration unread', function () {
    const silent = / (description|duplex|speed|log|route-allowed-ips) /;
    const rest = scene.meaning.unread.filter(
      line =>
        /^(interfaces wireguard|firewall (name|ipv6-name|options)|protocols|policy) /.test(line) &&
        !silent.test(line),
    );
    assert.deepEqual(
      rest.filter(line => !line.endsWith('enable-default-log')),
      [],
    );
    evidence(this, `${scene.agreed.committed.text.split('\n').length} commands`);
  });

  it('shake hands', async function () {
    for (const { tunnel, machine, name } of scene.servers) {
      const shown = await until(
        `a handshake on ${tunnel}`,
        () => {
          const [, at = '0'] = scene.router
            .run(['wg', 'show', tunnel, 'latest-handshakes'])
            .trim()
            .split('\t');
          return at === '0' ? undefined : at;
        },
        () => scene.router.run(['wg', 'show']),
      );
      const [, there] = machine.run(['wg', 'show', 'wg0', 'latest-handshakes']).trim().split('\t');
      assert.notEqual(there, '0');
      evidence(this, `${tunnel} at ${shown}, ${name} at ${there}`);
    }
  });

  it('carry packets from the LAN to pods', function () {
    for (const server of scene.servers)
      for (const address of [server.podAddress, server.podAddress6]) {
        assert.ok(pings(scene.lan, address), address);
        evidence(this, address);
      }
  });

  it('carry packets from pods to the LAN, where the ruleset lets them', async function () {
    await serve(scene.lan, 9090, 1000);
    await serve(scene.lan, 9091, 1000);
    for (const { pod, name } of scene.servers)
      for (const to of [home.address, home.address6]) {
        assert.equal(fetch(pod, to, 9090, 1000)?.received, 1000, to);
        evidence(this, `pod of ${name} to ${to}`);
      }
    const [{ pod }] = scene.servers;
    for (const to of [home.address, home.address6])
      assert.equal(fetch(pod, to, 9091, 1000, 3), undefined, to);
    evidence(this, 'port 9090 answers, 9091 does not');
  });

  it("carry packets to a server's public address, and none leaves in clear", async function () {
    for (const server of scene.servers) {
      const link = await record(scene.internet, 'home', endOf(uplinkAddresses[4]));
      assert.ok(pings(scene.lan, server.public), server.public);
      const packets = await link.stop();
      assert.deepEqual(packets.matching(`not ${encrypted} and not ${neighbourhood}`), []);
      evidence(this, `${server.public}: ${packets.matching(encrypted).length} encrypted, 0 plain`);
    }
  });

  it('keep their endpoint outside: nothing of WireGuard goes into a tunnel', async function () {
    for (const server of scene.servers) {
      const { inside, outside } = await pingsCounted(scene, server);
      assert.deepEqual(inside.matching('udp port 51820'), []);
      const echoes = inside.matching('icmp and (icmp[0] = 0 or icmp[0] = 8)').length;
      assert.ok(echoes >= 2, 'a ping has been answered');
      // by their length: handshakes and keepalives are shorter or longer, and come when they come
      const all = outside.matching(`udp port 5182${server.tunnel.slice(2)}`);
      const carried = all.filter(line => line.includes(`UDP, length ${carriedPing}`)).length;
      assert.equal(carried, echoes);
      assert.ok(all.every(line => Number(/UDP, length (\d+)/.exec(line)?.[1]) <= 148));
      evidence(this, `${server.tunnel}: ${echoes} inside, ${carried} of ${carriedPing} bytes outside`);
    }
  });

  it('would swallow themselves, were the endpoint routed into its own tunnel', async function () {
    const [server] = scene.servers;
    const route = [`${server.endpoint}/128`, 'dev', server.tunnel];
    // wireguard-go goes on using the way that the last packet came by, so the server keeps silent and the peer begins anew
    server.machine.run(['ip', 'link', 'set', 'wg0', 'down']);
    scene.router.run(['wg', 'set', server.tunnel, 'peer', scene.agreed.keys[server.name].public, 'remove']);
    scene.router.run(['ip', '-6', 'route', 'add', ...route]);
    const inside = await record(scene.router, server.tunnel, '192.168.5.4');
    setTunnel(scene.router, scene.meaning, server.tunnel, scene.agreed.committed.root);
    const swallows = () => inside.sofar('udp port 51820').length > 0 || undefined;
    assert.ok(!pings(scene.lan, server.podAddress, 3));
    await until('it swallows one of its own packets', swallows);
    const packets = await inside.stop();
    scene.router.run(['ip', '-6', 'route', 'del', ...route]);
    const swallowed = packets.matching('udp port 51820').length;
    assert.ok(swallowed > 0);
    server.machine.run(['wg-quick', 'down', 'wg0']);
    server.machine.run(['wg-quick', 'up', 'wg0']);
    assert.ok(pings(scene.lan, server.podAddress));
    evidence(this, `${swallowed} of its own packets in ${server.tunnel}; without the route it answers again`);
  });
});

/** A ping of 84 bytes, padded to 96, with WireGuard's header and tag of 16 each. */
const carriedPing = 128;

/** Ten pings from the LAN to a pod, seen in the tunnel and on the internet link. */
async function pingsCounted(scene: Scene, server: Server) {
  const tunnel = await record(scene.router, server.tunnel, `192.168.5.${server.tunnel.slice(2)}`);
  const link = await record(scene.internet, 'home', endOf(uplinkAddresses[4]));
  scene.lan.run(['ping', '-n', '-q', '-c', '10', '-i', '0.2', '-W', '60', server.podAddress]);
  return { inside: await tunnel.stop(), outside: await link.stop() };
}
