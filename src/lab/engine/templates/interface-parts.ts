// What most kinds of interfaces have in common: addresses, rulesets, DHCP, PPPoE, VLANs (real configurations).
import type { Parts } from './outline.ts';

const routing = `
ospf
  authentication
    md5
      key-id <u32>
        md5-key = txt
    plaintext-password = txt
  bandwidth = u32
  cost = u32
  dead-interval = u32 :40
  hello-interval = u32 :10
  mtu-ignore
  network = txt
  priority = u32 :1
  retransmit-interval = u32 :5
  transmit-delay = u32 :1
rip
  authentication
    md5 <u32>
      password = txt
    plaintext-password = txt
  split-horizon
    disable
    poison-reverse
source-validation = txt
`;

const routing6 = `
ospfv3
  cost = u32
  dead-interval = u32 :40
  hello-interval = u32 :10
  ifmtu = u32
  instance-id = u32
  mtu-ignore
  passive
  priority = u32 :1
  retransmit-interval = u32 :5
  transmit-delay = u32 :1
ripng
  split-horizon
    disable
    poison-reverse
`;

const ip = `
ip
  & routing
  enable-proxy-arp
ipv6
  & routing6
  address
    autoconf
    eui64 * ipv6net
    secondary * ipv6net
  disable-forwarding
  dup-addr-detect-transmits = u32
  router-advert
    cur-hop-limit = u32
    default-lifetime = u32
    default-preference = txt
    link-mtu = u32
    managed-flag = bool
    max-interval = u32
    min-interval = u32
    name-server * ipv6
    other-config-flag = bool
    prefix <ipv6net>
      autonomous-flag = bool
      on-link-flag = bool
      preferred-lifetime = txt
      valid-lifetime = txt
    radvd-options * txt
    reachable-time = u32
    retrans-timer = u32
    send-advert = bool
`;

const attachment = `
firewall
  in
    ipv6-modify = txt
    ipv6-name = txt
    modify = txt
    name = txt
  local
    ipv6-name = txt
    name = txt
  out
    ipv6-modify = txt
    ipv6-name = txt
    modify = txt
    name = txt
`;

const dhcp = `
dhcp-options
  client-option * txt
  default-route = txt
  default-route-distance = u32
  global-option * txt
  name-server = txt
dhcpv6-pd
  duid = txt
  no-dns
  pd <u32>
    interface <txt>
      host-address = txt
      no-dns
      prefix-id = txt
      service = txt
    prefix-length = txt
  prefix-only
  rapid-commit = txt
`;

const common = `
address * txt
bandwidth
  constraint
    class-type <u32>
      bandwidth = txt
  maximum = txt
  reservable = txt
description = txt
disable
disable-link-detect
& attachment
& ip
mtu = u32
redirect = txt
traffic-policy
  in = txt
  out = txt
`;

const pppoe = `
pppoe <u32> @319
  access-concentrator = txt
  bandwidth
    maximum = txt
  connect-on-demand
  default-route = txt :auto
  description = txt
  & dhcp
  disable
  & attachment
  host-uniq = txt
  idle-timeout = u32
  ip
    & routing
  ipv6
    & routing6
    address
      autoconf
      eui64 * ipv6net
    dup-addr-detect-transmits = u32
    enable {}
  local-address = ipv4
  mtu = u32 :1492
  name-server = txt :auto
  password = txt
  remote-address = ipv4
  service-name = txt
  traffic-policy
    in = txt
    out = txt
  user-id = txt
`;

const link = `
& common
bond-group = txt
bridge-group
  bridge = txt
  cost = u32
  priority = u32
& dhcp
mac = macaddr
mirror = txt
& pppoe
vrrp
  vrrp-group <u32>
    advertise-interval = u32
    authentication
      password = txt
      type = txt
    description = txt
    disable
    preempt = txt
    priority = u32
    sync-group = txt
    virtual-address * txt
vif <u32> @319
  & common
  bridge-group
    bridge = txt
  & dhcp
  egress-qos = txt
  ingress-qos = txt
  & pppoe
`;

export const parts: Parts = { routing, routing6, ip, attachment, dhcp, common, pppoe, link };
