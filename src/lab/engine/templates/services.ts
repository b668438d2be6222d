// The shape of `service`, `system`, `load-balance`, `vpn` and the rest (real configurations; base.boot).
import type { Parts } from './outline.ts';

const natRule = `
description = txt
destination
  & natEnd
disable
exclude
inbound-interface = txt
inside-address
  address = txt
  port = txt
log = txt
outbound-interface = txt
outside-address
  address = txt
  port = txt
protocol = txt
source
  & natEnd
type = txt
`;

const natEnd = `
address = txt
group
  address-group = txt
  network-group = txt
  port-group = txt
port = txt
`;

export const parts: Parts = { natRule, natEnd };

export const services = `
service
  bcast-relay {}
  dhcp-relay @910
    interface * txt
    relay-options
      hop-count = u32
      max-size = u32
      port = u32
      relay-agents-packets = txt
    server * ipv4
  dhcp-server @911
    disabled = bool :false
    dynamic-dns-update
      enable = bool
    global-parameters * txt
    hostfile-update = txt :disable
    shared-network-name <txt>
      authoritative = txt :disable
      description = txt
      disable
      shared-network-parameters * txt
      subnet <ipv4net>
        bootfile-name = txt
        bootfile-server = txt
        client-prefix-length = u32
        default-router = ipv4
        dns-server * ipv4
        domain-name = txt
        exclude * ipv4
        ip-forwarding
          enable = bool
        lease = u32 :86400
        ntp-server * ipv4
        pop-server * ipv4
        server-identifier = ipv4
        smtp-server * ipv4
        start <ipv4>
          stop = ipv4
        static-mapping <txt>
          disable
          ip-address = ipv4
          mac-address = macaddr
          static-mapping-parameters * txt
        static-route
          destination-subnet = ipv4net
          router = ipv4
        subnet-parameters * txt
        tftp-server-name = txt
        time-offset = txt
        time-server * ipv4
        unifi-controller = ipv4
        wins-server * ipv4
        wpad-url = txt
    static-arp = txt :disable
    use-dnsmasq = txt :disable
  dhcpv6-relay @912
    listen-interface <txt>
      address = ipv6
    upstream-interface <txt>
      address * ipv6
  dhcpv6-server @913
    preference = u32
    shared-network-name <txt>
      subnet <ipv6net>
        address-range
          prefix <ipv6net>
            temporary
          start <ipv6>
            stop = ipv6
        domain-search * txt
        lease-time
          default = u32
          maximum = u32
          minimum = u32
        name-server * ipv6
        static-mapping <txt>
          identifier = txt
          ipv6-address = ipv6
  dns @918
    dynamic
      interface <txt>
        service <txt>
          host-name * txt
          login = txt
          options = txt
          password = txt
          protocol = txt
          server = txt
        web = txt
        web-skip = txt
    forwarding
      cache-size = u32 :150
      dhcp * txt
      except-interface * txt
      force-public-dns-boost
      listen-on * txt
      name-server * ipv4,ipv6
      options * txt
      system
  gui @900
    ca-file = txt
    cert-file = txt
    debug
    dh-file = txt
    http-port = u32 :80
    https-port = u32 :443
    listen-address * ipv4,ipv6
    older-ciphers = txt :enable
  lldp {}
  mdns
    reflector
    repeater
      interface * txt
  nat @330
    rule <u32>
      & natRule
  pppoe-server @920
    access-concentrator = txt
    authentication
      local-users
        username <txt>
          password = txt
      mode = txt
    client-ip-pool
      start = ipv4
      stop = ipv4
    dns-servers
      server-1 = ipv4
      server-2 = ipv4
    encryption = txt
    interface * txt
    mtu = u32
  snmp @980
    community <txt>
      authorization = txt
      client * ipv4
      network * ipv4net
    contact = txt
    description = txt
    ignore-interface = txt
    listen-address <txt>
      interface = txt
      port = u32
    location = txt
    trap-source = ipv4
    trap-target <ipv4>
      community = txt
      port = u32
  ssh @500
    allow-root
    ciphers * txt
    disable-host-validation
    disable-password-authentication
    kex * txt
    listen-address * ipv4,ipv6
    macs * txt
    port = u32 :22
    protocol-version = txt :v2
  suspend {}
  telnet @500
    listen-address = ipv4,ipv6
    port = u32 :23
  ubnt-discover @910
    disable
    interface <txt>
      disable
  ubnt-discover-server
    disable
    protocol = txt
  udapi-server {}
  unms @990
    connection = txt
    disable
    lldp-enable-all
    rest-api-interface = txt
    rest-api-ip = ipv4
    rest-api-port = u32
  upnp
    listen-on <txt>
      outbound-interface = txt
  upnp2
    acl
      rule <u32>
        action = txt
        description = txt
        external-port = txt
        local-port = txt
        subnet = ipv4net
    bit-rate
      down = u32
      up = u32
    listen-on * txt
    nat-pmp = txt
    port = u32
    secure-mode = txt
    wan = txt
  webproxy {}
load-balance @901
  group <txt>
    exclude-local-dns = txt
    flush-on-active = txt
    gateway-update-interval = u32
    interface <txt>
      failover-only
      failover-priority = u32
      route
        default
        table = u32
      route-test
        count
          failure = u32
          success = u32
        initial-delay = u32
        interval = u32
        type
          default
          ping
            target = txt
          script = txt
      weight = u32
    lb-local = txt
    lb-local-metric-change = txt
    sticky
      dest-addr = txt
      dest-port = txt
      proto = txt
      source-addr = txt
      source-port = txt
    transition-script = txt
`;
