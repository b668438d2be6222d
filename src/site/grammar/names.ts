// Names of interfaces, rulesets, groups, peers, hosts and users.
import { parseAddress } from '../../wireguard/prefix.ts';
import { type Fault, type Grammar, wordGrammar } from './grammar.ts';

/** EdgeOS takes a leading zero, and lets more than wg999 be set, which it can't commit (docs/edgeos.md 'WireGuard nodes'). */
function oddInterface(text: string): Fault | undefined {
  const hint = 'a tunnel is called wg0 to wg999, without leading zeros';
  if (/^wg0\d+$/.test(text))
    return { message: 'has a leading zero: EdgeOS takes that, and edgewg manages no such interface', hint };
  if (/^wg[1-9]\d{3,}$/.test(text))
    return { message: 'is above wg999: EdgeOS lets it be set, and fails to commit it', hint };
  return undefined;
}

/** wg0 to wg999. */
export const interfaceName: Grammar = wordGrammar({
  pattern: /^wg(0|[1-9]\d{0,2})$/,
  allowed: /[wg0-9]/,
  rule: 'a tunnel is called wg0 to wg999, without leading zeros',
  examples: ['wg0', 'wg4'],
  instead: oddInterface,
});

/** Any interface of the router; `eth+` for all that begin so. */
export const anyInterface: Grammar = wordGrammar({
  pattern: /^[a-z][a-z0-9]{0,12}(\.\d{1,4}){0,2}\+?$/,
  allowed: /[a-z0-9.+]/,
  rule: 'write an interface as EdgeOS names it: eth0, eth0.20, switch0, pppoe0, wg0',
  examples: ['eth0', 'pppoe0', 'wg0'],
  also: text => (text.startsWith('wg') ? oddInterface(text) : undefined),
});

/** `wg4` or `wg1-wg9` as numbers; undefined for anything else. */
export function parseInterfaceRange(text: string): { from: number; to: number } | undefined {
  const found = /^wg(0|[1-9]\d{0,2})(?:-wg(0|[1-9]\d{0,2}))?$/.exec(text);
  return found === null ? undefined : { from: Number(found[1]), to: Number(found[2] ?? found[1]) };
}

export const interfaceRange: Grammar = wordGrammar({
  pattern: /^wg(0|[1-9]\d{0,2})(-wg(0|[1-9]\d{0,2}))?$/,
  allowed: /[wg0-9-]/,
  rule: 'write wg4, or wg1-wg9 for all from the first to the last',
  examples: ['wg1-wg9', 'wg12'],
  also: text => reversed(parseInterfaceRange(text)),
});

/** `24` or `21-29` as numbers, 1 to 9999 (docs/edgeos.md 'Rulesets'); undefined for anything else. */
export function parseRuleRange(text: string): { from: number; to: number } | undefined {
  const found = /^([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?$/.exec(text);
  return found === null ? undefined : { from: Number(found[1]), to: Number(found[2] ?? found[1]) };
}

export const ruleRange: Grammar = wordGrammar({
  pattern: /^[1-9]\d{0,3}(-[1-9]\d{0,3})?$/,
  allowed: /[0-9-]/,
  rule: 'write a rule number from 1 to 9999, or 21-29 for all from the first to the last',
  examples: ['21-29'],
  also: text => reversed(parseRuleRange(text)),
});

/** The first number of NAT rules that translate what leaves; those below are for what comes in (docs/edgeos.md 'NAT'). */
export const firstSource = 5000;

export const ruleNumber: Grammar = wordGrammar({
  pattern: /^[1-9]\d{0,3}$/,
  allowed: /[0-9]/,
  rule: 'a rule number is 1 to 9999, in decimal digits',
  examples: ['10'],
});

function reversed(range: { from: number; to: number } | undefined): Fault | undefined {
  if (range === undefined || range.from <= range.to) return undefined;
  return { message: 'ends before it begins', hint: 'write the smaller number first' };
}

/** Names that iptables takes for itself, and chains that EdgeOS makes (vyatta-cfg src/ubnt/fw/fw.cpp, fw_validate_name). */
const reservedRulesets =
  /^(ACCEPT|DROP|RETURN|QUEUE|REJECT|LOG|ULOG|NFLOG|NFQUEUE|MASQUERADE|SNAT|DNAT|REDIRECT|NETMAP|MARK|CONNMARK|SECMARK|CONNSECMARK|TCPMSS|TCPOPTSTRIP|TOS|DSCP|ECN|TTL|HL|SET|CT|NOTRACK|TRACE|TEE|TPROXY|AUDIT|CHECKSUM|CLASSIFY|CLUSTERIP|IDLETIMER|LED|MIRROR|RATEEST|SYNPROXY|INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|VZONE.*|VYATTA_.*|UBNT_.*|FW_CONNTRACK)$/;

export const rulesetName: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,27}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'a ruleset name has 1 to 28 letters, digits, _ . - and begins with none of . -',
  examples: ['WAN_LOCAL', 'K8S_IN'],
  also: text =>
    reservedRulesets.test(text)
      ? { message: 'is a name that the router keeps for itself', hint: 'choose another name' }
      : undefined,
});

/** A firewall group on the router, perhaps negated: ipset takes 31 characters. */
export const groupName: Grammar = wordGrammar({
  pattern: /^!?[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}$/,
  allowed: /[A-Za-z0-9_.!-]/,
  rule: 'a group name has 1 to 31 letters, digits, _ . - and may stand after a !',
  examples: ['MGMT'],
});

/** What a file says of a tunnel that is to be in no zone. */
export const noZone = 'none';

/** A zone of the router (vyos/vyatta-zone, `zone/node.def`). */
export const zoneName: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,17}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'a zone name has 1 to 18 letters, digits, _ . - and begins with none of . -',
  examples: ['LAN', 'VPN'],
});

export const peerName: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'a peer name has 1 to 63 letters, digits, _ . - and begins with none of . -',
  examples: ['srv4', 'phone'],
});

/** A name for DNS or ssh_config, or an address without brackets. Never anything that an option parser would take. */
export const routerHost: Grammar = wordGrammar({
  pattern: /^(?=.{1,253}$)([A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$/,
  allowed: /[A-Za-z0-9_.:-]/,
  rule: 'write a host name, an address without brackets or port, or an alias of ~/.ssh/config',
  examples: ['192.168.2.1', 'router.example.net'],
  also: text =>
    text.includes(':') && parseAddress(text) === undefined
      ? { message: 'has a colon and is not an IPv6 address', hint: 'write a port under `port`' }
      : undefined,
});

export const userName: Grammar = wordGrammar({
  pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'a user name has 1 to 32 letters, digits, _ . - and begins with a letter or _',
  examples: ['ubnt'],
});

/** What `edgewg explain` knows. */
export const findingCode: Grammar = wordGrammar({
  pattern: /^EW\d{3}$/,
  allowed: /[EW0-9]/,
  rule: 'a finding has a code such as EW012; `edgewg explain EW012` says what it means',
  examples: ['EW012'],
});
