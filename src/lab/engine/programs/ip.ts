// `ip`: addresses, links and routes as iproute2 prints them, as far as scripts read them.
import { covers, last, parseInterfaceAddress, parsePrefix, printAddress } from '../../../wireguard/prefix.ts';
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import { printRoute } from '../ip-routes.ts';
import type { ActiveRoute, Kernel, Link } from '../kernel.ts';
import { mark, printNetfilter } from '../netfilter.ts';
import { complaint, said } from './answers.ts';

interface Options {
  readonly brief: boolean;
  readonly oneLine: boolean;
  readonly family: 4 | 6 | undefined;
}

export function ip(engine: Engine, call: Call): Answer {
  const flags = call.args.filter(arg => arg.startsWith('-'));
  const [object = '', ...rest] = call.args.filter(arg => !arg.startsWith('-'));
  const isFlag = (...names: string[]): boolean => flags.some(flag => names.includes(flag));
  const options: Options = {
    brief: isFlag('-br', '-brief'),
    oneLine: isFlag('-o', '-oneline'),
    family: isFlag('-6') ? 6 : isFlag('-4') ? 4 : undefined,
  };
  const { kernel } = engine.world;
  if ('address'.startsWith(object) && object !== '') return addresses(kernel, options, rest);
  if ('link'.startsWith(object) && object !== '') return links(kernel, options, rest);
  if ('route'.startsWith(object) && object !== '') return routes(kernel, options, rest);
  if ('rule'.startsWith(object) && object !== '') return said(rules(engine, options));
  if (object === '') return complaint('Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n', 255);
  return complaint(`Object "${object}" is unknown, try "ip help".\n`, 1);
}

const showing = (word: string | undefined): boolean =>
  word !== undefined && word !== '' && ('show'.startsWith(word) || 'list'.startsWith(word) || word === 'lst');

/** The links that the words after `show` choose, or the sentence when there is no such device. */
function chosen(kernel: Kernel, words: readonly string[]): Link[] | string {
  const rest = showing(words[0]) ? words.slice(1) : words;
  const isUp = rest.includes('up');
  const type = rest.includes('type') ? rest[rest.indexOf('type') + 1] : undefined;
  const name = rest.includes('dev')
    ? rest[rest.indexOf('dev') + 1]
    : rest.find((word, i) => !['up', 'type'].includes(word) && rest[i - 1] !== 'type');
  const all = [...kernel.links.values()];
  const named = name === undefined ? all : all.filter(link => link.name === name);
  if (name !== undefined && named.length === 0) return `Device "${name}" does not exist.\n`;
  return named.filter(link => (!isUp || link.up) && (type === undefined || link.kind === type));
}

function addresses(kernel: Kernel, options: Options, words: readonly string[]): Answer {
  const found = chosen(kernel, words);
  if (typeof found === 'string') return complaint(found);
  return said(
    found
      .map(link => (options.brief ? briefAddresses(link, options) : fullAddresses(link, options)))
      .join(''),
  );
}

/** Its own addresses, and the link-local one that an Ethernet has when it is up. */
function shownAddresses(link: Link, family: 4 | 6 | undefined): string[] {
  const local =
    link.up && (link.kind === 'ethernet' || link.kind === 'vlan')
      ? [`fe80::7a8a:20ff:fe00:${link.index}/64`]
      : [];
  return [...link.addresses, ...local].filter(
    address => family === undefined || (family === 6) === address.includes(':'),
  );
}

function state(link: Link): string {
  if (link.name === 'lo' || ['wireguard', 'ppp'].includes(link.kind)) return link.up ? 'UNKNOWN' : 'DOWN';
  return link.up ? 'UP' : 'DOWN';
}

function briefAddresses(link: Link, { family }: Options): string {
  const list = shownAddresses(link, family);
  if (family !== undefined && list.length === 0) return '';
  return `${link.name.padEnd(16)} ${state(link).padEnd(14)} ${list.map(address => `${address} `).join('')}\n`;
}

function flagsOf(link: Link): string {
  const base = {
    loopback: ['LOOPBACK'],
    wireguard: ['POINTOPOINT', 'NOARP'],
    ppp: ['POINTOPOINT', 'MULTICAST', 'NOARP'],
    ethernet: ['BROADCAST', 'MULTICAST'],
    vlan: ['BROADCAST', 'MULTICAST'],
    other: ['BROADCAST', 'MULTICAST'],
  }[link.kind];
  return `<${[...base, ...(link.up ? ['UP', 'LOWER_UP'] : [])].join(',')}>`;
}

function mac(link: Link): string {
  return `78:8a:20:00:00:${link.index.toString(16).padStart(2, '0')}`;
}

function head(link: Link, withMode: boolean): string {
  const queue = ['loopback', 'wireguard', 'vlan'].includes(link.kind) ? 'noqueue' : 'pfifo_fast';
  const mode = withMode ? ' mode DEFAULT' : '';
  return `${link.index}: ${link.name}: ${flagsOf(link)} mtu ${link.mtu} qdisc ${link.up ? queue : 'noop'} state ${state(link)}${mode} group default qlen 1000`;
}

function hardware(link: Link): string {
  if (link.kind === 'loopback') return 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00';
  if (link.kind === 'wireguard') return 'link/none ';
  return link.kind === 'ppp' ? 'link/ppp ' : `link/ether ${mac(link)} brd ff:ff:ff:ff:ff:ff`;
}

function fullAddresses(link: Link, { family, oneLine }: Options): string {
  const list = shownAddresses(link, family);
  if (oneLine)
    return list
      .map(
        address =>
          `${link.index}: ${link.name}    ${addressLine(link, address)}\\       valid_lft forever preferred_lft forever\n`,
      )
      .join('');
  if (family !== undefined && list.length === 0) return '';
  const alias = link.alias === '' ? '' : `    alias ${link.alias}\n`;
  const lines = list.map(
    address => `    ${addressLine(link, address)}\n       valid_lft forever preferred_lft forever\n`,
  );
  const hard = family === undefined ? `    ${hardware(link)}\n${alias}` : '';
  return `${head(link, false)}\n${hard}${lines.join('')}`;
}

function addressLine(link: Link, text: string): string {
  const address = parseInterfaceAddress(text);
  const scope = link.kind === 'loopback' ? 'host' : text.startsWith('fe80') ? 'link' : 'global';
  if (address?.family === 6) return `inet6 ${text} scope ${scope} `;
  const hasBroadcast =
    address !== undefined && address.length < 31 && ['ethernet', 'vlan', 'other'].includes(link.kind);
  const broadcast = hasBroadcast ? ` brd ${printAddress(4, last(address))}` : '';
  return `inet ${text}${broadcast} scope ${scope} ${link.name}`;
}

function links(kernel: Kernel, options: Options, words: readonly string[]): Answer {
  const found = chosen(kernel, words);
  if (typeof found === 'string') return complaint(found);
  const one = (link: Link): string => {
    if (options.brief) {
      const address = ['wireguard', 'ppp'].includes(link.kind)
        ? ''
        : `${link.kind === 'loopback' ? '00:00:00:00:00:00' : mac(link)} `;
      return `${link.name.padEnd(16)} ${state(link).padEnd(14)} ${address}${flagsOf(link)} \n`;
    }
    const lines = [head(link, true), `    ${hardware(link)}`];
    if (link.alias !== '') lines.push(`    alias ${link.alias}`);
    return `${lines.join(options.oneLine ? '\\' : '\n')}\n`;
  };
  return said(found.map(one).join(''));
}

function routes(kernel: Kernel, { family = 4 }: Options, words: readonly string[]): Answer {
  const rest = showing(words[0]) ? words.slice(1) : words;
  if (rest[0] === 'get') return routeTo(kernel, rest[1] ?? '');
  const value = (name: string): string | undefined =>
    rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined;
  const [device, protocol, match] = [value('dev'), value('proto') ?? value('protocol'), value('match')];
  const exact = rest.find(word => parsePrefix(word) !== undefined && word !== match) ?? value('exact');
  const isMatch = (route: ActiveRoute): boolean => {
    const own = parsePrefix(route.prefix);
    const wanted = parsePrefix(match ?? exact ?? '');
    if (own === undefined) return false;
    if (match !== undefined) return wanted !== undefined && covers(own, wanted);
    return (
      exact === undefined ||
      (wanted !== undefined && wanted.first === own.first && wanted.length === own.length)
    );
  };
  const table = value('table') ?? 'main';
  const routes = kernel.routes(family, ['main', 'all', '254'].includes(table) ? undefined : table);
  if (table === 'all') routes.unshift(...kernel.tables().flatMap(one => kernel.routes(family, one)));
  if (rest.includes('default') && exact === undefined)
    return said(listed(routes.filter(route => route.prefix.endsWith('/0'))));
  const lines = routes
    .filter(route => device === undefined || route.device === device)
    .filter(route => protocol === undefined || route.protocol === protocol)
    .filter(isMatch);
  return said(listed(lines, table === 'all'));
}

/** The kernel's own, and one for each table that a `firewall modify` sends packets to (vyatta-cfg src/ubnt/fw/fw_pbr.cpp: IPv4 alone). */
function rules(engine: Engine, { family = 4 }: Options): string {
  const marked = printNetfilter(engine.active, engine.world.kernel, 4, 'mangle').matchAll(
    /^:UBNT_PBR_(\d+) /gm,
  );
  const own = family === 4 ? [...marked].map(([, table = '']) => table) : [];
  const lines = own.map(table => `${table}:\tfrom all fwmark 0x${mark(table)}/0x7f800000 lookup ${table} \n`);
  return `0:\tfrom all lookup local \n${lines.join('')}32766:\tfrom all lookup main \n${family === 4 ? '32767:\tfrom all lookup default \n' : ''}`;
}

const listed = (routes: readonly ActiveRoute[], areNamed = false): string =>
  routes.map(route => `${printRoute(route, areNamed)}\n`).join('');

/** The route that a packet would take: the longest prefix. */
export function routeFor(kernel: Kernel, address: string): ActiveRoute | undefined {
  const target = parsePrefix(address);
  if (target === undefined) return undefined;
  return kernel
    .routes(target.family)
    .map(route => ({ route, prefix: parsePrefix(route.prefix) }))
    .filter(({ prefix }) => prefix !== undefined && covers(prefix, target))
    .sort((a, b) => (b.prefix?.length ?? 0) - (a.prefix?.length ?? 0))[0]?.route;
}

function routeTo(kernel: Kernel, address: string): Answer {
  const route = routeFor(kernel, address);
  if (route === undefined || route.isBlackhole)
    return complaint('RTNETLINK answers: Network is unreachable\n', 2);
  const link = kernel.links.get(route.device ?? '');
  const source = link?.addresses.find(own => own.includes(':') === address.includes(':'))?.split('/')[0];
  const via = route.gateway === undefined ? '' : `via ${route.gateway} `;
  const src = source === undefined ? '' : `src ${source} `;
  return said(`${address} ${via}dev ${route.device} ${src}uid 0 \n    cache \n`);
}
