// What the router's NAT takes before any ruleset sees it: destination NAT and port-forward send packets for the router
// elsewhere, so that no service of the router gets them. Built from the conditions of rules, as a ruleset is.
import type { Interface } from '../../vyatta/interfaces.ts';
import { emptyTree, find, type Path, type Tree, value, values } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { addresses, ports } from './conditions.ts';
import { groupOf } from './groups.ts';
import { type Packets, states } from './packets.ts';
import { ownAddresses } from './port.ts';
import { holds } from './ranges.ts';
import { readRule } from './rule.ts';
import type { Ruleset } from './ruleset.ts';
import { ask, ruleOf } from './verdict.ts';
import { tellDoubt } from './words.ts';

/** What decides about the NAT of a rule, but isn't a condition on packets; `inbound-interface` is looked at here. */
const notConditions = new Set([
  'type',
  'inbound-interface',
  'outbound-interface',
  'inside-address',
  'outside-address',
  'exclude',
]);

/**
 * The NAT before routing on an interface as a ruleset: `accept` lets a packet be (`exclude`, or no rule takes it), `drop` sends it
 * elsewhere. IPv4 only: EdgeOS has no NAT for IPv6. Rules of port-forward have numbers from 100000.
 */
export function natOf(tree: Tree, iface: Interface): Ruleset {
  const rules = [...(find(tree, ['service', 'nat', 'rule'])?.children ?? [])]
    .filter(([, node]) => value(node, ['type']) === 'destination' && comesInBy(node, iface))
    .map(([number, node]) => natRule(tree, Number(number), node))
    .sort((a, b) => a.number - b.number);
  return {
    name: 'nat',
    family: 4,
    rules: [...rules, ...forwards(tree, iface)],
    defaultAction: 'accept',
    logsDefault: false,
  };
}

/**
 * The NAT of what leaves by an interface as a ruleset: `drop` gives packets another source, `accept` lets them keep their own. Rules for
 * no interface in particular hold for each.
 */
export function sourceNatOf(tree: Tree, iface: Interface): Ruleset {
  const rules = [...(find(tree, ['service', 'nat', 'rule'])?.children ?? [])]
    .filter(
      ([, node]) => ['source', 'masquerade'].includes(value(node, ['type']) ?? '') && leavesBy(node, iface),
    )
    .map(([number, node]) => natRule(tree, Number(number), node))
    .sort((a, b) => a.number - b.number);
  return { name: 'nat', family: 4, rules, defaultAction: 'accept', logsDefault: false };
}

const firstForward = 100_000;

/** `service nat rule 10`, `port-forward rule 1`. */
export function natRuleName(number: number): string {
  return number < firstForward ? `service nat rule ${number}` : `port-forward rule ${number - firstForward}`;
}

const comesInBy = (node: Tree, iface: Interface): boolean => names(value(node, ['inbound-interface']), iface);
const leavesBy = (node: Tree, iface: Interface): boolean => names(value(node, ['outbound-interface']), iface);

/** `eth0`, `eth+` for all that begin so, `any` or nothing for all. */
function names(word: string | undefined, { name }: Interface): boolean {
  if (word === undefined || word === 'any') return true;
  return word.endsWith('+') ? name.startsWith(word.slice(0, -1)) : word === name;
}

function natRule(tree: Tree, number: number, node: Tree): ReturnType<typeof readRule> {
  const children = new Map([...node.children].filter(([word]) => !notConditions.has(word)));
  children.set('action', leaf(node.children.has('exclude') ? 'accept' : 'drop'));
  return readRule(number, { ...node, children }, 4, (kind, name) => groupOf(tree, kind, 4, name));
}

const leaf = (word: string): Tree => ({ children: new Map([[word, emptyTree()]]) });

/**
 * The rules of `port-forward` that take what an interface sends to this address, each in words: no way follows them. Of an address that
 * the provider gives only the router knows.
 */
export function forwardsOf(tree: Tree, from: Interface, ifaces: readonly Interface[], to: bigint): string[] {
  const root = ['port-forward'];
  const wan = ifaces.find(({ name }) => name === value(tree, [...root, 'wan-interface']));
  if (wan === undefined || !ownAddresses(wan, 4).some(([first, last]) => first <= to && to <= last))
    return [];
  return forwards(tree, from)
    .filter(({ disabled }) => !disabled)
    .map(({ number }) => {
      const rule = [...root, 'rule', String(number - firstForward)];
      const said = (...words: string[]): string => value(tree, [...rule, ...words]) ?? '';
      const protocol = said('protocol') || 'tcp_udp';
      const port = said('original-port') === '' ? '' : ` to port ${said('original-port')}`;
      const inside = said('forward-to', 'address') || 'another address';
      return `port-forward rule ${rule.at(-1)} sends ${protocol}${port} on to ${inside}, which is not followed here`;
    });
}

/** Those of `port-forward`, which are about the router's own address on the WAN interface, and on the LAN ones for hairpin. */
function forwards(tree: Tree, iface: Interface): ReturnType<typeof readRule>[] {
  const root = find(tree, ['port-forward']);
  if (root === undefined) return [];
  const hairpin =
    value(root, ['hairpin-nat']) === 'enable' && values(root, ['lan-interface']).includes(iface.name);
  if (value(root, ['wan-interface']) !== iface.name && !hairpin) return [];
  return [...(find(root, ['rule'])?.children ?? [])].map(([number, node]) => {
    const port = value(node, ['original-port']);
    const protocol = value(node, ['protocol']) ?? 'tcp_udp';
    const children = new Map([
      ['action', leaf('drop')],
      ['protocol', leaf(protocol === 'both' ? 'tcp_udp' : protocol)],
    ]);
    if (node.children.has('disable')) children.set('disable', emptyTree());
    if (port !== undefined) children.set('destination', { children: new Map([['port', leaf(port)]]) });
    return readRule(firstForward + Number(number), { ...node, children }, 4, (kind, name) =>
      groupOf(tree, kind, 4, name),
    );
  });
}

/** A rule of `service nat` that gives packets another address. */
export interface NatRule {
  readonly number: number;
  readonly type: 'masquerade' | 'source' | 'destination';
  readonly path: Path;
  readonly line?: number;
  /** The address that they get, as it stands there; a masquerade has none. */
  readonly to?: string;
}

export interface Translated {
  readonly packets: Packets;
  /** None: they keep their address. */
  readonly rule?: NatRule;
  /** Rules that may take them before. */
  readonly doubts: readonly string[];
}

/** Only the first packet of a connection is asked about; EdgeOS has no NAT for IPv6. */
const isAsked = (family: Family, { state }: Packets): boolean =>
  family === 4 && (state === undefined || holds(state, BigInt(states.new)));

/** With `to`: the fields that they have from there on. */
export interface Moved extends Translated {
  readonly to?: Packets;
}

/** What destination NAT makes of packets that come in by an interface; `port-forward` is about the router's own address and left out. */
export function destinationNat(tree: Tree, iface: Interface, family: Family, packets: Packets): Moved[] {
  const nat = natOf(tree, iface);
  const rules = nat.rules.filter(({ number }) => number < firstForward);
  if (rules.length === 0 || !isAsked(family, packets)) return [{ packets, doubts: [] }];
  return translatedBy(tree, { ...nat, rules }, packets).map(part => {
    const path = part.rule?.path;
    const inside = path && find(tree, [...path, 'inside-address']);
    const address = inside && addresses(value(inside, ['address']) ?? '', 4);
    const port = inside && ports(value(inside, ['port']) ?? '');
    const to = { ...(address && { destination: address }), ...(port && { destinationPort: port }) };
    return path === undefined ? part : { ...part, to };
  });
}

/** What source NAT makes of packets that leave by an interface. */
export function sourceNat(tree: Tree, iface: Interface, family: Family, packets: Packets): Translated[] {
  const nat = sourceNatOf(tree, iface);
  return nat.rules.length === 0 || !isAsked(family, packets)
    ? [{ packets, doubts: [] }]
    : translatedBy(tree, nat, packets);
}

function translatedBy(tree: Tree, nat: Ruleset, packets: Packets): Translated[] {
  return ask(nat, packets).map(part => {
    const doubts = part.doubts.map(tellDoubt);
    const rule = part.action === 'drop' ? ruleOf(part) : undefined;
    return { packets: part.packets, doubts, ...(rule && { rule: natRuleAt(tree, rule.number) }) };
  });
}

function natRuleAt(tree: Tree, number: number): NatRule {
  const path = ['service', 'nat', 'rule', String(number)];
  const node = find(tree, path);
  const type = node && value(node, ['type']);
  const to = node && value(node, [type === 'destination' ? 'inside-address' : 'outside-address', 'address']);
  return {
    number,
    type: type === 'destination' || type === 'source' ? type : 'masquerade',
    path,
    ...(node?.line !== undefined && { line: node.line }),
    ...(to !== undefined && { to }),
  };
}
