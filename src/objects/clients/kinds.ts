// The objects of policy routing: routing tables, `firewall modify` rulesets with their rules, and where these are attached.
import { modifyTree as modifyTreeOf } from '../../model/firewall/modify.ts';
import { leaves, type Path, startsWith, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import type { Claim } from '../hold.ts';
import { any, type KeyOf, Kind, type Step } from '../kind.ts';
import type { Instance } from '../leaf.ts';
import { leafOf } from '../leaf.ts';
import { tunnel } from '../tunnel.ts';
import { clientNamed, isOwnSet, ownNetworkDescription, tableTunnel } from './names.ts';

const modifyTree = { 4: modifyTreeOf(4), 6: modifyTreeOf(6) } as const;

const tableLeaf = leafOf<{ readonly description: string }>();
const tableLeaves = [tableLeaf('description', 'description')];

export const table: Kind<[number: string], KeyOf<typeof tableLeaves>> = new Kind({
  at: ['protocols', 'static', 'table', any],
  leaves: tableLeaves,
  hold: (claim, number) => {
    if (claim.wants(table.path(number))) return 'all';
    const of = tableTunnel(table.value(claim.running, 'description', number));
    return of !== undefined && isClaimed(claim, of) && isAsMade(claim.running, number, of) ? 'all' : 'none';
  },
  title: number => ({ title: `routing table ${number}`, order: ['Policy routing', '', Number(number)] }),
});

/** The only route of a table: everything, by an interface; the blackhole behind it is `blackhole`. */
export const tableRoute = (number: string): Path => [
  ...table.path(number),
  'interface-route',
  '0.0.0.0/0',
  'next-hop-interface',
];

export const tableBlackhole = (number: string): Path => [
  ...table.path(number),
  'route',
  '0.0.0.0/0',
  'blackhole',
  'distance',
];

/** It has a route that is none of a table of this tunnel's. */
export function isForeignTable(running: Tree, number: string, tunnel: string): boolean {
  const ours = [
    [...tableRoute(number), tunnel],
    tableBlackhole(number).slice(0, -1),
    table.leaf('description', number),
  ];
  const node = table.node(running, number);
  return (
    node !== undefined &&
    [...leaves(node, table.path(number))].some(({ path }) => !ours.some(one => startsWith(path, one)))
  );
}

/** Load balancing or a rule sends packets into the table; rules by their description. */
export const isSentTo = (
  running: Tree,
  number: string,
  counts: (description: string | undefined) => boolean,
): boolean =>
  modifyRule
    .all(running)
    .some(
      instance =>
        modifyRule.value(running, 'table', ...instance) === number &&
        counts(modifyRule.value(running, 'description', ...instance)),
    ) ||
  values(running, ['load-balance', 'group']).some(group => {
    const ifaces = ['load-balance', 'group', group, 'interface'];
    return values(running, ifaces).some(
      iface => value(running, [...ifaces, iface, 'route', 'table']) === number,
    );
  });

/** Its name alone is no evidence: what others put into it, or send into it, stays theirs. */
const isAsMade = (running: Tree, number: string, tunnel: string): boolean =>
  !isForeignTable(running, number, tunnel) &&
  !isSentTo(running, number, description => clientNamed(description) === undefined);

/** Some packets, in EdgeOS's words. */
export interface Said {
  readonly address?: string;
  readonly group?: { readonly address?: string; readonly network?: string };
}

/** A rule as edgewg makes one. */
export interface SaidRule {
  readonly action: 'modify' | 'accept' | 'drop';
  readonly table?: string;
  readonly description: string;
  readonly source?: Said;
  readonly destination?: Said;
}

const leaf = leafOf<SaidRule>();
const group = (end: string, kind: string) => ({
  4: `${end} group ${kind}-group`,
  6: `${end} group ipv6-${kind}-group`,
});

/** Of several groups EdgeOS takes one. */
const first = { said: (node: Tree) => [...node.children.keys()][0] };

const ruleLeaves = [
  leaf('action', 'action'),
  leaf('description', 'description'),
  leaf('modify table', 'table'),
  leaf('source address', 'source.address'),
  leaf(group('source', 'address'), 'source.group.address', first),
  leaf(group('source', 'network'), 'source.group.network', first),
  leaf('destination address', 'destination.address'),
  leaf(group('destination', 'address'), 'destination.group.address', first),
  leaf(group('destination', 'network'), 'destination.group.network', first),
];

export const modifySet: Kind<[family: Family, name: string], never> = new Kind({
  at: ['firewall', modifyTree, any],
  leaves: [],
  hold: (claim, family, name) => (isOwnSet(name) && isOurs(claim, family, name) ? 'all' : 'none'),
  title: (family, name) => ({
    title: `modify ruleset ${name} (IPv${family})`,
    order: ['Policy routing', name, 0],
  }),
});

export const modifyRule: Kind<
  [family: Family, ruleset: string, number: string],
  KeyOf<typeof ruleLeaves>
> = new Kind({
  at: ['firewall', modifyTree, any, 'rule', any],
  leaves: ruleLeaves,
  hold: (claim, ...instance) => {
    if (claim.wants(modifyRule.path(...instance))) return 'all';
    const description = modifyRule.value(claim.running, 'description', ...instance);
    const named = clientNamed(description);
    if (named !== undefined) return isClaimed(claim, named.tunnel) ? 'all' : 'none';
    const [family, name] = instance;
    if (description === ownNetworkDescription) return isOurs(claim, family, name) ? 'all' : 'none';
    return holdOfTable(claim, modifyRule.value(claim.running, 'table', ...instance));
  },
  title: (family, name, number) => ({
    title: `rule ${number} of ${name} (IPv${family})`,
    order: ['Policy routing', name, Number(number)],
  }),
  isOneEntry: true,
});

/** Somebody's own rule that sends into a table of the file: the file's where it has the tunnel as a whole, else kept. */
function holdOfTable(claim: Claim, number: string | undefined): 'all' | 'said' | 'none' {
  if (number === undefined || !claim.wants(table.path(number))) return 'none';
  const into = tunnelsOfTable(claim.wanted, number);
  return into.some(name => claim.isWhole(name)) ? 'all' : 'said';
}

/** The interfaces into which a table sends everything. */
export const tunnelsOfTable = (tree: Tree, number: string): string[] => values(tree, tableRoute(number));

const isClaimed = (claim: Claim, name: string | undefined): boolean =>
  name !== undefined && (claim.isNamed(name) || claim.isWhole(name));

/** No rule of a ruleset is for clients of a tunnel that this file knows nothing of: what serves them all may go with the last. */
function isOurs(claim: Claim, family: Family, name: string): boolean {
  return modifyRule
    .names(claim.running, family, name)
    .flatMap(
      number => clientNamed(modifyRule.value(claim.running, 'description', family, name, number)) ?? [],
    )
    .every(named => isClaimed(claim, named.tunnel));
}

/** Somebody put a rule of their own there, which stays. */
const isUsedByOthers = ({ running }: Claim, family: Family, name: string): boolean =>
  modifyRule.names(running, family, name).some(number => {
    const description = modifyRule.value(running, 'description', family, name, number);
    return description !== ownNetworkDescription && clientNamed(description) === undefined;
  });

/** The kinds of interfaces by which clients may come in; `vif` is a VLAN of one. */
const plain = ['ethernet', 'switch', 'bonding', 'bridge', 'openvpn', 'tunnel', 'wireguard'];
const withVlans = ['ethernet', 'switch', 'bonding', 'bridge'];

const vlan = (isVlan: boolean): Step[] => (isVlan ? ['vif', any] : []);

type Attachment = Kind<[...iface: string[], family: Family], never>;

const attachmentAt = (type: string, isVlan: boolean): Attachment =>
  new Kind<[...iface: string[], family: Family], never>({
    at: ['interfaces', type, any, ...vlan(isVlan), 'firewall', 'in', modifyTree],
    leaves: [],
    hold: (claim, ...instance) => {
      const path = attachmentAt(type, isVlan).path(...instance);
      if (claim.wants(path)) return 'all';
      const family = instance.at(-1) as Family;
      const name = value(claim.running, path) ?? '';
      if (isOwnSet(name) && isOurs(claim, family, name) && !isUsedByOthers(claim, family, name)) return 'all';
      // of a tunnel that is the file's as a whole it is kept, as all is that the file has no word for
      return type === 'wireguard' ? tunnel.hold(claim, String(instance[0])) : 'none';
    },
    title: (...instance) => {
      const family = instance.at(-1) as Family;
      const iface = instance.slice(0, -1).join('.');
      return {
        title: `modify ruleset at ${iface} (IPv${family})`,
        order: ['Policy routing', iface, 0],
      };
    },
  });

export const attachments: readonly Kind<Instance, string>[] = [
  ...plain.map(type => attachmentAt(type, false)),
  ...withVlans.map(type => attachmentAt(type, true)),
] as unknown as readonly Kind<Instance, string>[];

/** Below an interface: the modify ruleset for what comes in by it. */
export const attachedModify = (family: Family): Path => ['firewall', 'in', modifyTree[family]];
