// Rules of `service nat`: owned by number, as firewall rules are. A rule that the file says is the file's with all its leaves, since
// setting some of them on a rule that is there merges the two.
import { firstSource } from '../site/grammar/names.ts';
import { managesNatRule } from '../site/manages.ts';
import type { NatRule, Site } from '../site/site.ts';
import { isIdle } from '../vyatta/nodes.ts';
import { byVersion, leaves, type Tree } from '../vyatta/tree.ts';
import { covers, type Prefix, parseInterfaceAddress, parsePrefix } from '../wireguard/prefix.ts';
import { masqueradeTunnel } from './clients/names.ts';
import type { Draft } from './draft.ts';
import type { Claim } from './hold.ts';
import { any, type KeyOf, Kind } from './kind.ts';
import { leafOf, numberOr } from './leaf.ts';
import { enabled, endLeaves } from './match.ts';
import { peer } from './peer.ts';
import { tunnel } from './tunnel.ts';
import { Wanted } from './wanted.ts';

const leaf = leafOf<NatRule>();

const table = [
  leaf('type', 'type'),
  leaf('description', 'description'),
  leaf('disable', 'disable'),
  leaf('exclude', 'exclude'),
  leaf('log', 'log', enabled),
  leaf('outbound-interface', 'outboundInterface'),
  leaf('inbound-interface', 'inboundInterface'),
  leaf('protocol', 'protocol', numberOr),
  ...endLeaves('source'),
  ...endLeaves('destination'),
  leaf('outside-address address', 'outsideAddress.address'),
  leaf('outside-address port', 'outsideAddress.port', numberOr),
  leaf('inside-address address', 'insideAddress.address'),
  leaf('inside-address port', 'insideAddress.port', numberOr),
];

export const natRule: Kind<[number: string], KeyOf<typeof table>> = new Kind({
  at: ['service', 'nat', 'rule', any],
  leaves: table,
  hold: (claim, number) => {
    const { site } = claim;
    if (managesNatRule(site, Number(number)) || site.absent.natRules.includes(Number(number))) return 'all';
    if (claim.wants(natRule.path(number))) return 'all';
    // the one that clients of a tunnel had
    const of = masqueradeTunnel(natRule.value(claim.running, 'description', number));
    if (of !== undefined && (claim.isNamed(of) || claim.isWhole(of))) return 'all';
    return namesTunnel(claim, number) ? 'said' : 'none';
  },
  title: number => ({ title: `NAT rule ${number}`, order: ['NAT', '', Number(number)] }),
  isOneEntry: true,
});

const interfacesOf = (running: Tree, number: string): string[] => [
  ...natRule.values(running, 'outboundInterface', number),
  ...natRule.values(running, 'inboundInterface', number),
];

/** A rule of somebody else about a tunnel of the file: it is told of. */
const namesTunnel = (claim: Claim, number: string): boolean =>
  interfacesOf(claim.running, number).some(name => claim.isNamed(name));

export function wantNat(wanted: Wanted, site: Site): void {
  for (const said of site.nat) wantNatRule(wanted, site, said);
}

/** Wants a rule where its number is free, the file's, or has a rule of the same purpose; otherwise a check tells of it. */
export function wantNatRule(wanted: Wanted, site: Site, said: NatRule): void {
  const { running } = wanted;
  const number = String(said.number);
  if (!natRule.has(running, number) || managesNatRule(site, said.number) || isSame(wanted, site, said)) {
    natRule.want(wanted, said, [number]);
    return;
  }
  const taken = new Set([...natRule.names(running).map(Number), ...site.nat.map(one => one.number)]);
  const free = freeNatNumber(taken, said.number);
  wanted.observe({ kind: 'foreign-nat-rule', at: said.at, path: natRule.path(number), free });
}

const last = 9999;

/** The next number of the same kind that nobody has. */
export function freeNatNumber(taken: ReadonlySet<number>, from: number): number | undefined {
  const end = from < firstSource ? firstSource - 1 : last;
  for (let number = from; number <= end; number++) if (!taken.has(number)) return number;
  return undefined;
}

/** About the same tunnel of the file, or the same but for what it is called. */
function isSame(wanted: Wanted, site: Site, said: NatRule): boolean {
  const { running } = wanted;
  const number = String(said.number);
  for (const key of ['outboundInterface', 'inboundInterface'] as const) {
    const there = natRule.value(running, key, number);
    if (there === said[key] && site.tunnels.some(({ name }) => name === there)) return true;
  }
  const alone = new Wanted(wanted.placeOf, running);
  natRule.want(alone, said, [number]);
  return purpose(alone.tree, number) === purpose(running, number);
}

const names: ReadonlySet<string | undefined> = new Set(['description', 'disable', 'log']);

function purpose(tree: Tree, number: string): string {
  const node = natRule.node(tree, number);
  const all = node === undefined ? [] : [...leaves(node, natRule.path(number))].map(({ path }) => path);
  const mine = all.filter(path => !names.has(natRule.keyAt(path.slice(natRule.depth))) && !isIdle(path));
  return mine
    .map(path => path.join('\0'))
    .sort()
    .join('\n');
}

/** The rules about a tunnel or its networks. */
export function draftNat(draft: Draft, running: Tree): void {
  const networks = tunnel.names(running).flatMap(name => networksOf(running, name));
  for (const number of natRule.names(running).sort(byVersion))
    if (
      interfacesOf(running, number).some(name => tunnel.has(running, name)) ||
      isAbout(running, number, networks)
    )
      draft.set(['nat', number], natRule.data(running, number), natRule.path(number));
}

/** Where the addresses of a tunnel lie, and those of its peers; a default route is nobody's network. */
function networksOf(running: Tree, name: string): Prefix[] {
  const own = tunnel.values(running, 'address', name).flatMap(text => parseInterfaceAddress(text) ?? []);
  const theirs = peer
    .names(running, name)
    .flatMap(key => peer.values(running, 'allowedIPs', name, key))
    .flatMap(list => list.split(','))
    .flatMap(text => parsePrefix(text) ?? []);
  return [...own, ...theirs].filter(({ length }) => length > 0);
}

const addressKeys = [
  'source.address',
  'destination.address',
  'insideAddress.address',
  'outsideAddress.address',
] as const;

function isAbout(running: Tree, number: string, networks: readonly Prefix[]): boolean {
  return addressKeys.some(key => {
    const [text = ''] = (natRule.value(running, key, number) ?? '').split('-');
    const found = parsePrefix(text);
    return found !== undefined && networks.some(network => covers(network, found));
  });
}
