// The rendered files for other systems than wg-quick with nftables, each started as its own system does. Every server's links are systemd-networkd's.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { raiseNode, renderedFor } from './cluster.ts';
import { Container, nodeRoot, objectsBelow } from './container.ts';
import { hostByNetworkd, networkdAgain, type Reader, raiseByNetworkd } from './networkd.ts';
import { addWireGuard, hasWireGuard } from './router.ts';
import type { Agreed } from './scene.ts';
import type { Server } from './world.ts';

export interface Variant {
  readonly what: string;
  /** Programs of packages that not every system has. */
  readonly needs?: readonly string[];
  /** Renders, and gives what starts a server. */
  prepare(agreed: Agreed): Promise<(server: Server) => Promise<void>>;
  /** Sets up once more what is up. */
  again(server: Server): Promise<void> | void;
  /** Asks the rendered script whether all is there, where there is one on the server. */
  check?(server: Server): void;
  /** Takes it down; absent where it stays up by intent. */
  down?(server: Server): void;
  /** The name under which it was rendered. */
  readonly rendered?: string;
  /** The pod on a server; absent where none sets it up. */
  pod?(server: Server): Container;
  /** What of it stays then, since it belongs to a link that is still there. */
  readonly stays?: RegExp;
}

const withIptables = (text: string): string => text.replace(/^cluster:\n/m, '$&  firewall: iptables\n');

const plain: Variant = {
  what: 'wg-quick, nftables',
  prepare: async agreed => async server => {
    await hostByNetworkd(server, join(agreed.committed.nodes, server.name));
    await raiseNode(server, agreed.committed.nodes, agreed.keys[server.name]);
    watch(server);
  },
  again: server => void server.machine.sh('sh /etc/wireguard/wg0.sh up; sh /etc/wireguard/wg0.sh up'),
  check: isWhole,
  down: server => void server.machine.run(['wg-quick', 'down', 'wg0']),
};

const script = ['sh', '/etc/wireguard/wg0.sh'];

function isWhole({ machine }: Server): void {
  machine.run([...script, 'check']);
}

/** Which netplan would read, too. */
function seesSecondFile({ machine }: Server): void {
  const file = '/etc/netplan/70-other.yaml';
  machine.write(file, 'network:\n  tunnels:\n    "wg0":\n      mode: wireguard\n');
  const { exit, stderr } = machine.try([...script, 'check']);
  assert.deepEqual([exit, stderr], [1, `${file} names wg0, too\n`]);
  machine.run(['rm', file]);
}

/** The unit that the tunnel's unit wants. */
function watch({ machine }: Server): void {
  const unit = machine.run(['cat', '/etc/systemd/system/edgewg-wg0-watch.service']);
  machine.spawn(/^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? assert.fail(unit));
}

/** Debian's `iptables` is one of two; a server whose `legacy` is true has the older one under that name. */
function iptables(legacy: boolean): Variant {
  return {
    what: `wg-quick, iptables (${legacy ? 'legacy' : 'nf_tables'}), where forwarding is dropped otherwise`,
    prepare: async agreed => {
      const nodes = await agreed.committed.render('iptables', 'wg-quick', { site: withIptables });
      return async server => {
        const { machine } = server;
        await hostByNetworkd(server, join(nodes, server.name));
        if (legacy) machine.sh('mount --bind /usr/sbin/xtables-legacy-multi /usr/sbin/xtables-nft-multi');
        machine.sh('iptables -P FORWARD DROP; ip6tables -P FORWARD DROP');
        assert.match(machine.run(['iptables', '--version']), legacy ? /legacy/ : /nf_tables/);
        await raiseNode(server, nodes, agreed.keys[server.name]);
        watch(server);
      };
    },
    again: server => void server.machine.sh('sh /etc/wireguard/wg0.sh up; sh /etc/wireguard/wg0.sh up'),
    check: isWhole,
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
    check: server => {
      isWhole(server);
      if (by === 'netplan') seesSecondFile(server);
    },
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
      const places = ['/etc/network/interfaces.d/', '/etc/wireguard/', '/etc/frr/', '/etc/systemd/'];
      await hostByNetworkd(server, join(nodes, server.name));
      machine.sh(`mount -t tmpfs tmpfs /etc/network/interfaces.d
        mkdir -p /run/network`);
      for (const [place, text] of renderedFor(nodes, server, places)) machine.writeReadable(place, text);
      machine.write('/etc/wireguard/wg0.key', agreed.keys[server.name].private);
      if (!hasWireGuard(machine)) addWireGuard(machine, 'wg0');
      machine.run(['ifup', '-i', interfaces, 'wg0']);
      watch(server);
    };
  },
  again: server => void server.machine.run(['sh', '/etc/wireguard/wg0.sh', 'up']),
  check: isWhole,
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
            .replace(/^( {6})tunnel: wg5\n/m, '$&$1key: env:KEY_OF_SRV5\n')
            // a name that is a truth value to readers of YAML 1.1
            .replace(/^( {4})srv4:(?=\n {6}tunnel)/m, '$1no:'),
        secrets: { KEY_OF_SRV5: agreed.keys.srv5.private.trim() },
      });
      const objects = objectsBelow(folder);
      return async server => {
        const { machine, name } = server;
        // on srv5 nobody has installed what is rendered for the host
        await hostByNetworkd(server, join(folder, name === 'srv4' ? 'kubernetes/host' : 'none'));
        // the node's kernel has WireGuard; wireguard-go stands for it
        if (!hasWireGuard(machine)) addWireGuard(machine, 'wg0');
        machine.sh(`mkdir -p ${nodeRoot}/var/lib/edgewg`);
        if (name === 'srv4') machine.write(`${nodeRoot}/var/lib/edgewg/wg0.key`, agreed.keys.srv4.private);
        const start = () => Container.start(machine, objects, name === 'srv4' ? 'no' : name);
        pods.set(name, { container: start(), start });
      };
    },
    rendered: `kubernetes-${firewall}`,
    pod: ({ name }) => pods.get(name)?.container ?? assert.fail(),
    async again({ name }) {
      const pod = pods.get(name) ?? assert.fail();
      await pod.container.ready();
      assert.equal(await pod.container.stop(), 0, 'it ends in time');
      pods.set(name, { ...pod, container: pod.start() });
      await pods.get(name)?.container.ready();
    },
  };
}

export const variants: readonly Variant[] = [
  plain,
  iptables(false),
  iptables(true),
  networkd('networkd'),
  networkd('netplan'),
  ifupdown,
  kubernetes('nftables'),
  kubernetes('iptables'),
];
