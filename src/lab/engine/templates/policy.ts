// The shape of `policy` (vyatta-cfg-quagga; real configurations).

export const policy = `
policy @470
  access-list <u32>
    description = txt
    rule <u32>
      action = txt
      description = txt
      destination
        any
        host = ipv4
        inverse-mask = ipv4
        network = ipv4
      source
        any
        host = ipv4
        inverse-mask = ipv4
        network = ipv4
  access-list6 <txt>
    description = txt
    rule <u32>
      action = txt
      description = txt
      source
        any
        exact-match
        network = ipv6net
  as-path-list <txt>
    description = txt
    rule <u32>
      action = txt
      description = txt
      regex = txt
  community-list <u32>
    description = txt
    rule <u32>
      action = txt
      description = txt
      regex = txt
  prefix-list <txt>
    description = txt
    rule <u32>
      action = txt
      description = txt
      ge = u32
      le = u32
      prefix = ipv4net
  prefix-list6 <txt>
    description = txt
    rule <u32>
      action = txt
      description = txt
      ge = u32
      le = u32
      prefix = ipv6net
  route-map <txt>
    description = txt
    rule <u32>
      action = txt
      call = txt
      continue = u32
      description = txt
      match
        as-path = txt
        community
          community-list = u32
          exact-match
        interface = txt
        ip
          address
            access-list = u32
            prefix-list = txt
          nexthop
            access-list = u32
            prefix-list = txt
          route-source
            access-list = u32
            prefix-list = txt
        ipv6
          address
            access-list = txt
            prefix-list = txt
          nexthop
            access-list = txt
            prefix-list = txt
        metric = u32
        origin = txt
        peer = txt
        tag = u32
      on-match
        goto = u32
        next
      set
        aggregator
          as = u32
          ip = ipv4
        as-path-prepend = txt
        atomic-aggregate
        comm-list
          comm-list = u32
          delete
        community = txt
        ip-next-hop = ipv4
        ipv6-next-hop
          global = ipv6
          local = ipv6
        local-preference = u32
        metric = txt
        metric-type = txt
        origin = txt
        originator-id = ipv4
        tag = u32
        weight = u32
`;
