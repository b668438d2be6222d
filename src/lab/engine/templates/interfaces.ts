// The shape of `interfaces` (docs/edgeos.md 'WireGuard nodes'; the wireguard package's own templates; real configurations).

export const interfaces = `
interfaces
  bonding <txt> @315
    & link
    hash-policy = txt
    mode = txt
    primary = txt
  bridge <txt> @310
    & link
    aging = u32
    bridged-conntrack = txt
    hello-time = u32
    max-age = u32
    forwarding-delay = u32
    priority = u32
    promiscuous = txt
    stp = bool
  ethernet <txt> @318
    & link
    duplex = txt :auto
    poe
      output = txt
      watchdog
        address = txt
        disable
        failure-count = u32
        interval = u32
        off-delay = u32
        start-delay = u32
    smp_affinity = txt
    speed = txt :auto
  ipv6-tunnel <txt> @380
    & common
    encapsulation = txt
    local-ip = ipv6
    remote-ip = ipv6
  l2tpv3 <txt> @800
    & common
    bridge-group
      bridge = txt
    destination-port = u32
    encapsulation = txt
    local-ip = ipv4,ipv6
    peer-session-id = u32
    peer-tunnel-id = u32
    remote-ip = ipv4,ipv6
    session-id = u32
    source-port = u32
    tunnel-id = u32
  loopback <txt> @300
    address * ipv4net,ipv6net
    description = txt
    ip
      & routing
  openvpn <txt> @460
    & common
    bridge-group
      bridge = txt
    config-file = txt
    device-type = txt
    encryption = txt
    hash = txt
    local-address <ipv4>
      subnet-mask = ipv4
    local-host = ipv4
    local-port = u32
    mode = txt
    openvpn-option * txt
    persistent-tunnel
    protocol = txt
    remote-address * ipv4
    remote-host * txt
    remote-port = u32
    replace-default-route
      local
    server
      client <txt>
        disable
        ip = ipv4
        push-route * ipv4net
        subnet * ipv4net
      domain-name = txt
      max-connections = u32
      name-server * ipv4
      push-route * ipv4net
      subnet = ipv4net
      topology = txt
    shared-secret-key-file = txt
    tls
      ca-cert-file = txt
      cert-file = txt
      crl-file = txt
      dh-file = txt
      key-file = txt
      role = txt
  pseudo-ethernet <txt> @321
    & link
    link = txt
  switch <txt> @317
    & link
    switch-port
      interface <txt>
        vlan
          pvid = u32
          vid * u32
      vlan-aware = txt
  tunnel <txt> @380
    & common
    6rd-default-gw = ipv6
    6rd-prefix = ipv6net
    6rd-relay_prefix = ipv4net
    bridge-group
      bridge = txt
    encapsulation = txt
    local-ip = ipv4
    multicast = txt
    parameters
      ip
        key = u32
        tos = u32
        ttl = u32
    remote-ip = ipv4
    tos = u32
    ttl = u32
  vti <txt> @381
    & common
`;

/** What the package brings: gone with it after a firmware upgrade (docs/edgeos.md 'Firmware upgrades'). */
export const wireguard = `
interfaces
  wireguard <txt> @459
    address * ipv4net,ipv6net @460
    bandwidth @460
      constraint
        class-type <u32>
          bandwidth = txt
      maximum = txt
      reservable = txt
    description = txt @460
    disable
    down-command = txt @460
    & attachment
    fwmark = txt @460
    ip @460
      & routing
    ipv6 @460
      & routing6
    listen-port = u32 @460
    mtu = u32 :1420 @460
    peer <txt> @460
      allowed-ips * txt
      description = txt
      disable
      endpoint = txt @920
      persistent-keepalive = u32
      preshared-key = txt
    private-key = txt @460
    route-allowed-ips = bool :true @460
    traffic-policy @460
      in = txt
      out = txt
    up-command = txt @460
`;
