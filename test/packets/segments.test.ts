// TCP through the tunnels from a LAN with 1500 bytes, where no ICMP error ever comes back: the clamp alone must do, over Ethernet and over PPPoE.
import assert from 'node:assert/strict';
import { fragments, type Packets, record, sizes } from './capture.ts';
import { evidence } from './evidence.ts';
import { type Machine, until } from './machine.ts';
import { agree, raise, type Scene } from './scene.ts';
import { fetch, serve } from './traffic.ts';
import { home, type Server, uplinkAddresses } from './world.ts';

const megabyte = 1_000_000;

/** "Fragmentation needed" and "packet too big" are counted where they are made, and go nowhere. */
const blackhole = `table inet blackhole {
  chain out {
    type filter hook output priority 0
    icmp type destination-unreachable icmp code frag-needed counter drop
    icmpv6 type packet-too-big counter drop
  }
}`;

function wanted(machine: Machine): number {
  const rules = machine.run(['nft', 'list', 'table', 'inet', 'blackhole']);
  return [...rules.matchAll(/counter packets (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

const machinesOf = ({ lan, router, internet, servers }: Scene): Machine[] => [
  lan,
  router,
  internet,
  ...servers.flatMap(({ machine, pod }) => [machine, pod]),
];
const wantedByAll = (scene: Scene): number =>
  machinesOf(scene).reduce((sum, machine) => sum + wanted(machine), 0);

/** The whole length of the longest packet that matches. */
function longest(packets: Packets, filter: string): number {
  const lengths = packets.matching(filter).map(line => {
    const payload = /payload length: (\d+)/.exec(line);
    return payload === null ? Number(/, length (\d+)\)/.exec(line)?.[1]) : Number(payload[1]) + 40;
  });
  return Math.max(...lengths);
}

for (const [kind, uplink] of [
  ['Ethernet', 'eth9'],
  ['PPPoE', 'pppoe0'],
] as const)
  describe(`packets: segments over ${kind}`, () => {
    let scene: Scene;
    let server: Server;

    before(async () => {
      scene = await raise(await agree(uplink));
      [server] = scene.servers;
      for (const machine of machinesOf(scene)) machine.run(['nft', '-f', '-'], blackhole);
      await serve(server.pod, 8080, megabyte);
      await serve(scene.lan, 9090, megabyte);
    });
    after(() => scene?.stop());

    for (const family of [4, 6] as const)
      for (const direction of ['LAN to pod', 'pod to LAN'] as const)
        it(`IPv${family}, ${direction}: a megabyte each way, no fragment, no ICMP`, async function () {
          const mss = scene.agreed.mtu.tunnel - (family === 4 ? 40 : 60);
          const pod = family === 4 ? server.podAddress : server.podAddress6;
          const lan = family === 4 ? home.address : home.address6;
          const before = wantedByAll(scene);
          const atLan = await record(scene.lan, 'eth0', home.gateway);
          const atPod = await record(server.pod, 'eth0', server.podGateway);
          const tunnel = await record(scene.router, server.tunnel, '192.168.5.4');
          const link = await record(scene.internet, 'home', uplinkAddresses[4].replace(/\/.*/, ''));
          const done =
            direction === 'LAN to pod'
              ? fetch(scene.lan, pod, 8080, megabyte)
              : fetch(server.pod, lan, 9090, megabyte);
          assert.equal(done?.received, megabyte);
          const [lanSaw, podSaw] = [await atLan.stop(), await atPod.stop()];
          const [tunnelSaw, linkSaw] = [await tunnel.stop(), await link.stop()];
          const saw = {
            toPod: sizes(tunnelSaw, `src host ${lan}`),
            toLan: sizes(tunnelSaw, `src host ${pod}`),
            fragments: linkSaw.matching(fragments).length,
            icmp: wantedByAll(scene) - before,
            // as a full segment fills the uplink
            outer: longest(linkSaw, 'udp'),
          };
          const outer = scene.agreed.mtu.uplink;
          assert.deepEqual(saw, { toPod: [mss], toLan: [mss], fragments: 0, icmp: 0, outer });
          const own = { lan: sizes(lanSaw, `src host ${lan}`), pod: sizes(podSaw, `src host ${pod}`) };
          assert.deepEqual(
            [sizes(lanSaw, `src host ${pod}`), sizes(podSaw, `src host ${lan}`)],
            [[mss], [mss]],
          );
          evidence(
            this,
            `MSS ${own.lan} leaves the LAN and ${own.pod} the pod, ${mss} is in the tunnel and arrives, both ways; outside at most ${saw.outer} bytes, 0 fragments, 0 ICMP`,
          );
        });

    it('without the clamps the same transfer hangs', async function () {
      for (const command of ['iptables-legacy', 'ip6tables-legacy', 'iptables-nft', 'ip6tables-nft'])
        scene.router.try([command, '-t', 'mangle', '-F']);
      for (const chain of ['mss_forward', 'mss_output'])
        server.machine.run(['nft', 'flush', 'chain', 'inet', 'edgewg_wg0', chain]);
      const before = wantedByAll(scene);
      assert.equal(fetch(scene.lan, server.podAddress, 8080, megabyte, 8), undefined);
      const icmp = await until('an ICMP error is needed', () => wantedByAll(scene) - before || undefined);
      evidence(this, `nothing came back within 8 s; ${icmp} ICMP errors were needed and lost`);
    });
  });
