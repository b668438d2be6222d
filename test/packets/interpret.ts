// What a router's configuration means, as data for ip, wg, iptables and FRR. Written from docs/edgeos.md and ubnt-fw's source, and on
// purpose without a line of src/plan, which is judged by it. It is not EdgeOS: docs/contributing/packets.md says what follows from that.
import type { Tree } from '../../src/vyatta/tree.ts';
import { type Filter, readFilter } from './interpret-firewall.ts';
import { readPolicy } from './interpret-policy.ts';
import { readRouting } from './interpret-routes.ts';
import { Reading } from './reading.ts';

export interface Link {
  readonly name: string;
  readonly mtu: number | undefined;
  readonly addresses: readonly string[];
  /** Of a tunnel: what `wg set` gets, with the path of the key file in it. */
  readonly wg?: readonly string[];
  /** Routes that `route-allowed-ips` makes of AllowedIPs. */
  readonly routes?: readonly string[];
}

export interface Meaning {
  readonly links: readonly Link[];
  readonly filter: Filter;
  /** FRR's configuration for zebra, staticd and bgpd. */
  readonly frr: string;
  /** Words of `ip rule add`: by which mark a packet takes which table. */
  readonly rules: readonly (readonly string[])[];
  /** What the task scheduler runs, and how often. */
  readonly tasks: readonly { readonly path: string; readonly interval: string }[];
  /** Interfaces on which the DNS forwarder listens. */
  readonly dns: readonly string[];
  /** Commands that were not read. */
  readonly unread: readonly string[];
}

export function interpret(tree: Tree): Meaning {
  const config = new Reading(tree);
  const links = [...plainLinks(config), ...tunnels(config)];
  const names = links.map(link => link.name);
  return {
    links,
    filter: readFilter(config, attachments(config)),
    rules: readPolicy(config),
    tasks: tasks(config),
    dns: config.values('service', 'dns', 'forwarding', 'listen-on'),
    frr: readRouting(config, names),
    unread: config.unread(),
  };
}

function tasks(config: Reading): { path: string; interval: string }[] {
  return config.names('system', 'task-scheduler', 'task').map(name => {
    const task = config.at('system', 'task-scheduler', 'task', name);
    return { path: task.value('executable', 'path') ?? '', interval: task.value('interval') ?? '' };
  });
}

/** The path of every interface in the configuration. */
function interfaces(config: Reading): { name: string; at: Reading }[] {
  const found: { name: string; at: Reading }[] = [];
  for (const kind of config.names('interfaces'))
    for (const name of config.names('interfaces', kind)) {
      const at = config.at('interfaces', kind, name);
      if (!at.has('disable')) found.push({ name, at });
      for (const vif of at.names('vif')) found.push({ name: `${name}.${vif}`, at: at.at('vif', vif) });
      for (const n of at.names('pppoe')) found.push({ name: `pppoe${n}`, at: at.at('pppoe', n) });
    }
  return found;
}

function plainLinks(config: Reading): Link[] {
  return interfaces(config)
    .filter(({ name }) => !name.startsWith('wg'))
    .map(({ name, at }) => ({
      name,
      mtu: at.value('mtu') === undefined ? undefined : Number(at.value('mtu')),
      addresses: at.values('address').filter(address => address.includes('/')),
    }));
}

/** docs/edgeos.md 'WireGuard nodes': 1420 is the default MTU, route-allowed-ips must be false for routes to be the file's alone. */
function tunnels(config: Reading): Link[] {
  return interfaces(config)
    .filter(({ name }) => name.startsWith('wg'))
    .map(({ name, at }) => {
      const wg = ['wg', 'set', name];
      const port = at.value('listen-port');
      if (port !== undefined) wg.push('listen-port', port);
      const fwmark = at.value('fwmark');
      if (fwmark !== undefined) wg.push('fwmark', fwmark);
      const key = at.value('private-key');
      if (key !== undefined) wg.push('private-key', key);
      for (const peer of at.names('peer')) wg.push(...peerWords(peer, at.at('peer', peer)));
      return {
        name,
        mtu: Number(at.value('mtu') ?? 1420),
        addresses: at.values('address'),
        wg,
        routes: at.value('route-allowed-ips') === 'false' ? [] : allowedIps(at),
      };
    });
}

/** A value may itself be a list with commas (docs/edgeos.md 'WireGuard nodes'). */
function allowedIps(tunnel: Reading): string[] {
  return tunnel
    .names('peer')
    .flatMap(key => tunnel.values('peer', key, 'allowed-ips'))
    .flatMap(list => list.split(','));
}

function peerWords(key: string, peer: Reading): string[] {
  if (peer.has('disable')) return [];
  const words = ['peer', key];
  for (const [leaf, option] of [
    ['preshared-key', 'preshared-key'],
    ['endpoint', 'endpoint'],
    ['persistent-keepalive', 'persistent-keepalive'],
  ] as const) {
    const value = peer.value(leaf);
    if (value !== undefined) words.push(option, value);
  }
  const allowed = peer.values('allowed-ips');
  return [...words, 'allowed-ips', allowed.join(',')];
}

/** Which ruleset looks at what: `{interface: 'eth9', direction: 'local', family: 4, ruleset: 'WAN_LOCAL'}`. */
export interface Attachment {
  readonly interface: string;
  readonly direction: 'in' | 'out' | 'local';
  readonly family: 4 | 6;
  readonly ruleset: string;
  /** It is a modify ruleset. */
  readonly modifies?: true;
}

function attachments(config: Reading): Attachment[] {
  const found: Attachment[] = [];
  for (const { name, at } of interfaces(config))
    for (const direction of ['in', 'out', 'local'] as const)
      for (const [family, node] of [
        [4, 'name'],
        [6, 'ipv6-name'],
      ] as const) {
        const ruleset = at.value('firewall', direction, node);
        if (ruleset !== undefined) found.push({ interface: name, direction, family, ruleset });
        const modify = at.value('firewall', direction, node.replace('name', 'modify'));
        if (modify !== undefined)
          found.push({ interface: name, direction, family, ruleset: modify, modifies: true });
      }
  return found;
}
