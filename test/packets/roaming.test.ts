// A server has two addresses, and WireGuard follows the packets of its peer: were the server to answer from the wrong one, the router's endpoint
// would roam to it, and that one is (or may be) routed into the tunnel.
import assert from 'node:assert/strict';
import { record } from './capture.ts';
import { evidence } from './evidence.ts';
import { until } from './machine.ts';
import { agree, raise, type Scene } from './scene.ts';
import { pings } from './traffic.ts';
import type { Server } from './world.ts';

const endpointOf = (scene: Scene, server: Server): string =>
  scene.router.run(['wg', 'show', server.tunnel, 'endpoints']).trim().split('\t')[1] ?? '';

const routerOf = ({ tunnel }: Server): string => `192.168.5.1${tunnel.slice(2)}`;

/** WireGuard starts anew on the server and speaks first; gives what the router then takes for its endpoint. */
async function speakFirst(scene: Scene, server: Server): Promise<string> {
  const handshakes = () =>
    scene.router.run(['wg', 'show', server.tunnel, 'latest-handshakes']).trim().split('\t')[1];
  const last = Number(handshakes());
  // a handshake is told in whole seconds
  await until('another second', () => (Date.now() / 1000 > last + 1.1 ? true : undefined));
  server.machine.run(['wg-quick', 'down', 'wg0']);
  server.machine.run(['wg-quick', 'up', 'wg0']);
  assert.ok(pings(server.machine, routerOf(server)));
  await until('a new handshake', () => (Number(handshakes()) > last ? true : undefined));
  return endpointOf(scene, server);
}

describe('packets: roaming', () => {
  let scene: Scene;

  before(async () => {
    scene = await raise(await agree());
  });
  after(() => scene?.stop());

  it('a server that speaks first does so from its secondary address', async function () {
    for (const server of scene.servers) {
      const link = await record(scene.internet, server.name, server.public);
      const endpoint = await speakFirst(scene, server);
      const packets = await link.stop();
      assert.equal(endpoint, `[${server.endpoint}]:51820`);
      const sent = packets.matching(`udp src port 51820 and src host ${server.endpoint}`);
      assert.ok(sent.length > 0);
      // wireguard-go, not the kernel's, sends initiations as soon as it is up, before it has a key: nobody answers those
      const keyless = packets.matching(`udp src port 51820 and not src host ${server.endpoint}`);
      assert.deepEqual(packets.matching(`udp and dst host ${server.primary}`), []);
      assert.ok(
        keyless.every(line => line.includes('UDP, length 148')),
        keyless.join('\n'),
      );
      // with its key it begins anew from the endpoint, and from then on nothing comes from elsewhere
      const all = packets.matching('udp src port 51820');
      const own = (line: string): boolean => line.includes(` ${server.endpoint}.51820 >`);
      const begun = all.findLastIndex(line => own(line) && line.includes('UDP, length 148'));
      assert.ok(begun !== -1 && all.slice(begun).every(own), all.join('\n'));
      evidence(
        this,
        `${sent.length} packets of ${server.name} from ${server.endpoint}, ${keyless.length} without a key from elsewhere; endpoint ${endpoint}`,
      );
    }
  });

  it('comes home when something made it roam', async function () {
    const [server] = scene.servers;
    await speakFirst(scene, server);
    const key = scene.agreed.keys[server.name].public;
    scene.router.run(['wg', 'set', server.tunnel, 'peer', key, 'endpoint', `[${server.primary}]:51820`]);
    assert.equal(endpointOf(scene, server), `[${server.primary}]:51820`);
    // the server hears the router at its primary address and still answers from the secondary one, or the way back is gone
    const endpoint = await until(
      'the endpoint is the secondary address again',
      () => {
        pings(server.machine, routerOf(server), 2);
        return endpointOf(scene, server) === `[${server.endpoint}]:51820`
          ? endpointOf(scene, server)
          : undefined;
      },
      () => scene.router.run(['wg', 'show']),
    );
    assert.ok(pings(scene.lan, server.podAddress));
    evidence(this, `set to ${server.primary}, then ${endpoint}`);
  });

  it('roams to the primary address without the routing by mark and the filter behind it', async function () {
    const [, server] = scene.servers;
    const script = '/etc/wireguard/wg0.sh';
    const whole = server.machine.run(['cat', script]);
    const unrouted = whole.replace(/^.*ip -6 rule add.*\n/gm, '');
    assert.notEqual(unrouted, whole);
    // only the rule is gone: what would leave by the primary address is dropped, so the endpoint can't roam
    server.machine.write(script, unrouted);
    server.machine.run(['wg-quick', 'down', 'wg0']);
    server.machine.run(['wg-quick', 'up', 'wg0']);
    assert.ok(!pings(server.machine, routerOf(server), 3));
    const held = endpointOf(scene, server);
    assert.equal(held, `[${server.endpoint}]:51820`);
    server.machine.write(script, unrouted.replace(/^.*nft -f.*\n/gm, ''));
    const roamed = await speakFirst(scene, server);
    assert.equal(roamed, `[${server.primary}]:51820`);
    server.machine.write(script, whole);
    const back = await speakFirst(scene, server);
    assert.equal(back, `[${server.endpoint}]:51820`);
    evidence(this, `without the rule nothing leaves; without the filter too ${roamed}; with both ${back}`);
  });
});
