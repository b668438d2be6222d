// The smaller programs: ping, dpkg-query, ubnt-hal, and the checks that the package's templates hand to the shell.

import { covers, parseAddress, parsePrefix } from '../../../wireguard/prefix.ts';
import type { Answer, Call } from '../../call.ts';
import { isAllowedIp, isKeyOrFile } from '../behaviour/keys.ts';
import type { Engine } from '../engine.ts';
import type { WgPeer } from '../wireguard-device.ts';
import { complaint, no, ok, said } from './answers.ts';
import { routeFor } from './ip.ts';

/** Through a tunnel only a peer that is up answers; elsewhere anything that is routed does. */
export function ping(engine: Engine, call: Call): Answer {
  const valued = new Set(['-c', '-I', '-M', '-s', '-w', '-W', '-i', '-t']);
  let [count, size, target] = [3, 56, ''];
  for (let i = 0; i < call.args.length; i++) {
    const arg = call.args[i] ?? '';
    const value = call.args[i + 1] ?? '';
    if (arg === '-c') count = Number(value);
    if (arg === '-s') size = Number(value);
    if (valued.has(arg)) i++;
    else if (!arg.startsWith('-')) target = arg;
  }
  if (parseAddress(target) === undefined) return complaint(`ping: ${target}: Name or service not known\n`, 2);
  const { kernel } = engine.world;
  const route = routeFor(kernel, target);
  if (route === undefined || route.isBlackhole) return complaint('connect: Network is unreachable\n', 2);
  const link = kernel.links.get(route.device ?? '');
  const isTooBig = link !== undefined && call.args.includes('do') && size + 28 > link.mtu;
  const isAnswered =
    !isTooBig && (link?.wg === undefined || peerBehind(engine, route.device ?? '', target) !== undefined);
  const head = `PING ${target} (${target}) ${size}(${size + 28}) bytes of data.\n`;
  const line = (i: number): string =>
    isAnswered ? `${size + 8} bytes from ${target}: icmp_seq=${i} ttl=64 time=1.00 ms\n` : '';
  const lines = Array.from({ length: count }, (_, i) => line(i + 1)).join('');
  const big = isTooBig ? `ping: local error: Message too long, mtu=${link.mtu}\n` : '';
  const received = isAnswered ? count : 0;
  const loss = isAnswered ? 0 : 100;
  const tail = `\n--- ${target} ping statistics ---\n${count} packets transmitted, ${received} received, ${loss}% packet loss, time ${(count - 1) * 1000}ms\n`;
  return { stdout: head + lines + tail, stderr: big, exit: isAnswered ? 0 : 1 };
}

/** The peer of the tunnel `device` that is up and has the address `target`. */
export function peerBehind(engine: Engine, device: string, target: string): WgPeer | undefined {
  engine.shakeHands();
  const address = parsePrefix(target);
  const peers = engine.world.kernel.links.get(device)?.wg?.peers ?? [];
  return peers.find(peer => {
    const prefixes = peer.allowedIps.map(parsePrefix);
    return peer.handshake > 0 && prefixes.some(own => own && address && covers(own, address));
  });
}

/** Package and version with a tab between, as dpkg-query prints them unasked. */
const defaultFormat = ['Package', 'Version']
  .map(field => `\${${field}}`)
  .join('\t')
  .concat('\n');

export function dpkgQuery(engine: Engine, call: Call): Answer {
  const packages = call.args.filter(arg => !arg.startsWith('-'));
  const format = call.args
    .find(arg => /^(-f|--showformat)=?/.test(arg))
    ?.replace(/^(-f=?|--showformat=)/, '');
  const version = engine.options.wireguard?.version;
  let result: Answer = ok;
  for (const name of packages) {
    const isKnown = name === 'wireguard' && version !== undefined;
    const fields: Record<string, string> = {
      Package: name,
      Version: version ?? '',
      Status: 'install ok installed',
    };
    const text = (format ?? defaultFormat)
      .replace(/\$\{(\w+)\}/g, (_, field: string) => fields[field] ?? '')
      .replaceAll('\\n', '\n')
      .replaceAll('\\t', '\t');
    result = isKnown
      ? { ...result, stdout: result.stdout + text }
      : { ...result, stderr: `${result.stderr}dpkg-query: no packages found matching ${name}\n`, exit: 1 };
  }
  return result;
}

const hal: Readonly<Record<string, string>> = {
  getBoardIdE: 'e50',
  getBoardName: 'EdgeRouter X 5-Port',
  getPortCount: '5',
};

export function ubntHal(engine: Engine, call: Call): Answer {
  const [what = ''] = call.args;
  if (what === 'getMtu') return said(`${engine.world.maxMtu}\n`);
  const text = Object.hasOwn(hal, what) ? hal[what] : undefined;
  return text === undefined ? no : said(`${text}\n`);
}

/** `lab-check ip TEXT` and `lab-check key TEXT`: exit 0 when it is one. */
export async function labCheck(engine: Engine, call: Call): Promise<Answer> {
  const [kind = '', value = ''] = call.args;
  if (kind === 'ip') return value !== '' && isAllowedIp({ value }) ? ok : no;
  return (await isKeyOrFile({ value, call, world: engine.world })) ? ok : no;
}
