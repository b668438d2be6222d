// systemd-networkd as on a host: it has the server's links, and with two of the variants the rendered files too, by itself or behind netplan. It runs in the
// server's own namespaces, with a system bus of its own.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { filesBelow, renderedFor } from './cluster.ts';
import { type Machine, until } from './machine.ts';
import { addWireGuard, hasWireGuard } from './router.ts';
import type { Server } from './world.ts';

const folder = '/etc/systemd/network';

/** Who reads the rendered files, and where the device of WireGuard is described for networkd then. */
const readers = {
  networkd: { netdev: `${folder}/50-wg0.netdev`, link: `${folder}/10-eth0.network` },
  netplan: { netdev: '/run/systemd/network/10-netplan-wg0.netdev', link: '/etc/netplan/50-eth0.yaml' },
};
export type Reader = keyof typeof readers;

/** What an administrator has for the link already, which the rendered files add to: addresses and routes of world.ts, now networkd's. */
const linkFile: Readonly<Record<Reader, (server: Server) => string>> = {
  networkd: server => `[Match]
Name=eth0
[Network]
IPv6AcceptRA=no
Address=${server.public}/24
Address=${server.primary}/64
Gateway=${server.publicGateway}
Gateway=${server.gateway}
`,
  netplan: server => `network:
  ethernets:
    eth0:
      accept-ra: false
      addresses: [${server.public}/24, "${server.primary}/64"]
      routes: [{ to: default, via: ${server.publicGateway} }, { to: default, via: "${server.gateway}" }]
`,
};

/** The links alone, for variants that set up the tunnel beside it. `root`: a folder with what is rendered for the host, from which systemd's part is taken. */
export async function hostByNetworkd(server: Server, root: string): Promise<void> {
  const { machine } = server;
  makeHost(machine);
  const files = existsSync(root) ? filesBelow(root) : [];
  for (const [place, text] of files)
    if (place.startsWith('/etc/systemd/')) machine.writeReadable(place, text);
  machine.writeReadable(readers.networkd.link, linkFile.networkd(server));
  await startNetworkd(machine, ['eth0']);
}

export async function raiseByNetworkd(server: Server, nodes: string, key: string, by: Reader): Promise<void> {
  const { machine } = server;
  const { netdev, link } = readers[by];
  const places = [...own, '/etc/wireguard', '/etc/frr'].map(place => `${place}/`);
  const files = renderedFor(nodes, server, places);
  makeHost(machine);
  for (const [place, text] of files) machine.writeReadable(place, text);
  machine.writeReadable(link, linkFile[by](server));
  if (by === 'netplan') machine.sh('chmod 600 /etc/netplan/*; netplan generate');
  // as systemd would: keys are Before=systemd-networkd.service, rules Before=network-pre.target
  machine.sh(commandOf(files, 'key'));
  takeKey(machine, key);
  machine.sh(commandOf(files, 'rules'));
  if (!hasWireGuard(machine)) handToDevice(machine, netdev);
  await startNetworkd(machine, ['eth0', 'wg0']);
}

/** Rendered anew, and read once more by those who run already. */
export function networkdAgain({ machine }: Server): void {
  machine.sh(`sh /etc/wireguard/wg0.sh up
    networkctl reload
    networkctl reconfigure eth0 wg0`);
}

/** Folders that become the server's own. */
const own = ['/etc/systemd', '/etc/netplan'];

/**
 * Where /sys can be written to networkd takes the machine for a host with udev, and not for a container: it waits until udev has seen a link, and
 * removes what others have set. All that it asks of udev is whether a link is initialised (sd_device_get_is_initialized), which stands in
 * udev's database by the number of the link.
 */
function makeHost(machine: Machine): void {
  machine.sh(`for place in ${own.join(' ')}; do [ ! -d $place ] || mount -t tmpfs tmpfs $place; done
    mkdir ${folder}
    mount -t sysfs sysfs /sys
    mkdir -p /run/dbus /run/systemd/netif /run/udev/data
    chown systemd-network: /run/systemd/netif
    for link in $(seq 100); do echo I:1 >/run/udev/data/n$link; done
    ip addr flush dev eth0
    ip link set eth0 down`);
  machine.spawn(['dbus-daemon', '--system', '--nofork', '--nopidfile']);
}

const running = new WeakMap<Machine, { readonly process: ChildProcess; readonly links: readonly string[] }>();

async function startNetworkd(machine: Machine, links: readonly string[]): Promise<void> {
  const socket = ['test', '-S', '/run/dbus/system_bus_socket'];
  await until('the bus', () => machine.try(socket).exit === 0 || undefined);
  const networkd = machine.spawn(['/lib/systemd/systemd-networkd']);
  running.set(machine, { process: networkd, links });
  let said = '';
  networkd.stderr?.on('data', (text: Buffer) => {
    said += text;
  });
  const listed = (): string => machine.try(['networkctl', '--no-legend', 'list']).stdout;
  await until(
    `networkd has configured ${links.join(' and ')} of ${machine.name}`,
    () => links.every(one => new RegExp(` ${one} .* configured *$`, 'm').test(listed())) || undefined,
    () => `${listed()}\n${said}`,
  );
}

/** What `systemctl restart systemd-networkd` does, as after an update. */
export async function restartNetworkd(machine: Machine): Promise<void> {
  const { process, links } = running.get(machine) ?? assert.fail();
  const end = once(process, 'exit');
  // nsenter has become networkd
  process.kill('SIGTERM');
  await end;
  await startNetworkd(machine, links);
}

/** `ExecStart=/bin/sh /etc/wireguard/wg0.sh before`. */
function commandOf(files: ReadonlyMap<string, string>, unit: 'key' | 'rules'): string {
  const text = files.get(`/etc/systemd/system/edgewg-wg0-${unit}.service`) ?? '';
  return /^ExecStart=(.*)$/m.exec(text)?.[1] ?? assert.fail(unit);
}

/** The unit has made a key that networkd's user can read, and nobody else; the site file knows another one, which takes its place. */
function takeKey(machine: Machine, key: string): void {
  const path = `${folder}/wg.key`;
  assert.equal(machine.run(['stat', '-c', '%a %U %G', path]).trim(), '640 root systemd-network');
  machine.run(['sh', '-c', `cat >${path}`], key);
  const as = ['setpriv', '--reuid=systemd-network', '--regid=systemd-network', '--clear-groups'];
  assert.equal(machine.run([...as, 'cat', path]), key);
}

/**
 * networkd makes a device of the kernel's WireGuard and of no other. Where there is wireguard-go alone this does in its place what the .netdev file
 * says, key by key, and takes the file away; a key that isn't known here is an error.
 */
function handToDevice(machine: Machine, path: string): void {
  const option: Readonly<Record<string, string>> = {
    ListenPort: 'listen-port',
    FirewallMark: 'fwmark',
    FwMark: 'fwmark',
    PrivateKeyFile: 'private-key',
    PublicKey: 'peer',
    AllowedIPs: 'allowed-ips',
    Endpoint: 'endpoint',
    PersistentKeepalive: 'persistent-keepalive',
  };
  const words = ['wg', 'set', 'wg0'];
  let mtu = '';
  for (const [, name = '', value = ''] of machine.run(['cat', path]).matchAll(/^(\w+)=(.*)$/gm)) {
    if (name === 'MTUBytes') mtu = value;
    else if (name !== 'Name' && name !== 'Kind') words.push(option[name] ?? assert.fail(name), value);
  }
  machine.run(['rm', path]);
  addWireGuard(machine, 'wg0');
  machine.run(['ip', 'link', 'set', 'wg0', 'mtu', mtu]);
  machine.run(words);
}
