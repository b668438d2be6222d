// The shape of `protocols` (docs/edgeos.md 'Static routes', 'BGP'; vyatta-cfg-quagga; real configurations).
import type { Parts } from './outline.ts';

const hop = `
description = txt
disable
distance = u32
`;

const routes = `
interface-route <ipv4net>
  next-hop-interface <txt>
    & hop
interface-route6 <ipv6net>
  next-hop-interface <txt>
    & hop
route <ipv4net>
  blackhole
    & hop
  next-hop <ipv4>
    & hop
route6 <ipv6net>
  blackhole
    & hop
  next-hop <ipv6>
    & hop
    interface = txt
`;

const exchange = `
allowas-in
  number = u32
as-override
attribute-unchanged
  as-path
  med
  next-hop
capability
  dynamic
  orf
    prefix-list
      receive
      send
default-originate
  route-map = txt
disable-send-community
  extended
  standard
filter-list
  export = txt
  import = txt
maximum-prefix = u32
nexthop-self
prefix-list
  export = txt
  import = txt
remove-private-as
route-map
  export = txt
  import = txt
route-reflector-client
route-server-client
soft-reconfiguration
  inbound
unsuppress-map = txt
`;

const peering = `
& exchange
address-family
  ipv6-unicast
    & exchange
    distribute-list
      export = txt
      import = txt
    nexthop-local
      unchanged
    peer-group = txt
distribute-list
  export = u32
  import = u32
advertisement-interval = u32
bfd
description = txt
disable-capability-negotiation
disable-connected-check
ebgp-multihop = u32
local-as <u32>
  no-prepend
override-capability
passive
password = txt
peer-group = txt
port = u32
remote-as = u32
shutdown
strict-capability-match
timers
  connect = u32
  holdtime = u32 :180
  keepalive = u32 :60
ttl-security
  hops = u32
update-source = txt
weight = u32
`;

const redistribute = `
connected
  & metric
kernel
  & metric
ospf
  & metric
rip
  & metric
static
  & metric
bgp
  & metric
ospfv3
  & metric
ripng
  & metric
`;

const metric = `
metric = u32
metric-type = u32
route-map = txt
`;

export const parts: Parts = { hop, routes, exchange, peering, redistribute, metric };

export const protocols = `
protocols
  bfd {}
  bgp <u32> @730 #1
    address-family
      ipv6-unicast
        aggregate-address <ipv6net>
          summary-only
        network <ipv6net>
          path-limit = u32
          route-map = txt
        redistribute
          & redistribute
    aggregate-address <ipv4net>
      as-set
      summary-only
    maximum-paths
      ebgp = u32
      ibgp = u32
    neighbor <ipv4,ipv6>
      & peering
      interface = txt
    network <ipv4net>
      backdoor
      route-map = txt
    parameters
      always-compare-med
      bestpath
        as-path
          confed
          ignore
        compare-routerid
        med
          confed
          missing-as-worst
      cluster-id = ipv4
      confederation
        identifier = u32
        peers * u32
      dampening
        half-life = u32
        max-suppress-time = u32
        re-use = u32
        start-suppress-time = u32
      default
        local-pref = u32
        no-ipv4-unicast
      deterministic-med
      disable-network-import-check
      distance
        global
          external = u32
          internal = u32
          local = u32
        prefix <ipv4net>
          distance = u32
      enforce-first-as
      graceful-restart
        stalepath-time = u32
      log-neighbor-changes
      no-client-to-client-reflection
      no-fast-external-failover
      router-id = ipv4
      scan-time = u32
    peer-group <txt>
      & peering
    redistribute
      & redistribute
    timers
      holdtime = u32 :180
      keepalive = u32 :60
  igmp-proxy @510
    disable
    disable-quickleave
    interface <txt>
      alt-subnet * ipv4net
      role = txt
      threshold = u32
      whitelist * ipv4net
  ospf @620
    access-list <u32>
      export * txt
    area <txt>
      area-type
        normal
        nssa
          default-cost = u32
          no-summary
          translate = txt
        stub
          default-cost = u32
          no-summary
      authentication = txt
      network * ipv4net
      range <ipv4net>
        cost = u32
        not-advertise
      shortcut = txt
      virtual-link <ipv4>
        hello-interval = u32
    auto-cost
      reference-bandwidth = u32
    default-information
      originate
        always
        & metric
    default-metric = u32
    distance
      global = u32
    log-adjacency-changes
      detail
    max-metric
      router-lsa
        administrative
    mpls-te
      enable
    neighbor <ipv4>
      poll-interval = u32
      priority = u32
    parameters
      abr-type = txt
      opaque-lsa
      rfc1583-compatibility
      router-id = ipv4
    passive-interface * txt
    passive-interface-exclude * txt
    redistribute
      & redistribute
    timers
      throttle
        spf
          delay = u32
          initial-holdtime = u32
          max-holdtime = u32
  ospfv3 @640
    area <txt>
      interface * txt
      range <ipv6net>
        not-advertise
    parameters
      router-id = ipv4
    redistribute
      & redistribute
  rip @650
    default-distance = u32
    default-information
      originate
    default-metric = u32
    interface * txt
    neighbor * ipv4
    network * ipv4net
    passive-interface * txt
    redistribute
      & redistribute
  ripng @660
    interface * txt
    network * ipv6net
    redistribute
      & redistribute
  static @450
    arp <ipv4>
      hwaddr = macaddr
    & routes
    table <u32>
      description = txt
      mark = u32
      & routes
`;
