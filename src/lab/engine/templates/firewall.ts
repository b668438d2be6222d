// The shape of `firewall`, `zone-policy` and `port-forward` (docs/edgeos.md 'Rulesets'; vyatta-cfg-firewall; real configurations).
import type { Parts } from './outline.ts';

const end = (group: string): string => `
address = txt
group
${group}
  port-group = txt
mac-address = txt
port = txt
`;

const rule = `
description = txt
destination
  & end
disable
dscp = txt
fragment
  match-frag
  match-non-frag
ipsec
  match-ipsec
  match-none
limit
  burst = u32
  rate = txt
log = txt
mark = txt
connmark = txt
p2p
  all
  applejuice
  bittorrent
  directconnect
  edonkey
  gnutella
  kazaa
protocol = txt
recent
  count = u32
  time = u32
source
  & end
state
  established = txt
  invalid = txt
  new = txt
  related = txt
statistic
  probability = txt
tcp
  flags = txt
  mss = txt
time
  monthdays = txt
  startdate = txt
  starttime = txt
  stopdate = txt
  stoptime = txt
  utc
  weekdays = txt
application
  category = txt
  custom-category = txt
action = txt
`;

const modify = `
modify
  connmark
    restore-mark
    save-mark
    set-mark = txt
  dscp = txt
  lb-group = txt
  mark = txt
  table = txt
  tcp-mss = txt
`;

const ipv4 = `
icmp
  code = u32
  type = u32
  type-name = txt
`;

const ipv6 = `
icmpv6
  code = u32
  type = txt
`;

export const parts4: Parts = {
  end: end('  address-group = txt\n  network-group = txt'),
  rule: `${rule}${ipv4}`,
  modify,
};
export const parts6: Parts = {
  end: end('  ipv6-address-group = txt\n  ipv6-network-group = txt'),
  rule: `${rule}${ipv6}`,
  modify,
};

export const firewall4 = `
firewall
  name <txt> @210
    default-action = txt :drop
    description = txt
    enable-default-log
    rule <u32>
      & rule
  modify <txt> @210
    default-action = txt
    description = txt
    enable-default-log
    rule <u32>
      & rule
      & modify
`;

export const firewall6 = `
firewall
  ipv6-name <txt> @210
    default-action = txt :drop
    description = txt
    enable-default-log
    rule <u32>
      & rule
  ipv6-modify <txt> @210
    default-action = txt
    description = txt
    enable-default-log
    rule <u32>
      & rule
      & modify
`;

export const firewall = `
firewall
  all-ping = txt :enable
  broadcast-ping = txt :disable
  config-trap = txt
  group
    address-group <txt> @200
      address * txt
      description = txt
    ipv6-address-group <txt> @200
      description = txt
      ipv6-address * txt
    ipv6-network-group <txt> @200
      description = txt
      ipv6-network * txt
    network-group <txt> @200
      description = txt
      network * txt
    port-group <txt> @200
      description = txt
      port * txt
  ip-src-route = txt :disable
  ipv6-receive-redirects = txt :disable
  ipv6-src-route = txt :disable
  log-martians = txt :enable
  options
    mss-clamp @205
      interface-type * txt
      mss = u32
    mss-clamp6 @205
      interface-type * txt
      mss = u32
  receive-redirects = txt :disable
  send-redirects = txt :enable
  source-validation = txt :disable
  syn-cookies = txt :enable
  twa-hazards-protection = txt
zone-policy @250
  zone <txt>
    default-action = txt
    description = txt
    from <txt>
      firewall
        ipv6-name = txt
        name = txt
    interface * txt
    local-zone
port-forward @350
  auto-firewall = txt :enable
  hairpin-nat = txt :enable
  lan-interface * txt
  rule <u32>
    description = txt
    forward-to
      address = ipv4
      port = txt
    log
    original-port = txt
    protocol = txt
  wan-interface = txt
`;
