// A small model of what a commit leaves in the router's kernel: links with their addresses, WireGuard devices, routes and
// the firewall's chains with who uses them. `wg`, `ip` and `show …` read it; template actions write it.
import { parseInterfaceAddress, parsePrefix, printAddress, printPrefix } from '../../wireguard/prefix.ts';
import { Sets } from './sets.ts';
import { WgDevice } from './wireguard-device.ts';

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly kind: 'loopback' | 'ethernet' | 'vlan' | 'ppp' | 'wireguard' | 'other';
  up: boolean;
  mtu: number;
  alias: string;
  /** With prefix length, in the order in which they were added; a link-local one isn't listed. */
  addresses: string[];
  readonly wg: WgDevice | undefined;
}

/** A route that somebody asked for; whether it is in force depends on its link. */
export interface Route {
  /** Canonical: `10.0.0.0/8`, `0.0.0.0/0`. */
  readonly prefix: string;
  readonly device: string | undefined;
  readonly gateway: string | undefined;
  readonly distance: number;
  readonly isBlackhole: boolean;
  /** `boot`: added by the wireguard package's scripts; `static`: by the routing daemon. */
  readonly protocol: 'static' | 'boot';
  /** Of `protocols static table`; undefined: the main one. */
  readonly table?: string;
  /** The routing daemon's number of the next hop. */
  readonly nexthop: number;
}

/** A route as it is in force. */
export interface ActiveRoute extends Omit<Route, 'protocol' | 'nexthop' | 'distance'> {
  readonly protocol: 'static' | 'boot' | 'kernel';
  readonly source: string | undefined;
  readonly nexthop: number;
  readonly distance: number;
}

export class Kernel {
  readonly links = new Map<string, Link>();
  /** What the routing daemon was told. */
  staticRoutes: Route[] = [];
  /** What scripts added by hand. */
  bootRoutes: Route[] = [];
  /** `name WAN_IN`, `ipv6-name WANv6_IN`, … */
  readonly chains = new Set<string>();
  /** `filter4 in eth0` → the ruleset attached there. */
  readonly attached = new Map<string, string>();
  /** Firewall groups. */
  readonly sets = new Sets();
  /** By a mishap: what a commit says and the kernel hasn't, `route PREFIX` or as netfilter.ts names it, and until when. */
  private readonly leftOut = new Map<string, number>();
  /** By a mishap: what a BGP session says from a time on, in place of what the tunnel behind it would make of it. */
  private readonly sessions = new Map<string, { readonly state: string; readonly since: number }[]>();
  private lastIndex = 0;
  private lastNexthop = 5;

  addLink(name: string, kind: Link['kind'], mtu: number, up: boolean): Link {
    const wg = kind === 'wireguard' ? new WgDevice() : undefined;
    const link: Link = { index: ++this.lastIndex, name, kind, up, mtu, alias: '', addresses: [], wg };
    this.links.set(name, link);
    return link;
  }

  removeLink(name: string): void {
    this.links.delete(name);
    this.bootRoutes = this.bootRoutes.filter(route => route.device !== name);
    for (const key of this.attached.keys()) if (key.endsWith(` ${name}`)) this.attached.delete(key);
  }

  /** What `ip link set down` and `up` do: sessions, IPv6 addresses and routes of scripts are lost (docs/edgeos.md 'Running tunnels'). */
  setDown(name: string): void {
    const link = this.links.get(name);
    if (link === undefined) return;
    link.up = false;
    link.addresses = link.addresses.filter(address => !address.includes(':'));
    link.wg?.forgetSessions();
    this.bootRoutes = this.bootRoutes.filter(route => route.device !== name);
  }

  setUp(name: string): void {
    const link = this.links.get(name);
    if (link !== undefined) link.up = true;
  }

  leaveOut(what: string, seconds: number): void {
    this.leftOut.set(what, Date.now() + seconds * 1000);
  }

  setSession(address: string, state: string, seconds: number): void {
    const own = this.sessions.get(address) ?? [];
    this.sessions.set(address, [...own, { state, since: Date.now() + seconds * 1000 }]);
  }

  /** What was said last of a session; undefined where nobody said anything. */
  session(address: string): { readonly state: string; readonly since: number } | undefined {
    return this.sessions
      .get(address)
      ?.filter(({ since }) => since <= Date.now())
      .at(-1);
  }

  isLeftOut(what: string): boolean {
    return what !== '' && (this.leftOut.get(what) ?? 0) > Date.now();
  }

  nextNexthop(): number {
    return ++this.lastNexthop;
  }

  isAttached(ruleset: string): boolean {
    return [...this.attached.values()].includes(ruleset);
  }

  /** Routes in force, in the order in which `ip route` lists them. */
  routes(family: 4 | 6, table?: string): ActiveRoute[] {
    const links = table === undefined ? [...this.links.values()].filter(link => link.up) : [];
    const asked = [...this.bootRoutes, ...this.staticRoutes].filter(route => route.table === table);
    const all = [...links.flatMap(connectedRoutes), ...this.usable(asked)];
    return all
      .map(route => ({ route, key: parsePrefix(route.prefix) }))
      .filter(({ key }) => key?.family === family)
      .sort((a, b) => compareKeys(a.key, b.key))
      .map(({ route }) => route);
  }

  /** The policy tables that have routes. */
  tables(): string[] {
    return [...new Set(this.staticRoutes.flatMap(({ table }) => table ?? []))];
  }

  /** Of the routes to each prefix those with the least distance whose way exists. */
  private usable(routes: readonly Route[]): ActiveRoute[] {
    const there = routes.filter(route => {
      const way = route.isBlackhole ? 'blackhole' : (route.device ?? '');
      if (this.isLeftOut(`route ${route.prefix}`) || this.isLeftOut(`route ${route.prefix} ${way}`))
        return false;
      if (route.isBlackhole) return true;
      if (route.device !== undefined) return this.links.get(route.device)?.up ?? false;
      return route.gateway !== undefined && this.deviceTo(route.gateway) !== undefined;
    });
    const least = new Map<string, number>();
    for (const { prefix, distance } of there) least.set(prefix, Math.min(distance, least.get(prefix) ?? 256));
    return there
      .filter(({ prefix, distance }) => distance === least.get(prefix))
      .map(route => ({
        ...route,
        device: route.device ?? (route.gateway === undefined ? undefined : this.deviceTo(route.gateway)),
        source: undefined,
      }));
  }

  /** The link in whose connected network an address lies. */
  deviceTo(address: string): string | undefined {
    const wanted = parsePrefix(address);
    for (const link of this.links.values()) {
      if (!link.up || wanted === undefined) continue;
      for (const text of link.addresses) {
        const own = parseInterfaceAddress(text);
        if (own === undefined || own.family !== wanted.family) continue;
        const host = BigInt((own.family === 4 ? 32 : 128) - own.length);
        if (wanted.first >> host === own.first >> host) return link.name;
      }
    }
    return undefined;
  }
}

function connectedRoutes(link: Link): ActiveRoute[] {
  if (link.kind === 'loopback') return [];
  const routes: ActiveRoute[] = [];
  for (const text of link.addresses) {
    const address = parseInterfaceAddress(text);
    if (address === undefined || (address.family === 4 && address.length === 32)) continue;
    const { family } = address;
    routes.push({
      prefix: printPrefix(address),
      device: link.name,
      gateway: undefined,
      distance: 0,
      isBlackhole: false,
      protocol: 'kernel',
      source: family === 4 ? printAddress(family, address.address) : undefined,
      nexthop: 0,
    });
  }
  return routes;
}

type Key = ReturnType<typeof parsePrefix>;

function compareKeys(a: Key, b: Key): number {
  if (a === undefined || b === undefined) return 0;
  if (a.length === 0 || b.length === 0) return a.length - b.length;
  return a.first < b.first ? -1 : a.first > b.first ? 1 : b.length - a.length;
}
