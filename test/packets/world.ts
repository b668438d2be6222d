// The small internet: a LAN host and a router at home, two servers elsewhere with a pod each, and the internet between them, which is one
// machine that routes and that tries things from outside. Addresses are those of fixtures/blog.
import { Machine } from './machine.ts';

export interface Server {
  readonly name: 'srv4' | 'srv5';
  readonly machine: Machine;
  readonly pod: Machine;
  /** The address that goes through the tunnel. */
  readonly public: string;
  readonly publicGateway: string;
  /** The address that its packets have when nothing says otherwise. */
  readonly primary: string;
  /** The unencrypted one, where WireGuard is. */
  readonly endpoint: string;
  readonly gateway: string;
  readonly podAddress: string;
  readonly podAddress6: string;
  readonly podGateway: string;
  readonly tunnel: string;
}

export interface World {
  readonly lan: Machine;
  readonly router: Machine;
  readonly internet: Machine;
  readonly servers: readonly [Server, Server];
  /** The router's interface to the internet. */
  readonly uplink: string;
  stop(): Promise<void>;
}

/** What a provider tells a router with PPPoE, which has no address in its configuration. */
export const uplinkAddresses = { 4: '198.51.100.2/24', 6: '2001:db8:1::2/64' };
export const uplinkGateways = { 4: '198.51.100.1', 6: '2001:db8:1::1' };
export const home = {
  address: '192.168.2.10',
  address6: 'fd00:2::10',
  gateway: '192.168.2.1',
  gateway6: 'fd00:2::1',
};

const plans = [
  { name: 'srv4', public: '192.99.38.172', net: '192.99.38', net6: '2607:5300:60:5fac', n: 4 },
  { name: 'srv5', public: '203.0.113.172', net: '203.0.113', net6: '2001:db8:60:5fad', n: 5 },
] as const;

/** A cable between two machines; segments leave one by one, as on a wire, so that a capture shows true sizes. */
export function connect(a: Machine, nameA: string, b: Machine, nameB: string, mtu = 1500): void {
  const ends = ['netns', String(a.pid), 'type', 'veth', 'peer', 'name', nameB, 'netns', String(b.pid)];
  a.run(['ip', 'link', 'add', 'name', nameA, ...ends]);
  for (const [machine, name] of [
    [a, nameA],
    [b, nameB],
  ] as const)
    machine.run(['ip', 'link', 'set', name, 'mtu', String(mtu), 'gso_max_segs', '1', 'up']);
}

const forward = 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1';

function settleServer(server: Server, plan: (typeof plans)[number], internet: Machine): void {
  connect(internet, plan.name, server.machine, 'eth0');
  internet.sh(`ip addr add ${server.publicGateway}/24 dev ${plan.name}
    ip addr add ${plan.net6}::ff/64 dev ${plan.name} nodad`);
  // the second address, where WireGuard is to be, is not here: the rendered files bring it
  server.machine.sh(`${forward}
    ip addr add ${plan.public}/24 dev eth0
    ip addr add ${server.primary}/64 dev eth0 nodad
    ip route add default via ${server.publicGateway}
    ip -6 route add default via ${server.gateway}`);
  connect(server.machine, 'cni0', server.pod, 'eth0');
  server.machine.sh(`ip addr add ${server.podGateway}/24 dev cni0
    ip addr add fd00:42:${plan.n}::1/64 dev cni0 nodad`);
  server.pod.sh(`ip addr add ${server.podAddress}/24 dev eth0
    ip addr add ${server.podAddress6}/64 dev eth0 nodad
    ip route add default via ${server.podGateway}
    ip -6 route add default via fd00:42:${plan.n}::1`);
}

/** Cables, addresses and routes; no tunnel yet, and nothing on the router. */
export async function makeWorld(uplink: string, uplinkMtu = 1500): Promise<World> {
  const machines: Machine[] = [];
  const start = async (name: string): Promise<Machine> => {
    const machine = await Machine.start(name);
    machines.push(machine);
    return machine;
  };
  const [lan, router, internet] = [await start('lan'), await start('router'), await start('internet')];
  connect(lan, 'eth0', router, 'switch0');
  lan.sh(`ip addr add ${home.address}/24 dev eth0
    ip addr add ${home.address6}/64 dev eth0 nodad
    ip route add default via ${home.gateway}
    ip -6 route add default via ${home.gateway6}`);
  connect(internet, 'home', router, uplink, uplinkMtu);
  internet.sh(`${forward}
    ip addr add ${uplinkGateways[4]}/24 dev home
    ip addr add ${uplinkGateways[6]}/64 dev home nodad`);
  const servers: Server[] = [];
  for (const plan of plans) {
    const server = {
      name: plan.name,
      machine: await start(plan.name),
      pod: await start(`pod of ${plan.name}`),
      public: plan.public,
      publicGateway: `${plan.net}.1`,
      primary: `${plan.net6}::1`,
      endpoint: `${plan.net6}::abcd`,
      gateway: `${plan.net6}::ff`,
      podAddress: `10.42.${plan.n}.10`,
      podAddress6: `fd00:42:${plan.n}::10`,
      podGateway: `10.42.${plan.n}.1`,
      tunnel: `wg${plan.n}`,
    };
    servers.push(server);
    settleServer(server, plan, internet);
  }
  const stop = async (): Promise<void> => {
    for (const machine of machines.reverse()) await machine.stop();
  };
  return { lan, router, internet, servers: servers as unknown as [Server, Server], uplink, stop };
}
