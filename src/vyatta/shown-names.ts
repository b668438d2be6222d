// What may be shown of a configuration, by the names of nodes. What stands behind any other name is hidden unless it is a short number,
// an address or the word of a switch: a password can stand in every text that is for another program. The router's own filter
// (router/scripts/secrets.sh) is given the same lists, so they are short.
//
// `parent>name` is `name` where the name of the node before it is `parent`; it goes before the bare `name`.

/** Behind them comes the name of a node. */
const boxes = `
  address-family aggregate analytics-handler application archive arp as-path attribute-unchanged authentication bestpath blackhole
  bridge-group capability client-ip-pool commit-archive community config-management connected conntrack console count crash-handler
  default default-information default-originate destination dhcp-options dhcp-relay dhcp-server dhcpv6-pd dhcpv6-relay
  dhcpv6-server disable-send-community distance distribute-list dns dns-servers dynamic executable filter-list
  firewall forward-to forwarding fragment global gre gui icmp icmpv6 in inside-address interfaces ip ipsec
  ipsec-interfaces ipsec-settings ipv4 ipv6 ipv6-next-hop ipv6-unicast kernel l2tp lease-time limit lldp load-balance
  local local-users match maximum-paths md5 mdns med modify modules mss-clamp mss-clamp6 nat nat-networks nexthop
  nexthop-local ntp offload on-match originate ospf ospfv3 out outside-address p2p package parameters ping poe policy
  port-forward pppoe-server pptp prefix-list prefix-list6 protocols recent redistribute relay-options remote
  remote-access repeater rip ripng route-map route-test router-advert service set sip site-to-site snmp
  soft-reconfiguration source ssh state static static-host-mapping static-route statistic switch-port syslog system
  systemd task-scheduler tcp telnet time timeout timers traffic-control traffic-policy ubnt-discover udp unms upnp
  upnp2 vpn vrrp vti x509 zone-policy destination>group firewall>group firewall>options interface>route ipv6>address
  openvpn>server route-test>type source>group system>login system>options
`;

/** Behind them comes a value, which is shown. */
const shows = `
  access-list access-list6 action address address-group aggregate-address alias allowed-ips allowed-network amneziawg
  area as-path-list as-path-prepend authorization bandwidth bind bond-group bonding bridge ca-cert-file call category
  cert-file class client community-list config-file connection-type connmark crontab-spec custom-category
  default-action default-esp-group default-route description device dh-file dhcp dhcp-interface distribution domain
  domain-name domain-search dscp duplex egress encapsulation encryption endpoint esp-group ethernet except-interface
  exclude export facility flags from fwmark group hash host host-address host-name ike-group import inbound-interface
  ingress interface interface-route interface-route6 interface-type ipv6-address ipv6-address-group ipv6-modify
  ipv6-name ipv6-network ipv6-network-group ipv6-tunnel key-exchange key-file key-id l2tpv3 lan-interface lb-group
  level link listen-address listen-interface listen-on local-as log loopback mac-address mark metric metric-type
  mirror mode monthdays mss name name-server neighbor network network-group next-hop next-hop-interface openvpn origin
  original-port outbound-interface output passive-interface passive-interface-exclude pd peer peer-group port
  port-group pppoe prefix prefix-id primary probability proposal protocol protocol-version pseudo-ethernet public-keys
  range rate redirect remote-as remote-host require role route route6 rule server set-mark shared-network-name
  source-validation speed start startdate starttime static-mapping stopdate stoptime subnet subnets switch table
  target task tcp-mss time-zone tunnel type type-name unsuppress-map update-source upstream-interface user vif
  virtual-address vlan vrrp-group wan wan-interface weekdays wireguard zone class>match dynamic>interface executable>path
  firewall>modify interface>service interfaces>vti policy>prefix-list policy>prefix-list6 policy>route-map
  protocols>bgp set>community syslog>file task>interval
`;

/** Exceptions from the lists above. */
const hides = 'service>server snmp>community trap-target>community';

export const lists: Readonly<Record<'boxes' | 'shows' | 'hides', readonly string[]>> = {
  boxes: words(boxes),
  shows: words(shows),
  hides: words(hides),
};

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(word => word !== '');
}
