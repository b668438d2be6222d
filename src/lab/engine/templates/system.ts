// The shape of `system` (real configurations; base.boot).
import type { Parts } from './outline.ts';

const radius = `
radius-server <ipv4>
  key = txt
  port = u32
`;

const facility = `
facility <txt>
  level = txt
  protocol = txt
`;

export const parts: Parts = { radius, facility };

export const system = `
system
  analytics-handler @400
    send-analytics-report = bool :true
  config-management @400
    commit-archive
      location * txt
    commit-revisions = u32
  conntrack @218
    expect-table-size = u32
    hash-size = u32
    ignore
      rule <u32>
        protocol = txt
    log {}
    modules
      ftp
        disable
      gre
        disable
      h323
        disable
      pptp
        disable
      sip
        disable
        enable-indirect-media
        enable-indirect-signalling
        port * u32
      tftp
        disable
    table-size = u32
    tcp
      half-open-connections = u32
      loose = txt
      max-retrans = u32
    timeout
      custom
        rule <u32>
          description = txt
      icmp = u32
      other = u32
      tcp
        close = u32
        established = u32
      udp
        other = u32
        stream = u32
  console @100
    device <txt>
      modem
      speed = txt
  coredump
    enabled = txt
  crash-handler @400
    save-core-file = bool
    send-crash-report = bool :true
  domain-name = txt @400
  domain-search
    domain * txt
  flow-accounting @990
    aggregate
      egress = txt
      ingress = txt
    disable-memory-table
    ingress-capture = txt
    interface * txt
    netflow
      enable-egress
        engine-id = u32
      engine-id = u32
      mode = txt
      sampling-rate = u32
      server <txt>
        port = u32
      timeout
        expiry-interval = u32
        flow-generic = u32
        icmp = u32
        max-active-life = u32
        tcp-fin = u32
        tcp-generic = u32
        tcp-rst = u32
        udp = u32
      version = txt
    sflow {}
    syslog-facility = txt
    unms
      exclude * txt
      subnets * txt
  gateway-address = ipv4 @460
  host-name = txt :ubnt @400
  ip
    arp {}
    disable-forwarding
    override-hostname-ip = ipv4
  ipv6
    blacklist
    disable
    disable-forwarding
    strict-dad
  ip6-forwarding {}
  login @400
    banner
      post-login = txt
      pre-login = txt
    & radius
    user <txt>
      authentication
        encrypted-password = txt
        plaintext-password = txt
        public-keys <txt>
          from = txt
          key = txt
          options = txt
          type = txt
      full-name = txt
      group * txt
      home-directory = txt
      level = txt :admin
  name-server * ipv4,ipv6 @400
  ntp @400
    server <txt>
      dynamic
      noselect
      preempt
      prefer
  offload @500
    flow-lifetime = u32
    hwnat = txt
    ipsec = txt
    ipv4
      bonding = txt
      bridge = txt
      disable-flow-flushing-upon-fib-changes
      forwarding = txt
      gre = txt
      pppoe = txt
      table-size = u32
      vlan = txt
    ipv6
      forwarding = txt
      pppoe = txt
      table-size = u32
      vlan = txt
  options
    reboot-on-panic = bool
  package @400
    auto-sync = u32
    repository <txt>
      components = txt
      description = txt
      distribution = txt
      password = txt
      url = txt
      username = txt
  static-host-mapping @400
    host-name <txt>
      alias * txt
      inet * ipv4,ipv6
  syslog @400
    console
      & facility
    file <txt>
      archive
        files = u32
        size = u32
      & facility
    global
      archive
        files = u32
        size = u32
      & facility
    host <txt>
      & facility
    user <txt>
      & facility
  systemd {}
  task-scheduler @995
    task <txt>
      crontab-spec = txt
      executable
        arguments = txt
        path = txt
      interval = txt
  time-zone = txt :UTC @400
  traffic-analysis
    custom-category <txt>
      name * txt
    dpi = txt
    export = txt
    signature-update
      disable
      update-hour = u32
`;
