// `peer`: the phones and laptops of an interface that is there. The site file gets a peer or loses it; a private key is made here, shown
// once, and kept nowhere.
import { Exit, Refused } from '../errors.ts';
import type { Router } from '../import/reduce-to-empty-plan.ts';
import { visible } from '../report/visible.ts';
import type { Secret } from '../secret.ts';
import type { Site, Tunnel } from '../site/site.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { accessOptions, readSiteFile, siteOptions } from './live.ts';
import { parseRouter, readRouting, refuseExisting } from './site-file.ts';

export const command = defineCommand({
  command: 'peer <action> [name]',
  describe: 'add, list and remove phones and laptops: address, configuration, QR code',
  positionals: {
    action: {
      choices: ['add', 'list', 'remove'],
      demandOption: true,
      describe: 'add: one more peer; list: those of the site file; remove: take one out of it',
    },
    name: { type: 'string', describe: 'its name in the site file' },
  },
  options: {
    ...siteOptions,
    tunnel: { type: 'string', describe: 'the interface; default: the only one that can be meant' },
    endpoint: { type: 'string', describe: 'where the device reaches the router: HOST or HOST:PORT' },
    address: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: "the device's address in the tunnel; default: the next free one of each network",
    },
    'allowed-ips': {
      type: 'string',
      describe:
        "what the device sends into the tunnel, with commas; default: cluster.homeNetworks and the tunnel's network, else everything",
    },
    dns: { type: 'string', describe: 'the DNS servers of the device, with commas' },
    'public-key': { type: 'string', describe: "the device's own key: then none is made here" },
    'router-key': { type: 'string', describe: "the interface's public key, where no router is asked" },
    running: { type: 'string', describe: 'a saved configuration in place of the router' },
    ...accessOptions,
    out: { type: 'string', describe: 'write the configuration to a file (0600) in place of the terminal' },
    qr: { type: 'boolean', describe: 'print a QR code; default on a terminal' },
    format: { choices: ['text', 'json'], default: 'text', describe: 'of list', requiresArg: true },
  },
  examples: [
    ['edgewg peer add phone --endpoint home.example.net', 'a QR code for the app; then edgewg apply'],
    ['edgewg peer add laptop --endpoint home.example.net --out laptop.conf', 'a file for wg-quick'],
    ['edgewg peer list', 'contacts nobody'],
    ['edgewg peer remove phone', 'the next edgewg apply shuts it out'],
  ],
  async run(args, io) {
    if (args.action === 'list') return await list(args, io);
    const { name } = args;
    if (name === undefined)
      throw new Refused(
        'usage',
        `which peer? peer ${args.action} needs a name`,
        `edgewg peer ${args.action} NAME`,
      );
    if (args.file === '-')
      throw new Refused('usage', `peer ${args.action} writes to the site file`, 'name it with --file');
    return args.action === 'add' ? await add({ ...args, name }, io) : await remove({ ...args, name }, io);
  },
});

interface SiteArgs {
  readonly file: string;
  readonly tunnel: string | undefined;
}

interface AddArgs extends SiteArgs {
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly address: readonly string[] | undefined;
  readonly 'allowed-ips': string | undefined;
  readonly dns: string | undefined;
  readonly 'public-key': string | undefined;
  readonly 'router-key': string | undefined;
  readonly running: string | undefined;
  readonly router: string | undefined;
  readonly 'accept-new-host-key': boolean | undefined;
  readonly out: string | undefined;
  readonly qr: boolean | undefined;
}

async function add(args: AddArgs, io: Io): Promise<number> {
  const text = (await readSiteFile(args.file, io)).toString('utf8');
  const out = args.out === '-' ? undefined : args.out;
  // what is there may be the only copy of another device's key
  if (out !== undefined) await refuseExisting(out, false, io, 'take another name, or move that file away');
  const { loadSite } = await import('../site/load.ts');
  const { site, place } = loadSite(text, args.file);
  checkName(args.name);
  const tunnel = tunnelOf(site, args.tunnel);
  if (tunnel.peers.some(peer => peer.name === args.name))
    throw new Refused(
      'peer-exists',
      `${tunnel.name} has a peer ${visible(args.name)} already`,
      'take another name',
    );
  const keep = { running: args.running, 'accept-new-host-key': args['accept-new-host-key'] };
  const access = args.router === undefined ? site.router : parseRouter(args.router);
  const { router } = await readRouting(keep, access, io);
  const { deviceFor } = await import('../edit/device.ts');
  const { planFor } = await import('../import/reduce-to-empty-plan.ts');
  const { configurationAfter } = await import('../plan/after.ts');
  const dns = await listed('--dns', args.dns, 'address');
  const wish = {
    addresses: args.address ?? [],
    endpoint: args.endpoint,
    allowedIPs:
      args['allowed-ips'] === undefined
        ? undefined
        : await listed('--allowed-ips', args['allowed-ips'], 'prefix'),
    dns,
  };
  // what the file says of NAT and DNS comes with the same apply as the device
  const planned = configurationAfter(router.running, planFor({ site, place }, router).commits);
  const device = deviceFor(site, tunnel, router.running, wish, planned);
  const { privateKey, publicKey } = await keysOf(args['public-key']);
  const { deviceText } = await import('../wireguard/device.ts');
  const configuration = deviceText({
    ...(privateKey && { privateKey }),
    ...device,
    dns,
    routerKey: await routerKey(tunnel, router, args['router-key']),
    keepalive: 25,
  });
  const { addPeer } = await import('../edit/peers.ts');
  const peer = { tunnel: tunnel.name, name: args.name, publicKey, allowedIPs: device.addresses };
  const after = addPeer(text, args.file, peer);
  for (const warning of device.warnings) io.stderr.write(`warning: ${visible(warning)}\n`);
  // a file comes first: a peer whose key nobody has would be in the way of the next attempt
  if (out !== undefined) await io.writeFile(out, configuration);
  await addTo(args.file, after, out, io);
  await hand(configuration, privateKey, { out, qr: args.qr }, io);
  if (!io.isQuiet)
    io.stderr.write(
      `${visible(args.file)} has ${visible(args.name)} as a peer of ${tunnel.name}, ${device.addresses.join(' and ')}; the router gets it by edgewg apply\n`,
    );
  if (!io.isQuiet && args.dns !== undefined)
    io.stderr.write(
      'DNS: on Linux wg-quick wants resolvconf (Debian: openresolv, or systemd-resolved) for it, and takes the interface away again where there is none\n',
    );
  return Exit.done;
}

async function remove(args: SiteArgs & { readonly name: string }, io: Io): Promise<number> {
  const text = (await readSiteFile(args.file, io)).toString('utf8');
  const { loadSite } = await import('../site/load.ts');
  const { site } = loadSite(text, args.file);
  const tunnel = ownerOf(site, args.name, args.tunnel);
  const { removePeer } = await import('../edit/peers.ts');
  const removed = removePeer(text, args.file, tunnel.name, args.name);
  if (removed === undefined) throw noPeer(site, args.name, tunnel.name);
  await io.rewriteFile(args.file, removed.text);
  if (io.isQuiet) return Exit.done;
  const how =
    removed.by === 'left-out'
      ? `${tunnel.name} is under manages, so that what the file doesn't name is deleted`
      : `its key stands under absent.peers, since ${tunnel.name} is not under manages`;
  io.stderr.write(
    `${visible(args.file)} has no peer ${visible(args.name)} of ${tunnel.name} any more: ${how}. A router that has it lets it in until edgewg apply\n`,
  );
  return Exit.done;
}

async function list(args: SiteArgs & { readonly format: string }, io: Io): Promise<number> {
  const { readSite } = await import('./live.ts');
  const { site } = await readSite(args.file, io);
  if (args.tunnel !== undefined && !site.tunnels.some(({ name }) => name === args.tunnel))
    throw noTunnel(site, args.tunnel);
  const tunnels = site.tunnels.filter(({ name }) => args.tunnel === undefined || name === args.tunnel);
  const peers = tunnels.flatMap(tunnel => tunnel.peers.map(peer => ({ tunnel: tunnel.name, peer })));
  const { renderPeers, renderPeersJson } = await import('../report/peers.ts');
  io.stdout.write(args.format === 'json' ? renderPeersJson(peers) : renderPeers(peers));
  return Exit.done;
}

const namesOf = (all: readonly { readonly name: string }[]): string =>
  all.map(({ name }) => name).join(', ') || 'none';

function noTunnel(site: Site, name: string): Refused {
  return new Refused('no-tunnel', `the site file has no ${visible(name)}`, `it has ${namesOf(site.tunnels)}`);
}

function noPeer(site: Site, name: string, tunnel?: string): Refused {
  const among = site.tunnels.filter(one => tunnel === undefined || one.name === tunnel);
  const all = among.flatMap(one => one.peers);
  return new Refused(
    'no-peer',
    `the site file has no peer ${visible(name)}${tunnel === undefined ? '' : ` of ${tunnel}`}`,
    `it has ${namesOf(all)}`,
  );
}

/** The interface that has the peer. */
function ownerOf(site: Site, name: string, said: string | undefined): Tunnel {
  const among = site.tunnels.filter(tunnel => said === undefined || tunnel.name === said);
  if (said !== undefined && among.length === 0) throw noTunnel(site, said);
  const owners = among.filter(tunnel => tunnel.peers.some(peer => peer.name === name));
  const [owner] = owners;
  if (owner === undefined) throw noPeer(site, name, said);
  if (owners.length > 1)
    throw new Refused(
      'usage',
      `${namesOf(owners)} have a peer ${visible(name)} each`,
      'say which with --tunnel',
    );
  return owner;
}

function checkName(name: string): void {
  const fault = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(name);
  if (!fault)
    throw new Refused('usage', `${visible(name)} is no name of a peer`, 'use letters, digits, _ . and -');
}

/** The interface that devices share. */
function tunnelOf(site: Site, said: string | undefined): Tunnel {
  const nodes = new Set(site.cluster?.nodes.map(node => node.tunnel));
  const choice = site.tunnels.filter(({ name }) => (said === undefined ? !nodes.has(name) : name === said));
  const [tunnel] = choice;
  if (tunnel !== undefined && choice.length === 1) return tunnel;
  if (said !== undefined) throw noTunnel(site, said);
  throw new Refused('usage', 'which interface?', `say --tunnel: the file has ${namesOf(site.tunnels)}`);
}

async function keysOf(said: string | undefined): Promise<{ privateKey?: Secret; publicKey: string }> {
  const { generateKeyPair, isKey } = await import('../wireguard/key.ts');
  if (said === undefined) return generateKeyPair();
  if (!isKey(said))
    throw new Refused('usage', '--public-key is no WireGuard key', 'copy it from the app of the device');
  return { publicKey: said };
}

async function routerKey(
  tunnel: Tunnel,
  { running, facts }: Router,
  said: string | undefined,
): Promise<string> {
  const { isKey } = await import('../wireguard/key.ts');
  const { tunnel: tunnels } = await import('../objects/tunnel.ts');
  if (said !== undefined && !isKey(said))
    throw new Refused('usage', '--router-key is no WireGuard key', '`edgewg keys` prints it');
  const file = tunnels.value(running, 'privateKey', tunnel.name);
  const live = facts?.interfaces.get(tunnel.name)?.publicKey;
  const key = said ?? live ?? (file === undefined ? undefined : facts?.keyFiles.get(file)?.publicKey);
  const isThere = tunnels.has(running, tunnel.name);
  if ((key === undefined || key === '') && facts !== undefined && !isThere)
    throw new Refused(
      'no-router-key',
      `the router has no ${tunnel.name} yet, and so no key of it`,
      'run `edgewg apply`, which makes it, and then this again; or give --router-key',
    );
  if (key === undefined || key === '')
    throw new Refused(
      'no-router-key',
      `the public key of ${tunnel.name} is not known here`,
      'give --router-key, which `edgewg keys` prints, or ask the router itself',
    );
  return key;
}

async function listed(flag: string, text: string | undefined, kind: 'address' | 'prefix'): Promise<string[]> {
  const grammar = (await import('../site/grammar/net.ts'))[kind];
  const words = (text ?? '')
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '');
  for (const word of words) {
    const all = kind === 'prefix' && /^(0\.0\.0\.0|::)\/0$/.test(word);
    const fault = all ? undefined : grammar.check(word);
    if (fault !== undefined)
      throw new Refused('usage', `${flag}: ${visible(word)} ${fault.message}`, fault.hint);
  }
  return words;
}

async function addTo(file: string, text: string, out: string | undefined, io: Io): Promise<void> {
  try {
    await io.rewriteFile(file, text);
  } catch (error) {
    if (out !== undefined) io.stderr.write(`${visible(out)} is no peer's: remove it\n`);
    throw error;
  }
}

/** A terminal shows it once; a pipe gets the text alone, and a file has it already. */
async function hand(
  text: string,
  privateKey: Secret | undefined,
  args: { readonly out: string | undefined; readonly qr: boolean | undefined },
  io: Io,
): Promise<void> {
  if (args.out === undefined) io.stdout.write(text);
  if (args.qr ?? (io.stdout.isTerminal && args.out === undefined)) {
    const { renderQr } = await import('../report/qr.ts');
    io.stdout.write(`\n${renderQr(text, io.stdout.paint)}`);
  }
  if (io.isQuiet || privateKey === undefined) return;
  io.stderr.write(
    args.out === undefined
      ? 'the private key above is shown this once and stored nowhere\n'
      : `wrote ${visible(args.out)} with the private key, which is stored nowhere else\n`,
  );
}
