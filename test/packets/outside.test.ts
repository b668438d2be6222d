// What somebody on the internet finds on the router: every port of UDP and a thousand of TCP, over IPv4 and IPv6.
import assert from 'node:assert/strict';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { record } from './capture.ts';
import { evidence } from './evidence.ts';
import { interpret } from './interpret.ts';
import { until } from './machine.ts';
import { applyFilter } from './router.ts';
import { agree, raise, type Scene } from './scene.ts';
import { connectAll, probeUdp, serve } from './traffic.ts';
import { uplinkAddresses, uplinkGateways } from './world.ts';

/** `besides`: rules that let in the servers' packets of sessions that are there, and neighbour discovery. */
const families = [
  {
    family: 4,
    iptables: 'iptables',
    local: 'WAN_LOCAL',
    wireguard: ['15', '24', '25'],
    besides: ['10'],
  },
  {
    family: 6,
    iptables: 'ip6tables',
    local: 'WANv6_LOCAL',
    wireguard: ['24', '25', '50'],
    besides: ['10', '30'],
  },
] as const;
type Probed = (typeof families)[number];

const target = (family: 4 | 6): string => uplinkAddresses[family].replace(/\/.*/, '');
const open = [51820, 51824, 51825];
const everyPort = 65535;
/** Connecting to every port would take minutes: the well-known ones, where services are, and WireGuard's. */
const tcpPorts = '1-1024,8080,8443,51820,51824,51825';
const tcpCount = 1029;

/** Services on the router that are for home alone: without rulesets they would be found. */
const services = [22, 53, 443];

describe('packets: from the internet', () => {
  let scene: Scene;

  before(async () => {
    scene = await raise(await agree());
    for (const port of services) await serve(scene.router, port, 1);
    // as many ICMP errors as there are ports, so that a limit isn't taken for silence
    scene.router.run(['sysctl', '-qw', 'net.ipv4.icmp_ratemask=0', 'net.ipv6.icmp.ratemask=127']);
  });
  after(() => scene?.stop());

  for (const one of families)
    it(`IPv${one.family}: no port answers an unknown packet, and three rules let one in`, async function () {
      const before = accepted(scene, one);
      const seen = await record(scene.internet, 'home', target(one.family));
      probeUdp(scene.internet, target(one.family), `1-${everyPort}`);
      const tcp = connectAll(scene.internet, target(one.family), [...services, 179, ...open].join());
      const packets = await seen.stop();
      assert.deepEqual(tcp.outcomes, { silent: services.length + 1 + open.length });
      const from = `src host ${target(one.family)} and not ${one.family === 4 ? 'arp' : 'icmp6'}`;
      assert.deepEqual(packets.matching(`${from} and not (udp and src port 51824 or src port 51825)`), []);
      // a busy machine may have lost the datagram for one of them among all the others
      const took = await until(
        'every rule for WireGuard takes a datagram',
        () => {
          const rose = risen(before, accepted(scene, one), one.besides);
          if (one.wireguard.every(rule => rose.has(rule))) return rose;
          probeUdp(scene.internet, target(one.family), open.join());
          return undefined;
        },
        () => JSON.stringify([...accepted(scene, one)]),
      );
      assert.deepEqual([...took.keys()].sort(), [...one.wireguard]);
      evidence(
        this,
        `${everyPort} UDP ports: 0 answers; of ${one.local} rules ${[...took].map(([rule, n]) => `${rule} (${n})`).join(', ')} let a datagram in, no other rule any`,
      );
    });

  it('is silent at the WireGuard ports alone, were the rulesets to refuse instead of drop', async function () {
    const text = scene.agreed.committed.text.replace(
      /(WAN\S*_(LOCAL|IN)) default-action drop/g,
      '$1 default-action reject',
    );
    applyFilter(scene.router, interpret(parseCommands(text)));
    for (const { family } of families) {
      const tcp = connectAll(scene.internet, target(family), tcpPorts);
      assert.deepEqual([tcp.open, tcp.outcomes], [[], { ECONNREFUSED: tcpCount }]);
      const silent = await silentUdpPorts(scene, family);
      assert.deepEqual(silent, open);
      evidence(
        this,
        `IPv${family}: ${tcpCount} TCP ports refused; ${everyPort - 3} UDP ports refused, silent: ${silent.join(', ')}`,
      );
    }
  });
});

/** Packets that each rule of the local ruleset has accepted, by its number. */
function accepted(scene: Scene, { iptables, local }: Probed): Map<string, number> {
  const legacy = scene.router.try([`${iptables}-legacy-save`, '-c', '-t', 'filter']);
  const saved = legacy.stdout.includes(local)
    ? legacy.stdout
    : scene.router.run([`${iptables}-nft-save`, '-c']);
  const rule = new RegExp(`^\\[(\\d+):\\d+\\] -A ${local}-(\\d+) -j RETURN`, 'gm');
  return new Map(
    [...saved.matchAll(rule)].map(([, packets = '0', number = '']) => [number, Number(packets)]),
  );
}

/** Ports that no ICMP error came back for, asked again until the answer stays the same. */
async function silentUdpPorts(scene: Scene, family: 4 | 6): Promise<number[]> {
  let silent = Array.from({ length: everyPort }, (_, i) => i + 1);
  for (let idle = 0; idle < 3 && silent.length > open.length; ) {
    const seen = await record(scene.internet, 'home', target(family));
    // port 9 is the recorder's marker, and is asked apart from the others
    probeUdp(scene.internet, target(family), ranges(silent));
    const packets = await seen.stop();
    const filter = family === 4 ? 'icmp[0] = 3' : 'icmp6 and ip6[40] = 1';
    const refused = packets.matching(`dst host ${uplinkGateways[family]} and ${filter}`);
    const ports = new Set(refused.map(line => Number(/udp port (\d+)/.exec(line)?.[1])));
    const still = silent.filter(port => !ports.has(port));
    idle = still.length === silent.length ? idle + 1 : 0;
    silent = still;
  }
  return silent;
}

/** `1-8,10` of rising numbers. */
function ranges(ports: readonly number[]): string {
  const found: [number, number][] = [];
  for (const port of ports) {
    const last = found.at(-1);
    if (last?.[1] === port - 1) last[1] = port;
    else found.push([port, port]);
  }
  return found.map(range => range.join('-')).join();
}

/** The rules that have let packets in since, and how many: beside those `besides`. */
function risen(
  before: Map<string, number>,
  after: Map<string, number>,
  besides: readonly string[],
): Map<string, number> {
  const more = [...after].map(([rule, n]) => [rule, n - (before.get(rule) ?? 0)] as const);
  return new Map(more.filter(([rule, n]) => n > 0 && !besides.includes(rule)));
}
