// `npm run test:packets`: runs the suite in network, mount and process namespaces of its own, so that nothing outside is touched and all of it
// is gone when it ends, however that is. Needs root and Debian's packages; without them it says so and does nothing, in CI it fails.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program, and the Debian package that has it. */
const needed: Readonly<Record<string, string>> = {
  wg: 'wireguard-tools',
  'wg-quick': 'wireguard-tools',
  'wireguard-go': 'wireguard-go',
  '/usr/lib/frr/bgpd': 'frr',
  vtysh: 'frr',
  tcpdump: 'tcpdump',
  'iptables-restore': 'iptables',
  ipset: 'ipset',
  nft: 'nftables',
  ip: 'iproute2',
  ping: 'iputils-ping',
  unshare: 'util-linux',
  python3: 'python3 and python3-yaml',
  nsenter: 'util-linux',
};

function missing(): string[] {
  if (process.getuid?.() !== 0) return ['root'];
  const folders = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':');
  const has = (name: string): boolean =>
    name.startsWith('/') ? existsSync(name) : folders.some(folder => existsSync(`${folder}/${name}`));
  return Object.entries(needed)
    .filter(([name]) => !has(name))
    .map(([name, debian]) => `${name} (${debian})`);
}

// /dev/net/tun may be missing in a container though the kernel has it; in a mount namespace of one's own it can be made
const prepare = `
  [ -c /dev/net/tun ] || { mkdir -p /dev/net && mount -t tmpfs tmpfs /dev/net && mknod /dev/net/tun c 10 200; } || exit 90
  mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"`;

function main(): number {
  const lacking = missing();
  if (lacking.length > 0) {
    process.stderr.write(`SKIPPED: no packets are sent, since this is missing: ${lacking.join(', ')}\n`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const mocha = fileURLToPath(new URL('../../../node_modules/mocha/bin/mocha.js', import.meta.url));
  const files = fileURLToPath(new URL(`${process.env['ONLY'] ?? '*'}.test.js`, import.meta.url));
  const test = [process.execPath, mocha, '--no-config', '--enable-source-maps', '--timeout', '600000'];
  const own = ['-m', '-n', '-p', '-i', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
  const words = [...own, 'sh', '-c', prepare, 'sh', ...test, ...process.argv.slice(2), files];
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-packets-'));
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, TMPDIR: folder };
  const ran = spawnSync('unshare', words, { stdio: 'inherit', env });
  rmSync(folder, { recursive: true, force: true });
  if (ran.status === 90) process.stderr.write('no /dev/net/tun, and none can be made\n');
  return ran.status ?? 1;
}

process.exitCode = main();
