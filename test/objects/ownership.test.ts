// What of an object of ours the file can't say is kept, and said; what lies beside one is nobody's here.
import assert from 'node:assert/strict';
import { makePlan } from '../../src/plan/make.ts';
import type { Change, Operation, Plan } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { key } from '../support/builders.ts';

/** The plan of a site file against lines of `set`. */
function planOf(site: string, ...lines: string[]): Plan {
  const { site: loaded, place } = loadSite(`version: 1\nrouter: { host: r }\n${site}`, 'edgewg.yaml');
  const running = parseCommands(lines.map(line => `set ${line}\n`).join(''));
  return makePlan({ site: loaded, placeOf: path => place(path), running });
}

/** Its changes, as `action path`. */
const changes = (site: string, ...lines: string[]): string[] =>
  planOf(site, ...lines).changes.map(({ action, path }: Change) => `${action} ${path.join(' ')}`);

const managed = `manages: { interfaces: [wg4] }
tunnels: { wg4: { address: [10.9.0.1/24], privateKey: /config/auth/wg4.key, peers: { a: { publicKey: ${key(1)} } } } }
mssClamp: { ipv4: off, ipv6: off }
`;
const wg4 = [
  'interfaces wireguard wg4 address 10.9.0.1/24',
  'interfaces wireguard wg4 mtu 1420',
  'interfaces wireguard wg4 private-key /config/auth/wg4.key',
  'interfaces wireguard wg4 route-allowed-ips false',
  'service ubnt-discover interface wg4 disable',
];

describe('ownership', () => {
  it('keeps and says what a file can not say of a managed interface and its peers', () => {
    assert.deepEqual(
      changes(
        managed,
        ...wg4,
        'interfaces wireguard wg4 firewall in modify VPN',
        `interfaces wireguard wg4 peer ${key(1)} comment x`,
        `interfaces wireguard wg4 peer ${key(1)} description phone`,
        `interfaces wireguard wg4 peer ${key(2)} comment y`,
      ),
      [
        `keep interfaces wireguard wg4 peer ${key(1)} comment`,
        `delete interfaces wireguard wg4 peer ${key(1)} description`,
        `delete interfaces wireguard wg4 peer ${key(2)} comment`,
        'keep interfaces wireguard wg4 firewall in modify',
      ],
    );
  });

  const bgp = `tunnels: { wg4: {} }
mssClamp: { ipv4: off, ipv6: off }
bgp: { asn: 64512, neighbors: { 10.9.0.4: { tunnel: wg4, remoteAsn: 64513, ebgpMultihop: 2 } } }
`;
  const neighbor = (words: string): string => `protocols bgp 64512 neighbor 10.9.0.4 ${words}`;

  it("keeps a neighbour's filters, password and limits that a file has no word for", () => {
    const kept = ['prefix-list export OUT', 'route-map export OUT', 'password secret', 'maximum-prefix 50'];
    assert.deepEqual(
      changes(
        bgp,
        'interfaces wireguard wg4',
        neighbor('remote-as 64513'),
        neighbor('ebgp-multihop 2'),
        neighbor('update-source lo'),
        neighbor('prefix-list import IN'),
        ...kept.map(neighbor),
      ),
      [
        `delete ${neighbor('update-source')}`,
        `keep ${neighbor('prefix-list')} import`,
        ...kept.map(words => `keep ${neighbor(words.replace(/ \S+$/, ''))}`),
      ],
    );
  });

  it('takes the filter that it once made, and a neighbour that leaves the file as a whole', () => {
    const ours = [
      neighbor('remote-as 64513'),
      neighbor('ebgp-multihop 2'),
      neighbor('prefix-list import EDGEWG-10-9-0-4'),
      'policy prefix-list EDGEWG-10-9-0-4 rule 10 action permit',
      'policy prefix-list EDGEWG-10-9-0-4 rule 10 prefix 10.42.0.0/16',
    ];
    assert.deepEqual(changes(bgp, 'interfaces wireguard wg4', ...ours), [
      `delete ${neighbor('prefix-list import')}`,
      'delete policy prefix-list EDGEWG-10-9-0-4 rule 10 action',
      'delete policy prefix-list EDGEWG-10-9-0-4 rule 10 prefix',
    ]);
    const gone = bgp.replace(/neighbors: .* \}$/m, 'neighbors: {} }');
    const [first, ...more] = changes(
      gone,
      'interfaces wireguard wg4',
      ...ours,
      neighbor('route-map export OUT'),
    );
    assert.equal(first, `delete ${neighbor('remote-as')}`);
    assert.ok(more.includes(`delete ${neighbor('route-map export')}`));
  });

  it('leaves a next hop alone that stands beside the guard of a route that goes', () => {
    assert.deepEqual(
      changes(
        managed,
        ...wg4,
        `interfaces wireguard wg4 peer ${key(1)}`,
        'protocols static interface-route 10.42.0.0/16 next-hop-interface wg4',
        'protocols static route 10.42.0.0/16 blackhole distance 254',
        'protocols static route 10.42.0.0/16 next-hop 192.0.2.1 distance 9',
      ),
      [
        'delete protocols static interface-route 10.42.0.0/16 next-hop-interface wg4',
        'delete protocols static route 10.42.0.0/16 blackhole distance',
      ],
    );
  });

  it('leaves the other entries of a list and the box of its own alone, in the plan and in its undo', () => {
    const dns = 'service dns forwarding';
    const lists = `${managed}dns: { listenOn: [wg4] }\n`.replace(
      'wg4: { address',
      'wg4: { zone: VPN, address',
    );
    const lines = (...operations: readonly Operation[]): string[] =>
      operations.map(({ op, path }) => `${op} ${path.join(' ')}`);
    const planned = (...running: string[]): { run: string[]; undo: string[] } => {
      const { commits } = planOf(lists, ...wg4, `interfaces wireguard wg4 peer ${key(1)}`, ...running);
      return {
        run: lines(...commits.flatMap(one => one.run)),
        undo: lines(...commits.flatMap(one => one.undo)),
      };
    };
    assert.deepEqual(planned(`${dns} listen-on switch0`, 'zone-policy zone VPN interface eth3'), {
      run: ['set zone-policy zone VPN interface wg4', `set ${dns} listen-on wg4`],
      undo: ['delete zone-policy zone VPN interface wg4', `delete ${dns} listen-on wg4`],
    });
    assert.deepEqual(planned(`${dns} cache-size 150`), {
      run: ['set zone-policy zone VPN interface wg4', `set ${dns} listen-on wg4`],
      undo: [
        'delete zone-policy zone VPN interface wg4',
        `delete ${dns} listen-on wg4`,
        'prune zone-policy zone VPN',
        'prune zone-policy',
      ],
    });
    assert.deepEqual(
      planned(`${dns} listen-on wg9`, `${dns} listen-on wg4`, 'zone-policy zone VPN interface wg4').run,
      [],
    );
  });

  it('takes its entry out of a zone and a list, and leaves these', () => {
    const gone = 'manages: { interfaces: [wg4] }\nabsent: { tunnels: [wg4] }\n';
    const running = [
      ...wg4,
      'zone-policy zone VPN interface wg4',
      'service dns forwarding listen-on wg4',
      'service dns forwarding listen-on eth1',
    ];
    assert.deepEqual(
      changes(gone, ...running).filter(line => !line.includes('wireguard') && !line.includes('discover')),
      ['delete service dns forwarding listen-on wg4', 'delete zone-policy zone VPN interface wg4'],
    );
    const [first] = planOf(gone, ...running).commits;
    assert.deepEqual(
      first?.run.filter(({ path }) => path[0] === 'zone-policy'),
      [{ op: 'delete', path: ['zone-policy', 'zone', 'VPN', 'interface', 'wg4'] }],
    );
  });

  it('merges nothing into a NAT rule of somebody else, also where its finding is ignored', () => {
    const rule = 'service nat rule 5001';
    const nat = `${managed}nat: { 5001: { type: masquerade, outboundInterface: wg4, source: { address: 10.9.0.0/24 } } }
ignore: { EW150: a reason }
`;
    assert.deepEqual(
      changes(
        nat,
        ...wg4,
        `interfaces wireguard wg4 peer ${key(1)}`,
        `${rule} type masquerade`,
        `${rule} outbound-interface eth0`,
      ),
      [],
    );
  });
});
