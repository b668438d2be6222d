// Names and members of firewall groups (docs/edgeos.md 'Groups'; vyatta-cfg src/ubnt/fw/fw_group.cpp).
import { parseAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { parseMatchAddress, ports } from './firewall.ts';
import { type Fault, type Grammar, wordGrammar } from './grammar.ts';

/** EdgeOS has a node `X-group` for each. */
export const groupTypes = ['address', 'network', 'port', 'ipv6-address', 'ipv6-network'] as const;
type GroupType = (typeof groupTypes)[number];

/** ipset takes 31 characters, and EdgeOS makes groups of its own for each interface. */
export const definedGroup: Grammar = wordGrammar({
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}$/,
  allowed: /[A-Za-z0-9_.-]/,
  rule: 'a group name has 1 to 31 letters, digits, _ . - and begins with none of . -',
  examples: ['LANS', 'PHONES'],
  also: text =>
    /^(ADDR|NET)v[46]_/.test(text)
      ? { message: 'is a name that the router keeps for itself', hint: 'choose another name' }
      : undefined,
});

export const groupMember: Grammar = wordGrammar({
  pattern: /^[0-9A-Za-z.:/-]{1,100}$/,
  allowed: /[0-9A-Za-z.:/-]/,
  rule: 'write an address, a range such as 192.168.1.20-192.168.1.29, a prefix, or a port',
  examples: ['192.168.1.20', '10.42.0.0/16', '443'],
});

type Of = (text: string) => Fault | undefined;

const address: Of = text => {
  const [from, to, ...more] = text.split('-').map(part => parseAddress(part));
  if (from?.family !== 4 || from.address === 0n || more.length > 0)
    return {
      message: 'is no IPv4 address, and no range of them',
      hint: 'write 192.168.1.20 or 192.168.1.20-192.168.1.29',
    };
  if (!text.includes('-')) return undefined;
  if (to?.family !== 4 || from.address >= to.address)
    return { message: 'is no range of IPv4 addresses', hint: 'write the smaller address first' };
  return from.address >> 8n === to.address >> 8n
    ? undefined
    : {
        message: 'leaves its /24',
        hint: 'EdgeOS takes ranges within one /24: write several, or a network group',
      };
};

const network =
  (family: 4 | 6): Of =>
  text => {
    const found = text.includes('/') ? parsePrefix(text) : undefined;
    const most = family === 4 ? 31 : 127;
    const isOne = found?.family === family && found.length >= 1 && found.length <= most;
    return isOne
      ? undefined
      : {
          message: `is no IPv${family} network`,
          hint: `write a prefix of 1 to ${most} bits, host bits zero; a single address belongs into an address group`,
        };
  };

const ipv6Address: Of = text =>
  parseMatchAddress(text)?.family === 6 && !/[/-]/.test(text)
    ? undefined
    : { message: 'is no IPv6 address', hint: 'write one such as fd00::1' };

const port: Of = text => {
  const fault = text.includes(',') ? { message: 'is a list' } : ports.check(text);
  return fault && { ...fault, hint: 'write 443, 8000-8010 or a common name such as https; each is a member' };
};

const members: Readonly<Record<GroupType, Of>> = {
  address,
  network: network(4),
  port,
  'ipv6-address': ipv6Address,
  'ipv6-network': network(6),
};

/** What is wrong with a member of a group of this type. */
export const memberFault = (type: GroupType, text: string): Fault | undefined => members[type](text);
