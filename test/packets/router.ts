// Makes a machine of the small internet the router that a configuration describes.

import type { Tree } from '../../src/vyatta/tree.ts';
import { startFrr } from './frr.ts';
import { interpret, type Link, type Meaning } from './interpret.ts';
import type { Machine } from './machine.ts';
import { uplinkAddresses, type World } from './world.ts';

/** `root`: what is `/` on the router that the configuration comes from; its key files are read there. */
export async function raiseRouter(world: World, tree: Tree, root: string): Promise<Meaning> {
  const { router } = world;
  const meaning = interpret(tree);
  const there = linksOf(router);
  router.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  for (const link of meaning.links) {
    if (link.wg !== undefined) raiseTunnel(router, link, root);
    else if (there.includes(link.name)) raiseLink(router, link);
  }
  applyFilter(router, meaning);
  for (const words of meaning.rules) router.run(['ip', 'rule', 'add', ...words]);
  await startFrr(router, meaning.frr, ['zebra', 'staticd', 'bgpd']);
  return meaning;
}

/** Rulesets, clamp and NAT alone: what was there before goes. */
export function applyFilter(router: Machine, { filter }: Pick<Meaning, 'filter'>): void {
  for (const [family, command] of [
    [4, 'iptables'],
    [6, 'ip6tables'],
  ] as const) {
    const restore = iptablesOf(router, command);
    router.run([`${restore}-restore`], '*filter\nCOMMIT\n');
    if (family === 4) {
      router.run(['ipset', 'destroy']);
      router.run(['ipset', 'restore'], filter.sets);
    }
    router.run([`${restore}-restore`], filter.tables[family]);
  }
}

/** Whichever the kernel has. */
export const iptablesOf = (machine: Machine, command: 'iptables' | 'ip6tables'): string =>
  machine.try([`${command}-legacy`, '-nL']).exit === 0 ? `${command}-legacy` : `${command}-nft`;

function linksOf(router: Machine): string[] {
  const found = JSON.parse(router.run(['ip', '-j', 'link'])) as { ifname: string }[];
  return found.map(link => link.ifname);
}

function raiseLink(router: Machine, link: Link): void {
  const addresses = link.name.startsWith('pppoe') ? Object.values(uplinkAddresses) : link.addresses;
  for (const address of addresses) addAddress(router, link.name, address);
  const mtu = link.mtu === undefined ? [] : ['mtu', String(link.mtu)];
  router.run(['ip', 'link', 'set', link.name, ...mtu, 'up']);
}

function addAddress(router: Machine, link: string, address: string): void {
  const nodad = address.includes(':') ? ['nodad'] : [];
  router.run(['ip', 'addr', 'replace', address, 'dev', link, ...nodad]);
}

function raiseTunnel(router: Machine, link: Link, root: string): void {
  addWireGuard(router, link.name);
  configureTunnel(router, link, root);
  for (const address of link.addresses) addAddress(router, link.name, address);
  router.run(['ip', 'link', 'set', link.name, 'mtu', String(link.mtu), 'up']);
  for (const prefix of link.routes ?? []) router.run(['ip', 'route', 'replace', prefix, 'dev', link.name]);
}

/** What `wg set` says of the tunnel, once more: peers, endpoints, AllowedIPs, keys. */
export function setTunnel(router: Machine, meaning: Meaning, name: string, root: string): void {
  for (const link of meaning.links) if (link.name === name) configureTunnel(router, link, root);
}

/** The router's shell would read the key file itself; here it is in another machine's tree. */
function configureTunnel(router: Machine, link: Link, root: string): void {
  const words = [...(link.wg ?? [])];
  for (const option of ['private-key', 'preshared-key'])
    for (const [i, word] of words.entries()) if (word === option) words[i + 1] = `${root}${words[i + 1]}`;
  router.run(words);
}

/** Whether the kernel has it. */
export function hasWireGuard(machine: Machine): boolean {
  return machine.try(['sh', '-c', 'ip link add probe type wireguard && ip link del probe']).exit === 0;
}

/** The kernel's WireGuard where there is one, else wireguard-go, as wg-quick does. */
export function addWireGuard(machine: Machine, name: string): void {
  if (hasWireGuard(machine)) machine.run(['ip', 'link', 'add', name, 'type', 'wireguard']);
  else machine.sh(`wireguard-go ${name} >/dev/null 2>&1`);
}
