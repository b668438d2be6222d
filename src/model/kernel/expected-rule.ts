// What ubnt-fw makes of a firewall rule, as far as it is known (docs/edgeos.md 'The kernel'): so many rules of iptables, each with the
// conditions and the target that its leaves say. Leaves that aren't known here leave the conditions open, never wrong.
import { has, leaves, type Tree, value } from '../../vyatta/tree.ts';
import { canonical } from './netfilter.ts';

export interface ExpectedRule {
  /** How many rules of iptables it becomes, those that only log among them. */
  readonly count: number;
  /** The conditions of each that acts, as {@link KernelRule} has them; undefined where a leaf isn't known here. */
  readonly conditions: readonly (readonly string[])[] | undefined;
  /** Undefined where it isn't known. */
  readonly target: string | undefined;
}

const plain = new Set(['action', 'description', 'log', 'disable', 'protocol']);

export function expectedRule(node: Tree): ExpectedRule {
  const protocol = value(node, ['protocol']);
  const found = new Set<string>();
  let isKnown = true;
  for (const { path } of leaves(node)) {
    const [top = ''] = path;
    if (plain.has(top) || top === 'modify') continue;
    if (top === 'state') continue;
    const condition = conditionOf(path);
    if (condition === undefined) isKnown = false;
    else found.add(condition);
  }
  const states = ['established', 'new', 'related', 'invalid'].filter(
    state => value(node, ['state', state]) === 'enable',
  );
  if (states.length > 0) found.add(`state=${canonical('state', states.join(','))}`);
  const both = protocol === 'tcp_udp' || protocol === '!tcp_udp';
  const conditions = protocolsOf(protocol).map(one => [...found, ...one].sort());
  const lines = conditions.length * (value(node, ['log']) === 'enable' ? 2 : 1);
  const hasRecent = has(node, ['recent']);
  return {
    count: hasRecent ? lines + (both ? 2 : 1) : lines,
    conditions: isKnown && !hasRecent ? conditions : undefined,
    target: targetOf(node),
  };
}

function protocolsOf(word: string | undefined): string[][] {
  if (word === undefined || word === 'all' || word === '0') return [[]];
  const not = word.startsWith('!') ? '!' : '';
  const name = word.replace('!', '');
  const names = name === 'tcp_udp' ? ['tcp', 'udp'] : [name];
  return names.map(one => [`${not}protocol=${canonical('protocol', one)}`]);
}

/** Of `destination port 51820`, `source group address-group X`, `destination address 10.0.0.0/8`; undefined for what isn't known. */
function conditionOf(path: readonly string[]): string | undefined {
  const [side = '', name = '', third = '', fourth] = path;
  if (side !== 'source' && side !== 'destination') return undefined;
  const word = (text: string): [not: string, rest: string] =>
    text.startsWith('!') ? ['!', text.slice(1)] : ['', text];
  if (name === 'group' && fourth !== undefined) {
    const [not, set] = word(fourth);
    return `${not}set=${set} ${side === 'source' ? 'src' : 'dst'}`;
  }
  const [not, text] = word(third);
  if (name === 'address') return `${not}${side}=${canonical(side, text)}`;
  if (name === 'mac-address') return `${not}mac=${canonical('mac', text)}`;
  // a port by its name is a number in the kernel, and which one the router's /etc/services says
  if (name === 'port' && /^[\d,-]+$/.test(text))
    return `${not}${side}-port=${canonical(`${side}-port`, text)}`;
  return undefined;
}

const actions: Readonly<Record<string, string>> = { accept: 'RETURN', drop: 'DROP', reject: 'REJECT' };

function targetOf(node: Tree): string | undefined {
  const action = value(node, ['action']) ?? '';
  if (action !== 'modify') return actions[action];
  const table = value(node, ['modify', 'table']);
  if (table !== undefined) return `UBNT_PBR_${table === 'main' ? '254' : table}`;
  if (has(node, ['modify', 'mark'])) return 'MARK';
  if (has(node, ['modify', 'tcp-mss'])) return 'TCPMSS';
  const group = value(node, ['modify', 'lb-group']);
  return group === undefined ? undefined : `UBNT_WLB_${group}`;
}
