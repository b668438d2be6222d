// Names that the router looks up in its own tables: protocols and services.

/** /etc/protocols of a Debian, as far as iptables is asked about them. */
const protocols = new Set(
  `ip icmp igmp ggp ipencap st tcp egp igp pup udp hmp xns-idp rdp iso-tp4 dccp xtp ddp idpr-cmtp ipv6 ipv6-route ipv6-frag
  idrp rsvp gre esp ah skip ipv6-icmp ipv6-nonxt ipv6-opts rspf vmtp eigrp ospf ax.25 ipip etherip encap pim ipcomp vrrp
  l2tp isis sctp fc mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc icmpv6`.split(/\s+/),
);

/** As `ubnt-fw validate-protocol`: a name, a number, `tcp_udp` or `all`, `!` in front of all but the last. */
export function isProtocol(text: string): boolean {
  const isNegated = text.includes('!');
  const name = text.slice(text.indexOf('!') + 1);
  if (['all', '0', 'ip'].includes(name)) return !isNegated;
  if (name === 'tcp_udp') return true;
  if (/^\d+$/.test(name)) return Number(name) >= 1 && Number(name) <= 255;
  return protocols.has(name.toLowerCase());
}

/** Ports that rules name most; /etc/services has more. */
const services = new Map(
  Object.entries({
    'ftp-data': 'tcp',
    ftp: 'tcp',
    ssh: 'tcp',
    telnet: 'tcp',
    smtp: 'tcp',
    time: 'tcp udp',
    domain: 'tcp udp',
    bootps: 'udp',
    bootpc: 'udp',
    tftp: 'udp',
    http: 'tcp',
    pop3: 'tcp',
    sunrpc: 'tcp udp',
    ntp: 'udp',
    'netbios-ns': 'udp',
    'netbios-dgm': 'udp',
    'netbios-ssn': 'tcp',
    imap2: 'tcp',
    snmp: 'tcp udp',
    bgp: 'tcp',
    ldap: 'tcp udp',
    https: 'tcp udp',
    'microsoft-ds': 'tcp udp',
    isakmp: 'udp',
    syslog: 'udp',
    route: 'udp',
    ldaps: 'tcp udp',
    imaps: 'tcp',
    pop3s: 'tcp',
    openvpn: 'tcp udp',
    l2f: 'udp',
    'ipsec-nat-t': 'udp',
    mysql: 'tcp',
    sip: 'tcp udp',
    mdns: 'udp',
    postgresql: 'tcp',
  }),
);

/** Whether a service has this name; `protocol` is `tcp`, `udp` or anything else for any. */
export function isService(name: string, protocol: string | undefined): boolean {
  const known = services.get(name);
  return known !== undefined && (protocol === undefined || known.split(' ').includes(protocol));
}
