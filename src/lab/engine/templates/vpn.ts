// The shape of `vpn`, `traffic-control` and `traffic-policy` (real configurations).

export const vpn = `
vpn
  ipsec @901
    allow-access-to-local-interface = txt
    auto-firewall-nat-exclude = txt
    auto-update = u32
    disable-uniqreqids
    esp-group <txt>
      compression = txt :disable
      lifetime = u32 :3600
      mode = txt :tunnel
      pfs = txt :enable
      proposal <u32>
        encryption = txt :aes128
        hash = txt :sha1
    global-config * txt
    ike-group <txt>
      dead-peer-detection
        action = txt
        interval = u32
        timeout = u32
      ikev2-reauth = txt :no
      key-exchange = txt :ikev1
      lifetime = u32 :28800
      mode = txt
      proposal <u32>
        dh-group = u32 :2
        encryption = txt :aes128
        hash = txt :sha1
    include-ipsec-conf = txt
    include-ipsec-secrets = txt
    ipsec-interfaces
      interface * txt
    logging
      log-level = u32
      log-modes * txt
    nat-networks
      allowed-network <ipv4net>
        exclude * ipv4net
    nat-traversal = txt
    profile {}
    site-to-site
      peer <txt>
        authentication
          id = txt
          mode = txt :pre-shared-secret
          pre-shared-secret = txt
          remote-id = txt
          rsa-key-name = txt
          x509 {}
        connection-type = txt :initiate
        default-esp-group = txt
        description = txt
        dhcp-interface = txt
        fixed-ike-port {}
        force-encapsulation = txt
        ike-group = txt
        ikev2-reauth = txt :inherit
        local-address = txt
        tunnel <u32>
          allow-nat-networks = txt :disable
          allow-public-networks = txt :disable
          disable
          esp-group = txt
          local
            port = txt
            prefix = ipv4net,ipv6net
          protocol = txt
          remote
            port = txt
            prefix = ipv4net,ipv6net
        vti
          bind = txt
          esp-group = txt
  l2tp @902
    remote-access
      accounting
        & radius
      authentication
        local-users
          username <txt>
            disable
            password = txt
            static-ip = ipv4
        mode = txt
        & radius
        require = txt
      client-ip-pool
        start = ipv4
        stop = ipv4
      dhcp-interface = txt
      dns-servers
        server-1 = ipv4
        server-2 = ipv4
      idle = u32
      ipsec-settings
        authentication
          mode = txt
          pre-shared-secret = txt
          x509 {}
        ike-lifetime = u32
        lifetime = u32
      mtu = u32
      outside-address = ipv4
      outside-nexthop = ipv4
      wins-servers
        server-1 = ipv4
        server-2 = ipv4
  pptp @903
    remote-access
      authentication
        local-users
          username <txt>
            disable
            password = txt
            static-ip = ipv4
        mode = txt
        & radius
      client-ip-pool
        start = ipv4
        stop = ipv4
      dhcp-interface = txt
      dns-servers
        server-1 = ipv4
        server-2 = ipv4
      mtu = u32
      outside-address = ipv4
  rsa-keys {}
traffic-control @900
  advanced-queue {}
  optimized-queue
    policy = txt
  smart-queue <txt>
    download
      burst = txt
      ecn = txt
      flows = u32
      fq-quantum = u32
      htb-quantum = u32
      interval = txt
      limit = u32
      rate = txt
      target = txt
    upload
      burst = txt
      ecn = txt
      flows = u32
      fq-quantum = u32
      htb-quantum = u32
      interval = txt
      limit = u32
      rate = txt
      target = txt
    wan-interface = txt
traffic-policy @900
  shaper <txt>
    bandwidth = txt
    class <u32>
      bandwidth = txt
      burst = txt
      ceiling = txt
      description = txt
      match <txt>
        description = txt
        interface = txt
        ip
          destination
            address = txt
            port = txt
          dscp = txt
          protocol = txt
          source
            address = txt
            port = txt
        mark = u32
        vif = u32
      priority = u32
      queue-limit = u32
      queue-type = txt
    default
      bandwidth = txt
      burst = txt
      ceiling = txt
      priority = u32
      queue-limit = u32
      queue-type = txt
    description = txt
custom-attribute <txt>
  value = txt
`;
