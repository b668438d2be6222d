// Sites and routers for tests, in the words of the field.
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import type { Peer, Site, Tunnel } from '../../src/site/site.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { setPath } from '../../src/vyatta/edit.ts';
import { redact } from '../../src/vyatta/redact.ts';
import { emptyTree, leaves, type Tree } from '../../src/vyatta/tree.ts';

/** A public key that says its number. */
export const key = (n: number): string => Buffer.alloc(32, n).toString('base64');

export const placeOf = (at: readonly (string | number)[]) => ({
  file: 'edgewg.yaml',
  line: at.length + 1,
  column: 1,
});

export function aPeer(n: number, more: Partial<Peer> = {}): Peer {
  return { at: ['peer', n], name: `peer${n}`, publicKey: key(n), allowedIPs: [], disable: false, ...more };
}

export function aTunnel(name: string, more: Partial<Tunnel> = {}): Tunnel {
  return {
    at: ['tunnels', name],
    name,
    disable: false,
    address: [],
    firewall: { in: {}, out: {}, local: {} },
    peers: [],
    routes: [],
    ...more,
  };
}

/** A site that manages wg1 to wg9 and names `tunnels`. */
export function aSite(tunnels: readonly Tunnel[], more: Partial<Site> = {}): Site {
  return {
    router: { at: ['router'], host: '192.0.2.254', legacyAlgorithms: [] },
    uplink: { at: ['uplink'], mtu: 1500, rulesets: { ipv4: 'WAN_LOCAL', ipv6: 'WANv6_LOCAL' } },
    manages: { at: ['manages'], interfaces: [{ from: 1, to: 9 }], firewallRules: new Map(), natRules: [] },
    limits: {},
    tunnels,
    rulesets: [],
    groups: [],
    nat: [],
    absent: {
      at: ['absent'],
      tunnels: [],
      peers: new Map(),
      routes: new Map(),
      rulesets: [],
      firewallRules: new Map(),
      natRules: [],
      groups: [],
      neighbors: [],
    },
    mssClamp: { ipv4: 'off', ipv6: 'off' },
    silences: [],
    ...more,
  };
}

/** A running configuration: `set` lines without their `set`, with the router's defaults, secrets taken out. */
export function aRouter(...lines: string[]): Tree {
  const said = parseCommands(lines.map(line => `set ${line}\n`).join(''));
  const tree = emptyTree();
  for (const { path } of leaves(said)) setPath(tree, path);
  return redact(tree);
}

export function someFacts(more: Partial<RouterFacts> = {}): RouterFacts {
  return {
    user: 'ubnt',
    isDriftKnown: true,
    pendingConfirms: [],
    seal: '',
    bootId: 'b',
    waiting: [],
    version: 'v2.0.9-hotfix.7',
    model: 'EdgeRouter 12',
    board: 'e300',
    kernel: '4.9.79-UBNT',
    disks: [],
    firstboot: [],
    installers: [],
    wireguardPackage: '1.0.20220627-1',
    probes: new Map([['wireguard', true]]),
    keyFiles: new Map(),
    helpers: new Map(),
    drift: [],
    savedWireguard: [],
    lost: emptyTree(),
    savedDigest: '0'.repeat(64),
    session: undefined,
    digest: '0'.repeat(64),
    now: 1_800_000_000,
    uptime: 100_000,
    held: [],
    interrupted: [],
    interfaces: new Map(),
    links: ['lo'],
    routes: [],
    applies: '',
    commits: [],
    ...more,
  };
}
