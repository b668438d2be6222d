// `wg`: keys, and what WireGuard's devices are like (wg(8); transcripts multi-values, transaction, interactive/15).
import { Secret } from '../../../secret.ts';
import { generateKeyPair, generatePresharedKey, publicKeyOf } from '../../../wireguard/key.ts';
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import type { Link } from '../kernel.ts';
import type { WgDevice, WgPeer } from '../wireguard-device.ts';
import { complaint, said } from './answers.ts';

const usage =
  "Usage: wg <cmd> [<args>]\n\nAvailable subcommands:\n  show: Shows the current configuration and device information\n  showconf: Shows the current configuration of a given WireGuard interface, for use with `setconf'\n  set: Change the current configuration, add peers, remove peers, or change peers\n  genkey: Generates a new private key and writes it to stdout\n  genpsk: Generates a new preshared key and writes it to stdout\n  pubkey: Reads a private key from stdin and writes a public key to stdout\nYou may pass `--help' to any of these subcommands to view usage.\n";

export async function wg(engine: Engine, call: Call): Promise<Answer> {
  const [command = 'show', ...args] = call.args;
  switch (command) {
    case 'genkey':
      return said(`${generateKeyPair().privateKey.reveal()}\n`);
    case 'genpsk':
      return said(`${generatePresharedKey().reveal()}\n`);
    case 'pubkey':
      return pubkey(call);
    case 'show':
      return showDevices(engine, call, args);
    default:
      return complaint(`Invalid subcommand: \`${command}'\n${usage}`);
  }
}

function pubkey(call: Call): Answer {
  const text = call.stdin?.toString('utf8').trim() ?? '';
  try {
    return said(`${publicKeyOf(new Secret(text))}\n`);
  } catch {
    return complaint('wg: Key is not the correct length or format\n');
  }
}

const fields = [
  'public-key',
  'private-key',
  'listen-port',
  'fwmark',
  'peers',
  'preshared-keys',
  'endpoints',
  'allowed-ips',
  'latest-handshakes',
  'transfer',
  'persistent-keepalive',
  'dump',
];

function showDevices(engine: Engine, call: Call, args: readonly string[]): Answer {
  engine.shakeHands();
  const all = [...engine.world.kernel.links.values()].filter(link => link.wg !== undefined);
  const [name = 'all', field] = args;
  if (name === 'interfaces') return said(all.length === 0 ? '' : `${all.map(link => link.name).join(' ')}\n`);
  if (call.user !== 'root') {
    const target = name === 'all' ? all[0]?.name : name;
    return target === undefined
      ? said('')
      : complaint(`Unable to access interface ${target}: Operation not permitted\n`);
  }
  const chosen = name === 'all' ? all : all.filter(link => link.name === name);
  if (name !== 'all' && chosen.length === 0) return complaint(`Unable to access interface: No such device\n`);
  if (field === undefined) {
    const now = Math.floor(engine.world.now().getTime() / 1000);
    return said(chosen.map(link => pretty(link, now)).join('\n'));
  }
  if (!fields.includes(field)) return complaint(`Invalid parameter: \`${field}'\n`);
  return said(chosen.map(link => fieldOf(link, field, name === 'all' ? `${link.name}\t` : '')).join(''));
}

function key(device: WgDevice): string {
  return device.privateKey === undefined ? '(none)' : publicKeyOf(new Secret(device.privateKey));
}

const hex = (mark: number): string => (mark === 0 ? 'off' : `0x${mark.toString(16)}`);
const orNone = (text: string | undefined): string => (text === undefined || text === '' ? '(none)' : text);

function fieldOf(link: Link, field: string, prefix: string): string {
  const device = link.wg;
  if (device === undefined) return '';
  const one = (text: string): string => `${prefix}${text}\n`;
  const each = (text: (peer: WgPeer) => string): string =>
    device.peers.map(peer => one(`${peer.publicKey}\t${text(peer)}`)).join('');
  switch (field) {
    case 'public-key':
      return one(key(device));
    case 'private-key':
      return one(orNone(device.privateKey));
    case 'listen-port':
      return one(String(device.listenPort));
    case 'fwmark':
      return one(hex(device.fwmark));
    case 'peers':
      return device.peers.map(peer => one(peer.publicKey)).join('');
    case 'preshared-keys':
      return each(peer => orNone(peer.presharedKey));
    case 'endpoints':
      return each(peer => orNone(peer.endpoint));
    case 'allowed-ips':
      return each(peer => orNone(peer.allowedIps.join(' ')));
    case 'latest-handshakes':
      return each(peer => String(peer.handshake));
    case 'transfer':
      return each(peer => `${peer.received}\t${peer.sent}`);
    case 'persistent-keepalive':
      return each(peer => (peer.keepalive === 0 ? 'off' : String(peer.keepalive)));
    default:
      return dump(device, prefix);
  }
}

function dump(device: WgDevice, prefix: string): string {
  const head = [orNone(device.privateKey), key(device), device.listenPort, hex(device.fwmark)];
  const rows = device.peers.map(peer => [
    peer.publicKey,
    orNone(peer.presharedKey),
    orNone(peer.endpoint),
    orNone(peer.allowedIps.join(',')),
    peer.handshake,
    peer.received,
    peer.sent,
    peer.keepalive === 0 ? 'off' : peer.keepalive,
  ]);
  return [head, ...rows].map(row => `${prefix}${row.join('\t')}\n`).join('');
}

function pretty(link: Link, now: number): string {
  const device = link.wg;
  if (device === undefined) return '';
  let text = `interface: ${link.name}\n`;
  if (device.privateKey !== undefined) text += `  public key: ${key(device)}\n  private key: (hidden)\n`;
  text += `  listening port: ${device.listenPort}\n`;
  if (device.fwmark !== 0) text += `  fwmark: ${hex(device.fwmark)}\n`;
  const peers = [...device.peers].sort((a, b) => b.handshake - a.handshake);
  return text + peers.map(peer => `\n${prettyPeer(peer, now)}`).join('');
}

function prettyPeer(peer: WgPeer, now: number): string {
  let text = `peer: ${peer.publicKey}\n`;
  if (peer.presharedKey !== undefined) text += '  preshared key: (hidden)\n';
  if (peer.endpoint !== undefined) text += `  endpoint: ${peer.endpoint}\n`;
  text += `  allowed ips: ${orNone(peer.allowedIps.join(', '))}\n`;
  if (peer.handshake !== 0) {
    text += `  latest handshake: ${ago(now - peer.handshake)}\n`;
    text += `  transfer: ${bytes(peer.received)} received, ${bytes(peer.sent)} sent\n`;
  }
  if (peer.keepalive !== 0)
    text += `  persistent keepalive: every ${peer.keepalive} second${peer.keepalive === 1 ? '' : 's'}\n`;
  return text;
}

function ago(seconds: number): string {
  if (seconds <= 0) return 'Now';
  const units: [string, number][] = [
    ['year', 31536000],
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ];
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return `${parts.join(', ')} ago`;
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${(count / 1024).toFixed(2)} KiB`;
  return `${(count / 1024 ** 2).toFixed(2)} MiB`;
}
