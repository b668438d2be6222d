// The parts of a firewall rule that are texts, as EdgeOS takes them (docs/edgeos.md 'Rulesets'; vyatta-cfg src/ubnt/fw).
import {
  type Family,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  printAddress,
  printPrefix,
} from '../../wireguard/prefix.ts';
import { type Fault, type Grammar, strangeCharacter, wordGrammar } from './grammar.ts';

/** /etc/protocols of a Debian, and EdgeOS's own tcp_udp and all. */
const protocols = new Set(
  `all ip tcp udp tcp_udp icmp icmpv6 ipv6-icmp igmp ggp ipencap st egp igp pup hmp xns-idp rdp iso-tp4 dccp xtp ddp
  idpr-cmtp ipv6 ipv6-route ipv6-frag idrp rsvp gre esp ah skip ipv6-nonxt ipv6-opts rspf vmtp eigrp ospf ipip etherip
  encap pim ipcomp vrrp l2tp isis sctp fc mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc`.split(
    /\s+/,
  ),
);

export const protocol: Grammar = wordGrammar({
  pattern: /^!?([a-z][a-z0-9_-]{0,20}|[1-9]\d{0,2}|0)$/,
  allowed: /[a-z0-9_!-]/,
  rule: 'write tcp, udp, tcp_udp, icmp, ipv6-icmp, esp, all … or a number, perhaps after a !',
  examples: ['tcp', 'udp', 'tcp_udp', 'ipv6-icmp'],
  also: text => {
    const name = text.replace('!', '');
    if (/^\d/.test(name) ? Number(name) > 255 : !protocols.has(name))
      return {
        message: 'is not a protocol that the router knows',
        hint: 'write its number, 0 to 255',
      };
    return text.startsWith('!') && /^(all|ip|0)$/.test(name)
      ? { message: 'leaves nothing: all is negated', hint: 'remove the !' }
      : undefined;
  },
});

/** Names of /etc/services that rules use; a router may know more, but a number is known to all. */
const services = new Set(
  `ftp-data ftp ssh telnet smtp time domain bootps bootpc tftp finger http kerberos pop3 sunrpc auth nntp ntp netbios-ns
  netbios-dgm netbios-ssn imap2 snmp snmp-trap bgp irc ldap https microsoft-ds kpasswd submission isakmp syslog printer
  router dhcpv6-client dhcpv6-server rtsp ipp ldaps rsync ftps-data ftps telnets imaps pop3s socks openvpn ms-sql-s ms-sql-m
  l2f radius radius-acct nfs mysql postgresql git sip sip-tls mdns xmpp-client xmpp-server amqp x11 ircd puppet`.split(
    /\s+/,
  ),
);

const portForm = 'write 443, 8000-8010, a common name such as https, or a list of these such as 80,443';

/** The ports of a list and how many they count for EdgeOS: a range counts as two, and 15 is the most. */
export const ports: Grammar = {
  pattern: /^!?[a-z0-9-]+(,[a-z0-9-]+)*$/,
  examples: ['443', '80,443', '8000-8010'],
  check: text => {
    const strange = strangeCharacter(text.replace(/^!/, ' '), /[a-z0-9,  -]/, portForm);
    if (strange !== undefined) return strange;
    let at = text.startsWith('!') ? 1 : 0;
    let count = 0;
    for (const part of text.slice(at).split(',')) {
      const fault = portFault(part);
      if (fault !== undefined)
        return part === '' ? { ...fault } : { ...fault, from: at, to: at + part.length };
      count += /^\d+-\d+$/.test(part) ? 2 : 1;
      at += part.length + 1;
    }
    return count > 15
      ? {
          message: `counts as ${count} ports`,
          hint: 'EdgeOS takes 15 at most, and a range counts as two: use a port group',
        }
      : undefined;
  },
};

/** A firewall mark in hexadecimal; in decimal it is a number of YAML. */
export const mark: Grammar = {
  pattern: /^0x[0-9a-fA-F]{1,8}$/,
  examples: ['0x51'],
  check: text =>
    /^0x[0-9a-fA-F]{1,8}$/.test(text) && Number(text) >= 1 && Number(text) <= 2147483647
      ? undefined
      : { message: 'is no mark', hint: 'write a number from 1 to 2147483647, such as 81, or 0x51' },
};

function portFault(part: string): Fault | undefined {
  const range = /^(\d+)(?:-(\d+))?$/.exec(part);
  if (range === null)
    return services.has(part) ? undefined : { message: 'has a part that is not a port', hint: portForm };
  for (const digits of [range[1], range[2] ?? range[1]])
    if (!/^[1-9]\d{0,4}$/.test(digits ?? '') || Number(digits) > 65535)
      return {
        message: 'has a part that is not a port',
        hint: 'a port is 1 to 65535, without leading zeros',
      };
  return range[2] !== undefined && Number(range[2]) <= Number(range[1])
    ? { message: 'has a range that ends before it begins', hint: 'write the smaller port first' }
    : undefined;
}

const addressForm =
  'write an address, a prefix, or a range such as 192.168.1.20-192.168.1.29, perhaps after a !';

/** Its canonical text and its family; undefined when the text is none of address, prefix and range. */
export function parseMatchAddress(text: string): { text: string; family: Family } | undefined {
  const not = text.startsWith('!') ? '!' : '';
  const [first = '', second, ...more] = text.slice(not.length).split('-');
  if (second === undefined) {
    const found = first.includes('/') ? parsePrefix(first) : undefined;
    if (found !== undefined) return { text: not + printPrefix(found), family: found.family };
  }
  const a = parseAddress(first);
  const b = second === undefined ? a : parseAddress(second);
  if (a === undefined || b === undefined || a.family !== b.family || a.address > b.address || more.length > 0)
    return undefined;
  const end = second === undefined ? '' : `-${printAddress(b.family, b.address)}`;
  return { text: not + printAddress(a.family, a.address) + end, family: a.family };
}

export const matchAddress: Grammar = {
  pattern: /^!?[0-9A-Fa-f.:]+(\/\d{1,3}|-[0-9A-Fa-f.:]+)?$/,
  examples: ['10.42.0.0/16', '192.168.2.10', '192.168.1.20-192.168.1.29'],
  check: text => {
    const strange = strangeCharacter(text, /[0-9A-Fa-f.:/!-]/, addressForm);
    if (strange !== undefined) return strange;
    const bare = text.replace(/^!/, '');
    const found = bare.includes('/') ? parseInterfaceAddress(bare) : undefined;
    if (found !== undefined && found.address !== found.first)
      return { message: 'has bits behind its prefix length', hint: `write ${printPrefix(found)}` };
    return parseMatchAddress(text) === undefined
      ? { message: 'is not an address, a prefix or a range', hint: addressForm }
      : undefined;
  },
};

export const macAddress: Grammar = wordGrammar({
  pattern: /^!?([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/,
  allowed: /[0-9A-Fa-f:!]/,
  rule: 'write six bytes such as 00:00:5e:00:53:af, perhaps after a !',
  examples: ['00:00:5e:00:53:af'],
});

/** Names that iptables and ip6tables take for a type of ICMP. */
export const icmpNames = {
  4: `any echo-reply pong destination-unreachable network-unreachable host-unreachable protocol-unreachable
    port-unreachable fragmentation-needed source-route-failed network-unknown host-unknown network-prohibited
    host-prohibited communication-prohibited host-precedence-violation precedence-cutoff source-quench redirect
    network-redirect host-redirect echo-request ping router-advertisement router-solicitation time-exceeded
    ttl-exceeded ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem ip-header-bad
    required-option-missing timestamp-request timestamp-reply address-mask-request address-mask-reply`.split(
    /\s+/,
  ),
  6: `destination-unreachable no-route communication-prohibited address-unreachable port-unreachable packet-too-big
    time-exceeded ttl-exceeded ttl-zero-during-transit ttl-zero-during-reassembly parameter-problem bad-header
    unknown-header-type unknown-option echo-request ping echo-reply pong router-solicitation router-advertisement
    neighbour-solicitation neighbor-solicitation neighbour-advertisement neighbor-advertisement redirect`.split(
    /\s+/,
  ),
} as const satisfies Record<Family, readonly string[]>;

export const icmpName: Grammar = wordGrammar({
  pattern: /^[a-z][a-z0-9-]{0,39}$/,
  allowed: /[a-z0-9-]/,
  rule: 'write a name such as echo-request, or { type: 8, code: 0 }',
  examples: ['echo-request'],
  also: text =>
    icmpNames[4].includes(text) || icmpNames[6].includes(text)
      ? undefined
      : { message: 'is not a type of ICMP that the router knows', hint: 'write { type: NUMBER }' },
});
