// One rule of a ruleset as the packets that it takes. Knows nothing of its neighbours.
import { find, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import {
  addresses,
  allAddresses,
  type Condition,
  icmpCondition,
  inField,
  type Known,
  listed,
  negatable,
  negation,
  never,
  portCondition,
  portGroupCondition,
  protocolCondition,
  tcpFlagsCondition,
  undecided,
} from './conditions.ts';
import type { GroupKind } from './groups.ts';
import { type Packets, product, states } from './packets.ts';
import { only } from './ranges.ts';

export type Action = 'accept' | 'drop' | 'reject';

export interface Rule {
  readonly number: number;
  /** Undefined where EdgeOS would refuse the rule for its action. */
  readonly action: Action | undefined;
  readonly description?: string;
  /** The line of the configuration it starts at. */
  readonly line?: number;
  readonly disabled: boolean;
  /** What it takes for certain, and what it takes besides under conditions that no configuration shows. */
  readonly takes: readonly Packets[];
  readonly mayTake: readonly Packets[];
  /** Those conditions, in words: `it has a limit`. Empty when the rule is clear. */
  readonly because: readonly string[];
}

/** What rules ask of the tree around them. */
export type Groups = (kind: GroupKind, name: string) => Known;

/** Reads the node below `rule N`. */
export function readRule(number: number, node: Tree, family: Family, groups: Groups): Rule {
  const action = readAction(value(node, ['action']));
  const description = value(node, ['description']);
  const disabled = node.children.has('disable') || node.deactivated === true;
  const conditions = disabled || action === 'none' ? [never] : conditionsOf(node, family, groups);
  if (action === undefined) conditions.push(undecided('it has no action'));
  const takes = conditions.reduce<readonly Packets[]>((left, { sure }) => product(left, sure), [{}]);
  const because = [...new Set(conditions.flatMap(condition => condition.because ?? []))];
  const mayTake =
    because.length === 0
      ? []
      : conditions.reduce<readonly Packets[]>((left, { possible }) => product(left, possible), [{}]);
  return {
    number,
    action: action === 'none' ? undefined : action,
    ...(description !== undefined && { description }),
    ...(node.line !== undefined && { line: node.line }),
    disabled,
    takes,
    mayTake,
    because,
  };
}

/** `inspect` writes a rule without a target: it counts packets and lets them go on (rule.cpp). */
function readAction(word: string | undefined): Action | 'none' | undefined {
  if (word === 'reject-tcp') return 'reject';
  if (word === 'inspect') return 'none';
  return word === 'accept' || word === 'drop' || word === 'reject' ? word : undefined;
}

/** What decides nothing, or is read together with its neighbour. */
const inert = new Set(['action', 'description', 'log', 'disable', 'modify', 'protocol']);

/** Conditions whose answer stands in no configuration, by the node that must be there for them to count. */
const undecidable: Readonly<Record<string, string>> = {
  limit: 'rate',
  recent: '',
  time: '',
  p2p: '',
  connmark: '',
  mark: '',
  statistic: '',
  application: '',
  dscp: '',
};

function conditionsOf(node: Tree, family: Family, groups: Groups): Condition[] {
  const protocol = value(node, ['protocol']);
  const found: Condition[] = protocol === undefined ? [] : [protocolCondition(protocol)];
  for (const [word, child] of node.children) {
    const needs = undecidable[word];
    if (inert.has(word)) continue;
    if (needs !== undefined) {
      if (needs === '' ? child.children.size > 0 : child.children.has(needs))
        found.push(undecided(`it has \`${word}\``));
    } else if (word === 'source' || word === 'destination')
      found.push(...sideConditions(word, child, protocol, family, groups));
    else found.push(...ownConditions(word, child, protocol ?? '', family));
  }
  return found;
}

function ownConditions(word: string, node: Tree, protocol: string, family: Family): Condition[] {
  switch (word) {
    case 'state': {
      const named = Object.entries(states).filter(([state]) => value(node, [state]) === 'enable');
      const set = only(...named.map(([, number]) => number));
      return named.length === 0 ? [] : [inField('state', { sure: set, possible: set })];
    }
    case 'tcp': {
      const flags = value(node, ['flags']);
      if (flags === undefined) return [];
      return [
        protocol === 'tcp' || protocol === '6'
          ? tcpFlagsCondition(flags)
          : undecided('tcp flags without tcp'),
      ];
    }
    case 'icmp':
      if (node.children.size === 0) return [];
      return protocol === 'icmp' || protocol === '1' ? icmp(node) : [undecided('icmp type without icmp')];
    case 'icmpv6': {
      // Without its protocol EdgeOS leaves the type out of the rule and says nothing (rule.cpp).
      const type = value(node, ['type']);
      const counts = ['icmpv6', 'ipv6-icmp', '58'].includes(protocol);
      return type === undefined || !counts ? [] : [icmpCondition(type, 6)];
    }
    case 'fragment': // later fragments only; a question's packets are whole
      return node.children.has('match-frag') ? [never] : [];
    case 'ipsec': // a question's packets come in clear
      return node.children.has('match-ipsec') ? [never] : [];
    default:
      return [undecided(`it has \`${word}\`, which isn't known for IPv${family}`)];
  }
}

function icmp(node: Tree): Condition[] {
  const name = value(node, ['type-name']);
  const type = value(node, ['type']);
  const code = value(node, ['code']);
  if (name !== undefined) return [icmpCondition(name, 4)];
  if (type === undefined) return [];
  return [icmpCondition(code === undefined ? type : `${type}/${code}`, 4)];
}

const withPorts = new Set(['tcp', 'udp', 'tcp_udp', '6', '17']);

/** The conditions below `source` or `destination`. */
function sideConditions(
  side: 'source' | 'destination',
  node: Tree,
  protocol: string | undefined,
  family: Family,
  groups: Groups,
): Condition[] {
  const portField = side === 'source' ? 'sourcePort' : 'destinationPort';
  const full = allAddresses(family);
  const found: Condition[] = [];
  const address = value(node, ['address']);
  if (address !== undefined) {
    const { word, negated } = negation(address);
    const known = listed([word], text => addresses(text, family), full, `${side} address`);
    found.push(inField(side, negatable(known, negated, full)));
  }
  const port = value(node, ['port']);
  if (port !== undefined)
    found.push(
      withPorts.has(protocol ?? '') ? portCondition(portField, port) : undecided('ports without tcp or udp'),
    );
  // `destination mac-address` isn't part of EdgeOS's rules; a source's is only known on the wire.
  if (side === 'source' && node.children.has('mac-address'))
    found.push(undecided('it has a source mac-address'));
  for (const [kind, names] of find(node, ['group'])?.children ?? []) {
    const type = kind.replace(/^ipv6-/, '');
    for (const reference of values(names, [])) {
      const { word, negated } = negation(reference);
      if (type === 'port-group')
        found.push(portGroupCondition(portField, groups('port-group', word), negated));
      else if (type === 'address-group' || type === 'network-group')
        found.push(inField(side, negatable(groups(type, word), negated, full)));
      else found.push(undecided(`${side} group ${kind} is not known`));
    }
  }
  return found;
}
