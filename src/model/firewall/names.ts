// The names that EdgeOS takes in place of numbers: protocols (/etc/protocols), services (/etc/services of Debian, as far
// as a person may write them into a rule) and ICMP types (iptables' own). Data only. A name that isn't here is not known:
// the engine then says 'maybe'.

const table = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text
      .trim()
      .split(/\s+/)
      .flatMap(entry => {
        const [names = '', number] = entry.split('=');
        return names.split('|').map(name => [name, Number(number)] as const);
      }),
  );

/** In lower case; `all`, `ip` and `0` mean every protocol and are no names of one. */
export const protocols = table(`
  hopopt=0 icmp=1 igmp=2 ggp=3 ipencap|ip-encap=4 st=5 tcp=6 egp=8 igp=9 pup=12 udp=17 hmp=20 xns-idp=22 rdp=27
  iso-tp4=29 dccp=33 xtp=36 ddp=37 idpr-cmtp=38 ipv6=41 ipv6-route=43 ipv6-frag=44 idrp=45 rsvp=46 gre=47
  esp|ipsec-esp=50 ah|ipsec-ah=51 skip=57 ipv6-icmp|icmpv6=58 ipv6-nonxt=59 ipv6-opts=60 rspf|cphb=73 vmtp=81 eigrp=88
  ospf|ospfigp=89 ax.25=93 ipip=94 etherip=97 encap=98 pim=103 ipcomp=108 vrrp=112 l2tp=115 isis=124 sctp=132 fc=133
  mobility-header=135 udplite=136 mpls-in-ip=137 manet=138 hip=139 shim6=140 wesp=141 rohc=142
`);

/** No service has different numbers for TCP and UDP. */
export const services = table(`
  tcpmux=1 echo=7 discard|sink|null=9 systat|users=11 daytime=13 netstat=15 qotd|quote=17 chargen|ttytst|source=19
  ftp-data=20 ftp=21 ssh=22 telnet=23 smtp|mail=25 time|timserver=37 whois|nicname=43 tacacs=49 domain=53 bootps=67
  bootpc=68 tftp=69 gopher=70 finger=79 http|www=80 kerberos|kerberos5|krb5=88 iso-tsap|tsap=102 pop3|pop-3=110
  sunrpc|portmapper=111 auth|authentication|tap|ident=113 nntp|readnews|untp=119 ntp=123 epmap|loc-srv=135
  netbios-ns=137 netbios-dgm=138 netbios-ssn=139 imap2|imap=143 snmp=161 snmp-trap|snmptrap=162 xdmcp=177 bgp=179
  smux=199 ldap=389 svrloc=427 https=443 microsoft-ds=445 kpasswd=464 submissions|ssmtp|smtps|urd=465 isakmp=500
  exec=512 biff|comsat=512 login=513 who|whod=513 shell|cmd|syslog=514 printer|spooler=515 talk=517 ntalk=518
  route|router|routed=520 rtsp=554 dhcpv6-client=546 dhcpv6-server=547 afpovertcp=548 nntps|snntp=563 submission=587
  asf-rmcp=623 ipp=631 ldaps=636 ldp=646 tinc=655 kerberos-adm=749 domain-s=853 rsync=873 ftps-data=989 ftps=990
  telnets=992 imaps=993 pop3s=995 socks=1080 openvpn=1194 ms-sql-s=1433 ms-sql-m=1434 l2f|l2tp=1701 radius=1812
  radius-acct|radacct=1813 cisco-sccp=2000 nfs=2049 iscsi-target=3260 mysql=3306 ms-wbt-server=3389 nut=3493 svn=3690
  ipsec-nat-t=4500 iax=4569 radmin-port=4899 sip=5060 sip-tls=5061 xmpp-client|jabber-client=5222
  xmpp-server|jabber-server=5269 mdns=5353 postgresql|postgres=5432 amqps=5671 amqp=5672 nrpe=5666 x11|x11-0=6000
  gnutella-svc=6346 gnutella-rtr=6347 redis=6379 babel=6696 ircd=6667 ircs-u=6697 http-alt|webcache=8080 tproxy=8081
  puppet=8140 bacula-dir=9101 bacula-fd=9102 bacula-sd=9103 git=9418 webmin=10000 zabbix-agent=10050
  zabbix-trapper=10051 amanda=10080 hkp=11371
`);

/** Type and code of a name; without a code it is every code of the type. */
export interface IcmpType {
  readonly type: number;
  readonly code?: number;
}

const icmpTable = (text: string): ReadonlyMap<string, IcmpType> =>
  new Map(
    text
      .trim()
      .split(/\s+/)
      .flatMap(entry => {
        const [names = '', number = ''] = entry.split('=');
        const [type, code] = number.split('/').map(Number);
        return names
          .split('|')
          .map(name => [name, code === undefined ? { type: type ?? 0 } : { type: type ?? 0, code }] as const);
      }),
  );

/** ICMP's, in lower case; 255 is every type (iptables' `any`). */
export const icmpTypes = icmpTable(`
  any=255 echo-reply|pong=0 destination-unreachable=3 network-unreachable=3/0 host-unreachable=3/1
  protocol-unreachable=3/2 port-unreachable=3/3 fragmentation-needed=3/4 source-route-failed=3/5 network-unknown=3/6
  host-unknown=3/7 network-prohibited=3/9 host-prohibited=3/10 tos-network-unreachable=3/11 tos-host-unreachable=3/12
  communication-prohibited=3/13 host-precedence-violation=3/14 precedence-cutoff=3/15 source-quench=4 redirect=5
  network-redirect=5/0 host-redirect=5/1 tos-network-redirect=5/2 tos-host-redirect=5/3 echo-request|ping=8
  router-advertisement=9 router-solicitation=10 time-exceeded|ttl-exceeded=11 ttl-zero-during-transit=11/0
  ttl-zero-during-reassembly=11/1 parameter-problem=12 ip-header-bad=12/0 required-option-missing=12/1
  timestamp-request=13 timestamp-reply=14 address-mask-request=17 address-mask-reply=18
`);

/** ICMPv6's, in lower case. */
export const icmpv6Types = icmpTable(`
  destination-unreachable=1 no-route=1/0 communication-prohibited=1/1 beyond-scope=1/2 address-unreachable=1/3
  port-unreachable=1/4 failed-policy=1/5 reject-route=1/6 packet-too-big=2 time-exceeded|ttl-exceeded=3
  ttl-zero-during-transit=3/0 ttl-zero-during-reassembly=3/1 parameter-problem=4 bad-header=4/0
  unknown-header-type=4/1 unknown-option=4/2 echo-request|ping=128 echo-reply|pong=129 router-solicitation=133
  router-advertisement=134 neighbour-solicitation|neighbor-solicitation=135
  neighbour-advertisement|neighbor-advertisement=136 redirect=137
`);
