// `peer add NAME`: a phone or laptop on an interface that is there. The site file gets the peer; the private key is made here,
// shown once, and kept nowhere.
import { Exit, Refused } from '../errors.ts';
import type { Router } from '../import/settle.ts';
import { visible } from '../report/visible.ts';
import type { Secret } from '../secret.ts';
import type { LoadedSite, Tunnel } from '../site/load.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { readSiteFile, siteOptions } from './live.ts';
import { readRouting, refuseExisting } from './site-file.ts';

export const command = defineCommand({
  command: 'peer <action> <name>',
  describe: 'add a phone or laptop: address, configuration, QR code',
  positionals: {
    action: { choices: ['add'], demandOption: true, describe: 'add: one more peer' },
    name: { type: 'string', demandOption: true, describe: 'its name in the site file' },
  },
  options: {
    ...siteOptions,
    tunnel: { type: 'string', describe: 'the interface; default: the only one that leads to no node' },
    endpoint: { type: 'string', describe: 'where the device reaches the router: HOST or HOST:PORT' },
    'allowed-ips': {
      type: 'string',
      describe:
        "what the device sends into the tunnel, with commas; default: cluster.homeNetworks and the tunnel's network, else everything",
    },
    dns: { type: 'string', describe: 'the DNS servers of the device, with commas' },
    'public-key': { type: 'string', describe: "the device's own key: then none is made here" },
    'router-key': { type: 'string', describe: "the interface's public key, where no router is asked" },
    running: { type: 'string', describe: 'a saved configuration in place of the router' },
    'accept-new-host-key': {
      type: 'boolean',
      describe: 'write down the key of a host that is not known yet',
    },
    out: { type: 'string', describe: 'write the configuration to a file (0600) in place of the terminal' },
    qr: { type: 'boolean', describe: 'print a QR code; default on a terminal' },
  },
  examples: [
    ['edgewg peer add phone --endpoint home.example.net', 'a QR code for the app; then edgewg apply'],
    ['edgewg peer add laptop --endpoint home.example.net --out laptop.conf', 'a file for wg-quick'],
  ],
  async run(args, io) {
    if (args.file === '-')
      throw new Refused('usage', 'peer add writes to the site file', 'name it with --file');
    const text = (await readSiteFile(args.file, io)).toString('utf8');
    const out = args.out === '-' ? undefined : args.out;
    // what is there may be the only copy of another device's key
    if (out !== undefined) await refuseExisting(out, false, io, 'take another name, or move that file away');
    const { loadSite } = await import('../site/load.ts');
    const loaded = loadSite(text, args.file);
    checkName(args.name);
    const keep = { running: args.running, 'accept-new-host-key': args['accept-new-host-key'] };
    const { router } = await readRouting(keep, loaded.site.router, io);
    const tunnel = tunnelOf(loaded, args.tunnel);
    const device = await deviceOf(loaded, tunnel, router, args);
    const { addPeer } = await import('../import/add-peer.ts');
    const { alone } = device;
    const after = addPeer(text, args.file, {
      tunnel: tunnel.name,
      name: args.name,
      publicKey: device.publicKey,
      allowedIPs: alone,
    });
    // a file comes first: a peer whose key nobody has would be in the way of the next attempt
    if (out !== undefined) await io.writeFile(out, device.text);
    await addTo(args.file, after, out, io);
    await hand(device.text, device.privateKey, { out, qr: args.qr }, io);
    if (!io.isQuiet)
      io.stderr.write(
        `${visible(args.file)} has ${visible(args.name)} as a peer of ${tunnel.name}, ${alone.join(' and ')}; the router gets it by edgewg apply\n`,
      );
    if (!io.isQuiet && args.dns !== undefined)
      io.stderr.write(
        'DNS: on Linux wg-quick wants resolvconf (Debian: openresolv, or systemd-resolved) for it, and takes the interface away again where there is none\n',
      );
    return Exit.done;
  },
});

interface Args {
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly 'allowed-ips': string | undefined;
  readonly dns: string | undefined;
  readonly 'public-key': string | undefined;
  readonly 'router-key': string | undefined;
}

function checkName(name: string): void {
  const fault = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(name);
  if (!fault)
    throw new Refused('usage', `${visible(name)} is no name of a peer`, 'use letters, digits, _ . and -');
}

/** The interface that is meant. */
function tunnelOf({ site }: LoadedSite, said: string | undefined): Tunnel {
  const nodes = new Set(site.cluster?.nodes.map(node => node.tunnel));
  const choice = site.tunnels.filter(({ name }) => (said === undefined ? !nodes.has(name) : name === said));
  const [tunnel] = choice;
  if (tunnel !== undefined && choice.length === 1) return tunnel;
  const names = site.tunnels.map(({ name }) => name).join(', ') || 'none';
  if (said !== undefined)
    throw new Refused('no-tunnel', `the site file has no ${visible(said)}`, `it has ${names}`);
  throw new Refused('usage', 'which interface?', `say --tunnel: the file has ${names}`);
}

async function deviceOf({ site }: LoadedSite, tunnel: Tunnel, router: Router, args: Args) {
  const { value, values } = await import('../vyatta/tree.ts');
  const { parseInterfaceAddress, parsePrefix } = await import('../wireguard/prefix.ts');
  const { freeAddress, deviceText } = await import('../wireguard/device.ts');
  const base = ['interfaces', 'wireguard', tunnel.name];
  if (tunnel.peers.some(peer => peer.name === args.name))
    throw new Refused(
      'peer-exists',
      `${tunnel.name} has a peer ${visible(args.name)} already`,
      'take another name',
    );
  const own = tunnel.address.length > 0 ? tunnel.address : values(router.running, [...base, 'address']);
  const networks = own.flatMap(text => parseInterfaceAddress(text) ?? []);
  const there = values(router.running, [...base, 'peer']).flatMap(key =>
    values(router.running, [...base, 'peer', key, 'allowed-ips']).flatMap(list => list.split(',')),
  );
  const inFile = site.tunnels.flatMap(one => [...one.address, ...one.peers.flatMap(peer => peer.allowedIPs)]);
  const taken = [...there, ...inFile].flatMap(text => parsePrefix(bareHost(text)) ?? []);
  const addresses = networks.flatMap(
    network =>
      freeAddress(
        network,
        taken.filter(one => one.length > network.length),
      ) ?? [],
  );
  if (addresses.length === 0)
    throw new Refused(
      'no-address',
      `${tunnel.name} has no free address: its own are ${own.join(', ') || 'not known'}`,
      'an interface for devices needs a network, such as 192.168.5.1/24',
    );
  const alone = addresses.map(address => `${address}/${address.includes(':') ? 128 : 32}`);
  const port = tunnel.listenPort ?? Number(value(router.running, [...base, 'listen-port']));
  const { privateKey, publicKey } = await keysOf(args['public-key']);
  const text = deviceText({
    ...(privateKey && { privateKey }),
    addresses: alone,
    dns: await listed('--dns', args.dns, 'address'),
    mtu: Number(
      value(router.running, [...base, 'mtu']) ?? (typeof tunnel.mtu === 'number' ? tunnel.mtu : 1420),
    ),
    routerKey: await routerKey(tunnel, router, args['router-key']),
    allowedIPs: await wantedIPs(site.cluster?.homeNetworks, networks, alone, args['allowed-ips']),
    endpoint: await endpointOf(args.endpoint ?? site.cluster?.routerEndpoint, port),
    keepalive: 25,
  });
  return { text, alone, privateKey, publicKey };
}

/** An address of an interface stands for itself, not for its network. */
const bareHost = (text: string): string => {
  const [address = text, length] = text.split('/');
  return length === undefined || length === '32' || length === '128' || isNetwork(text) ? text : address;
};
const isNetwork = (text: string): boolean => /(\.0|::)\/\d+$/.test(text);

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
  const { value } = await import('../vyatta/tree.ts');
  if (said !== undefined && !isKey(said))
    throw new Refused('usage', '--router-key is no WireGuard key', '`edgewg keys` prints it');
  const file = value(running, ['interfaces', 'wireguard', tunnel.name, 'private-key']);
  const live = facts?.interfaces.get(tunnel.name)?.publicKey;
  const key = said ?? live ?? (file === undefined ? undefined : facts?.keyFiles.get(file)?.publicKey);
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

async function wantedIPs(
  home: readonly string[] | undefined,
  networks: readonly { family: 4 | 6; first: bigint; length: number }[],
  alone: readonly string[],
  said: string | undefined,
): Promise<string[]> {
  const { printPrefix } = await import('../wireguard/prefix.ts');
  if (said !== undefined) return await listed('--allowed-ips', said, 'prefix');
  if (home !== undefined && home.length > 0) return [...home, ...networks.map(printPrefix)];
  return ['0.0.0.0/0', ...(alone.some(text => text.includes(':')) ? ['::/0'] : [])];
}

async function endpointOf(said: string | undefined, port: number): Promise<string> {
  const { parseEndpoint, printEndpoint } = await import('../wireguard/endpoint.ts');
  const { parseAddress } = await import('../wireguard/prefix.ts');
  if (said === undefined)
    throw new Refused(
      'usage',
      'where does the device reach the router?',
      'give --endpoint HOST: a name or a public address',
    );
  const isV6 = parseAddress(said)?.family === 6;
  const found =
    parseEndpoint(said) ?? (port > 0 ? parseEndpoint(`${isV6 ? `[${said}]` : said}:${port}`) : undefined);
  if (found === undefined)
    throw new Refused(
      'usage',
      `--endpoint ${visible(said)} is no HOST or HOST:PORT`,
      'write home.example.net:51820',
    );
  return printEndpoint(found);
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
    const { renderUnicodeCompact } = await import('uqr');
    // blocks are the light modules; with colours they are that on a light terminal, too
    const lines = renderUnicodeCompact(text, { border: 2 }).split('\n');
    io.stdout.write(`\n${lines.map(line => io.stdout.paint.bgBlack.whiteBright(line)).join('\n')}\n`);
  }
  if (io.isQuiet || privateKey === undefined) return;
  io.stderr.write(
    args.out === undefined
      ? 'the private key above is shown this once and stored nowhere\n'
      : `wrote ${visible(args.out)} with the private key, which is stored nowhere else\n`,
  );
}
