// The rendered files for other systems than wg-quick with nftables: each started as its own system does, and the same asked of all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fragments, type Recording, record, sizes } from './capture.ts';
import { raiseNode, renderedFor } from './cluster.ts';
import { Container, nodeRoot, objectsBelow } from './container.ts';
import { evidence } from './evidence.ts';
import { type Machine, until } from './machine.ts';
import { networkdAgain, type Reader, raiseByNetworkd } from './networkd.ts';
import { addWireGuard, hasWireGuard } from './router.ts';
import { type Agreed, agree, raise, type Scene } from './scene.ts';
import { fetch, pings, serve } from './traffic.ts';
import { home, type Server, uplinkAddresses } from './world.ts';

interface Variant {
  readonly what: string;
  /** Programs of packages that not every system has. */
  readonly needs?: readonly string[];
  /** Renders, and gives what starts a server. */
  prepare(agreed: Agreed): Promise<(server: Server) => Promise<void>>;
  /** Sets up once more what is up. */
  again(server: Server): Promise<void> | void;
  /** Takes it down; absent where it stays up by intent. */
  down?(server: Server): void;
  /** What of it stays then, since it belongs to a link that is still there. */
  readonly stays?: RegExp;
}

const withIptables = (text: string): string => text.replace(/^cluster:\n/m, '$&  firewall: iptables\n');

const plain: Variant = {
  what: 'wg-quick, nftables',
  prepare: async agreed => server => raiseNode(server, agreed.committed.nodes, agreed.keys[server.name]),
  again: server => void server.machine.sh('sh /etc/wireguard/wg0.sh up; sh /etc/wireguard/wg0.sh up'),
  down: server => void server.machine.run(['wg-quick', 'down', 'wg0']),
};

/** Debian's `iptables` is one of two; a server whose `legacy` is true has the older one under that name. */
function iptables(legacy: boolean): Variant {
  return {
    what: `wg-quick, iptables (${legacy ? 'legacy' : 'nf_tables'}), where forwarding is dropped otherwise`,
    prepare: async agreed => {
      const nodes = await agreed.committed.render('iptables', 'wg-quick', { site: withIptables });
      return async server => {
        const { machine } = server;
        if (legacy) machine.sh('mount --bind /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi');
        machine.sh('iptables -P FORWARD DROP; ip6tables -P FORWARD DROP');
        assert.match(machine.run(['iptables', '--version']), legacy ? /legacy/ : /nf_tables/);
        await raiseNode(server, nodes, agreed.keys[server.name]);
      };
    },
    again: server => void server.machine.sh('sh /etc/wireguard/wg0.sh up; sh /etc/wireguard/wg0.sh up'),
    down: server => void server.machine.run(['wg-quick', 'down', 'wg0']),
  };
}

function networkd(by: Reader): Variant {
  return {
    what: by === 'netplan' ? 'netplan and systemd-networkd' : 'systemd-networkd',
    needs: ['/lib/systemd/systemd-networkd', 'networkctl', 'dbus-daemon', ...(by === 'netplan' ? [by] : [])],
    prepare: async agreed => {
      // netplan wants the next hop of every endpoint
      const site = (text: string): string =>
        text.replace(srv5Endpoint, `$1, gateway: "2001:db8:60:5fad::ff" }`);
      const nodes = await agreed.committed.render(by, by, { site });
      return server => raiseByNetworkd(server, nodes, agreed.keys[server.name].private, by);
    },
    again: networkdAgain,
    down: server => void server.machine.sh('ip link del wg0; sh /etc/wireguard/wg0.sh down'),
    ...(by === 'netplan' && { stays: /^5181:\tfrom all fwmark 0x51 lookup 5181/ }),
  };
}

const srv5Endpoint = /("2001:db8:60:5fad::abcd\/64", interface: eth0) }/;

const ifupdown: Variant = {
  what: 'ifupdown',
  needs: ['ifup'],
  prepare: async agreed => {
    const nodes = await agreed.committed.render('ifupdown', 'ifupdown');
    return async server => {
      const { machine } = server;
      const places = ['/etc/network/interfaces.d/', '/etc/wireguard/', '/etc/frr/'];
      // its /sys shows the machine's own links
      machine.sh(`mount -t tmpfs tmpfs /etc/network/interfaces.d
        mount -t sysfs -o ro sysfs /sys
        mkdir -p /run/network`);
      for (const [place, text] of renderedFor(nodes, server, places)) machine.writeReadable(place, text);
      machine.write('/etc/wireguard/wg0.key', agreed.keys[server.name].private);
      if (!hasWireGuard(machine)) addWireGuard(machine, 'wg0');
      machine.run(['ifup', '-i', interfaces, 'wg0']);
    };
  },
  again: server => void server.machine.run(['sh', '/etc/wireguard/wg0.sh', 'up']),
  down: server => void server.machine.run(['ifdown', '-i', interfaces, 'wg0']),
};

const interfaces = '/etc/network/interfaces.d/wg0';

const pods = new Map<Server['name'], { container: Container; start: () => Container }>();

/** srv4 has made its key itself before, srv5 has it in a Secret. */
function kubernetes(firewall: 'nftables' | 'iptables'): Variant {
  return {
    what: `pods of the DaemonSets, ${firewall}`,
    prepare: async agreed => {
      const image = `kubernetes: { image: "example.net/wireguard@sha256:${'0'.repeat(64)}" }`;
      const folder = await agreed.committed.render(`kubernetes-${firewall}`, 'kubernetes', {
        site: text =>
          text
            .replace(/^cluster:\n/m, `$&  ${image}\n  firewall: ${firewall}\n`)
            .replace(/^( {6})tunnel: wg5\n/m, '$&$1key: env:KEY_OF_SRV5\n'),
        secrets: { KEY_OF_SRV5: agreed.keys.srv5.private.trim() },
      });
      const objects = objectsBelow(folder);
      return async ({ machine, name }) => {
        // the node's kernel has WireGuard; wireguard-go stands for it
        if (!hasWireGuard(machine)) addWireGuard(machine, 'wg0');
        machine.sh(`mkdir -p ${nodeRoot}/var/lib/edgewg`);
        if (name === 'srv4') machine.write(`${nodeRoot}/var/lib/edgewg/wg0.key`, agreed.keys.srv4.private);
        const start = () => Container.start(machine, objects, name);
        pods.set(name, { container: start(), start });
      };
    },
    async again({ name }) {
      const pod = pods.get(name) ?? assert.fail();
      await pod.container.ready();
      assert.equal(await pod.container.stop(), 0, 'it ends in time');
      pods.set(name, { ...pod, container: pod.start() });
      await pods.get(name)?.container.ready();
    },
  };
}

/** Everything that the files set up, without counters. */
function stateOf(machine: Machine): string {
  const filter = [
    machine.try(['nft', '-s', 'list', 'ruleset']).stdout,
    ...['iptables', 'ip6tables'].map(command => machine.run([`${command}-save`])),
  ]
    .join('')
    .replace(/^#.*\n/gm, '')
    .replace(/counter packets \d+ bytes \d+|\[\d+:\d+\]/g, '');
  const shown = ['-o addr', 'rule', '-6 rule', 'route show table all', '-6 route show table all'].map(words =>
    machine
      .run(['ip', ...words.split(' ')])
      .split('\n')
      // routes for single neighbours come and go
      .filter(line => !/ cache | expires /.test(line))
      .sort()
      .join('\n'),
  );
  return [filter, ...shown, machine.try(['wg', 'showconf', 'wg0']).stdout].join('\n');
}

/** Rules of netfilter and of routing that are there beside what every machine has. */
function left(machine: Machine, stays = /^$/): string {
  return stateOf(machine)
    .split('\n')
    .filter(line => /^-A|edgewg|fwmark/.test(line) && !stays.test(line))
    .join('\n');
}

const clear = (recording: Recording): string[] =>
  recording.sofar(`host ${home.address} or host ${home.address6}`);

for (const variant of [
  plain,
  iptables(false),
  iptables(true),
  networkd('networkd'),
  networkd('netplan'),
  ifupdown,
  kubernetes('nftables'),
  kubernetes('iptables'),
])
  describe(`packets: ${variant.what}`, () => {
    let scene: Scene;
    before(async function () {
      const missing = (variant.needs ?? []).filter(name => spawnSync('which', [name]).status !== 0);
      if (missing.length > 0) {
        process.stderr.write(`SKIPPED: ${variant.what}: ${missing.join(', ')} not installed\n`);
        if (process.env['CI'] === 'true') assert.fail('not installed');
        return this.skip();
      }
      const agreed = await agree();
      scene = await raise(agreed, await variant.prepare(agreed));
    });
    after(() => scene?.stop());

    it('shake hands, and carry packets both ways over IPv4 and IPv6', async function () {
      await serve(scene.lan, 9090, 1000);
      for (const server of scene.servers) {
        for (const address of [server.podAddress, server.podAddress6])
          assert.ok(pings(scene.lan, address), address);
        for (const address of [home.address, home.address6])
          assert.equal(fetch(server.pod, address, 9090, 1000)?.received, 1000, address);
        const [, at] = server.machine.run(['wg', 'show', 'wg0', 'latest-handshakes']).trim().split('\t');
        assert.notEqual(at, '0');
        evidence(this, `${server.name} at ${at}`);
      }
    });

    it("reach the public address encrypted, and WireGuard's packets only ever leave from the secondary one", async function () {
      for (const server of scene.servers) {
        const link = await record(scene.internet, server.name, server.public);
        const key = scene.agreed.keys[server.name].public;
        scene.router.run(['wg', 'set', server.tunnel, 'peer', key, 'endpoint', `[${server.primary}]:51820`]);
        const endpoint = () =>
          scene.router.run(['wg', 'show', server.tunnel, 'endpoints']).trim().split('\t')[1];
        await until('the endpoint comes home', () => {
          pings(server.machine, `192.168.5.1${server.tunnel.slice(2)}`, 2);
          return endpoint() === `[${server.endpoint}]:51820` || undefined;
        });
        assert.ok(pings(scene.lan, server.public));
        const packets = await link.stop();
        const own = packets.matching('udp src port 51820');
        assert.ok(own.length > 0);
        assert.deepEqual(packets.matching(`udp src port 51820 and not src host ${server.endpoint}`), []);
        assert.deepEqual(packets.matching('icmp[0] = 0 or icmp[0] = 8'), []);
        evidence(this, `${server.name}: ${own.length} packets, all from ${server.endpoint}`);
      }
    });

    it('clamp the segments that arrive, without a fragment', async function () {
      const [server] = scene.servers;
      await serve(server.pod, 8080, 200_000);
      for (const [family, pod, lan] of [
        [4, server.podAddress, home.address],
        [6, server.podAddress6, home.address6],
      ] as const) {
        const link = await record(scene.internet, 'home', uplinkAddresses[4].replace(/\/.*/, ''));
        const atLan = await record(scene.lan, 'eth0', home.gateway);
        const atPod = await record(server.pod, 'eth0', server.podGateway);
        assert.equal(fetch(scene.lan, pod, 8080, 200_000)?.received, 200_000);
        const [podSaw, lanSaw] = [await atPod.stop(), await atLan.stop()];
        const mss = scene.agreed.mtu.tunnel - (family === 4 ? 40 : 60);
        const arrived = [sizes(podSaw, `src host ${lan}`), sizes(lanSaw, `src host ${pod}`)];
        assert.deepEqual(arrived, [[mss], [mss]]);
        assert.deepEqual((await link.stop()).matching(fragments), []);
        evidence(this, `IPv${family}: MSS ${mss} at the pod and in the LAN`);
      }
    });

    it('are the same when set up again, and sessions go on', async function () {
      for (const server of scene.servers) {
        const before = stateOf(server.machine);
        const pinging = scene.lan.spawn(['ping', '-n', '-i', '0.2', server.podAddress]);
        let said = '';
        pinging.stdout?.on('data', (text: Buffer) => {
          said += text;
        });
        const answers = () => [...said.matchAll(/ bytes from /g)].length;
        await until('pings are answered', () => answers() > 0 || undefined);
        await variant.again(server);
        const then = answers();
        await until('they still are', () => answers() > then + 1 || undefined);
        assert.equal(stateOf(server.machine), before);
        const end = once(pinging, 'close');
        pinging.kill('SIGINT');
        await end;
        const [, sent = '0', got = '-1'] = /(\d+) packets transmitted, (\d+) received/.exec(said) ?? [];
        // one may still be on its way
        assert.ok(Number(sent) > 1 && Number(sent) - Number(got) <= 1, said);
        evidence(this, `${server.name}: ${got} of ${sent} pings answered meanwhile`);
      }
    });

    if (variant.down !== undefined)
      it('leave no rule behind, and nothing for home unencrypted', async function () {
        for (const server of scene.servers) {
          const link = await record(scene.internet, server.name, server.public);
          variant.down?.(server);
          assert.ok(!pings(server.pod, home.address, 1));
          assert.ok(!pings(server.pod, home.address6, 1));
          await link.stop();
          assert.deepEqual(clear(link), []);
          await until(
            'nothing is left',
            () => left(server.machine, variant.stays) === '' || undefined,
            () => left(server.machine, variant.stays),
          );
          evidence(this, `${server.name}: no rule, no packet`);
        }
      });
  });
