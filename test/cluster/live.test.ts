// What runs on the nodes against the site file: dumps of wg, objects and nodes of kubectl.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../src/cluster/kubernetes/object.ts';
import { renderKubernetes } from '../../src/cluster/kubernetes/render.ts';
import { compareDump, compareObjects, notReady } from '../../src/cluster/live.ts';
import { compareState, parseState } from '../../src/cluster/live-state.ts';
import { setupsOf } from '../../src/cluster/setup.ts';
import { syncNodes } from '../../src/cluster/sync.ts';
import { loadSite } from '../../src/site/load.ts';
import { fixture } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

const { site } = loadSite(readFileSync(fixture('blog/site.yaml')), 'site.yaml');
const { setups } = setupsOf(site);
const [srv4, wg4] = [
  'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=',
  'jZCM7K5J+r0bWgdz2bVq4alq+CYahKpEuzUHema7hHI=',
];
const secret = Buffer.alloc(32, 5).toString('base64');
const dump = [
  ['wg0', secret, srv4, '51820', '0x51'],
  [
    'wg0',
    wg4,
    '(none)',
    '[2001:db8:1::2]:51824',
    '192.168.5.14/32,192.168.2.0/24',
    '1700000000',
    '1',
    '2',
    'off',
  ],
]
  .map(words => `${words.join('\t')}\n`)
  .join('');

describe('a dump of wg', () => {
  it('that is as rendered has no difference', () => assert.deepEqual(compareDump(dump, setups), []));

  const changes: [string, string, string, RegExp][] = [
    ['another port', '\t51820\t', '\t51821\t', /listen port is 51821/],
    ['no mark', '0x51', 'off', /the mark is 0/],
    ['another link', 'wg0\t', 'wg1\t', /the interface is wg1/],
    ['another router', wg4, srv4.replace('G', 'H'), /no peer with the router's key/],
    ['a home network less', ',192.168.2.0/24', '', /should be able to send/],
    ['a preshared key', '\t(none)\t[', `\t${secret}\t[`, /has a preshared key, and should have none/],
    ['keepalives', '\toff\n', '\t25\n', /keepalives are 25/],
    ["nobody's key", srv4, srv4.replace('G', 'H'), /which is no node's/],
  ];
  for (const [what, from, to, message] of changes)
    it(`with ${what}`, () => {
      const found = compareDump(dump.replaceAll(from, to), setups);
      assert.ok(
        found.some(one => message.test(one.message)),
        JSON.stringify(found),
      );
      assert.ok(found.every(one => one.line !== undefined && one.at.length > 0));
      assert.ok(!JSON.stringify(found).includes(secret));
    });

  it('gives exit 2 with both places, and never a private key', async () => {
    const args = ['cluster', 'check', '-f', fileURLToPath(fixture('blog/site.yaml')), '--live', '-'];
    const { stdout, stderr, exit } = await runCli(args, { input: dump.replace('51820\t', '51821\t') });
    assert.equal(exit, 2);
    assert.match(
      stdout,
      /^srv4: the listen port is 51821, and should be 51820\n {4}at .*site\.yaml:\d+:\d+\n {4}and standard input:1\n$/,
    );
    assert.match(stderr, /^1 difference\n$/);
    assert.ok(!`${stdout}${stderr}`.includes(secret));
  }).timeout(60_000);
});

describe('what `ip -j` prints on a node', () => {
  /** As iproute2 6.1 prints it on a node with the rendered files, of what is looked at. */
  const lists: object[][] = [
    [
      {
        ifname: 'eno1',
        flags: ['UP'],
        addr_info: [{ family: 'inet6', local: '2607:5300:60:5fac::abcd', prefixlen: 64 }],
      },
      {
        ifname: 'wg0',
        flags: ['POINTOPOINT', 'UP'],
        addr_info: [{ family: 'inet', local: '192.168.5.4', prefixlen: 32 }],
      },
    ],
    [{ priority: 32766, src: 'all', table: 'main' }],
    [{ priority: 5181, src: 'all', fwmark: '0x51', table: '5181' }],
    [
      { dst: '192.168.5.14', dev: 'wg0', scope: 'link', flags: [] },
      { dst: '192.168.2.0/24', dev: 'wg0', scope: 'link', flags: [] },
      { type: 'blackhole', dst: '192.168.2.0/24', metric: 4096, flags: [] },
    ],
    [
      {
        dst: 'default',
        gateway: 'fe80::1',
        dev: 'eno1',
        table: '5181',
        prefsrc: '2607:5300:60:5fac::abcd',
        metric: 1024,
      },
    ],
  ];
  const text = lists.map(list => `${JSON.stringify(list)}\n`).join('');
  const told = (changed: string) =>
    compareState(parseState(changed) ?? assert.fail(), setups)?.map(({ message }) => message);

  it('that is as rendered has no difference', () => assert.deepEqual(told(text), []));

  for (const [what, from, to, missing] of [
    ['the rule', '"priority":5181', '"priority":5182', 'rule 5181'],
    ['the guard', '"metric":4096', '"metric":1', 'guard for 192.168.2.0/24'],
    ['the way', '"prefsrc":"2607:5300:60:5fac::abcd",', '', 'default route of table 5181'],
    ['a route', '"dst":"192.168.5.14"', '"dst":"192.168.5.15"', 'route to 192.168.5.14/32'],
    [
      'the endpoint',
      '"local":"2607:5300:60:5fac::abcd"',
      '"local":"::1"',
      'address 2607:5300:60:5fac::abcd of eno1',
    ],
    ['the link', '"POINTOPOINT","UP"', '"POINTOPOINT"', 'link wg0'],
  ] as const)
    it(`without ${what}`, () =>
      assert.deepEqual(told(text.replace(from, to)), [`srv4: ${missing} is missing`]));

  it('of nobody, or of another kind, is refused', async () => {
    assert.equal(
      told(text.replaceAll('192.168.5.4"', '192.0.2.1"').replaceAll('5fac::abcd', '5fac::1')),
      undefined,
    );
    for (const odd of ['[', '[1, null, "x"]', '[[[]]]', '[{"addr_info":[{"local":5}]}]']) {
      const args = ['cluster', 'check', '-f', fileURLToPath(fixture('blog/site.yaml')), '--live', '-'];
      const { stderr, exit } = await runCli(args, { input: odd });
      assert.equal(exit, 3, odd);
      assert.match(stderr, /^error: standard input /, odd);
    }
  }).timeout(60_000);
});

describe('objects of kubectl', () => {
  const rendered = renderKubernetes(setups)
    .filter(({ path }) => /(?<!kustomization)\.yaml$/.test(path))
    .flatMap(({ text }) => parseAllDocuments(text).map(document => document.toJS() as KubernetesObject));
  const [daemonSet] = rendered.filter(({ kind }) => kind === 'DaemonSet');

  it('that have more than was rendered do not differ', () => {
    const live = rendered.map(object => ({ ...object, status: { observedGeneration: 1 } }));
    assert.deepEqual(compareObjects(live, rendered), []);
  });

  it('of edgewg that are rendered no more are told, and those of others are not', () => {
    const [peer] = rendered.filter(({ kind }) => kind === 'BGPPeer');
    assert.ok(peer);
    const { labels = {} } = peer.metadata ?? {};
    const gone = { ...peer, metadata: { ...peer.metadata, name: 'srv9', labels } };
    assert.deepEqual(
      compareObjects([...rendered, gone], rendered).map(({ message }) => message),
      ['BGPPeer srv9 is there, and is rendered no more'],
    );
    const others = { ...gone, metadata: { ...gone.metadata, labels: {} } };
    assert.deepEqual(compareObjects([...rendered, others], rendered), []);
  });

  it('say of themselves that something is missing on a node', () => {
    assert.ok(daemonSet);
    const { labels = {} } = daemonSet.metadata ?? {};
    const pod = (ready: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'edgewg-x7k2p', namespace: 'edgewg', labels },
      spec: { nodeName: 'srv4' },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    });
    assert.deepEqual(notReady([pod('True'), { ...pod('False'), metadata: { name: 'other' } }]), []);
    assert.match(notReady([pod('False')])[0]?.message ?? '', /^Pod edgewg-x7k2p on srv4 is not ready/);
    assert.equal(notReady([{ ...pod('True'), status: 'odd' }]).length, 1);
    const status = { desiredNumberScheduled: 2, numberReady: 1 };
    assert.match(
      notReady([{ ...daemonSet, status }])[0]?.message ?? '',
      /^DaemonSet edgewg has 1 of 2 pods ready$/,
    );
    assert.deepEqual(notReady([{ ...daemonSet, status: { ...status, numberReady: 2 } }]), []);
  });

  it('that have less do', () => {
    assert.ok(daemonSet);
    const text = JSON.stringify(daemonSet).replace('NET_ADMIN', 'SYS_ADMIN');
    const [found] = compareObjects([JSON.parse(text) as KubernetesObject], rendered);
    assert.match(found?.message ?? '', /^DaemonSet edgewg differs at .*capabilities\.add\.0$/);
    const other = { ...daemonSet, metadata: { name: 'other', namespace: 'edgewg' } };
    assert.match(compareObjects([other], rendered)[0]?.message ?? '', /is not there/);
  });
});

describe('nodes of the cluster', () => {
  const node = (name: string, pods: string) => ({ name, pods: [pods], external: [] });
  const cluster = site.cluster ?? assert.fail();

  it('get numbers that nobody ever had, and those that leave renumber no other', () => {
    const live = [node('srv5', '10.42.5.0/24'), node('srv7', '10.42.7.0/24'), node('srv6', '10.42.6.0/24')];
    const { nodes, gone } = syncNodes(site, cluster, live);
    assert.deepEqual(gone, ['srv4']);
    assert.deepEqual(Object.keys(nodes), ['srv6', 'srv7']);
    assert.deepEqual([nodes['srv6']?.['tunnel'], nodes['srv7']?.['tunnel']], ['wg6', 'wg7']);
  });

  it('are asked for their pods', () => {
    const { nodes, gone } = syncNodes(site, cluster, [
      node('srv4', '10.42.9.0/24'),
      node('srv5', '10.42.5.0/24'),
    ]);
    assert.deepEqual(nodes, { srv4: { pods: ['10.42.9.0/24'] } });
    assert.deepEqual(gone, []);
  });

  it('come as JSON, and go out as YAML', async () => {
    const items = [
      {
        kind: 'Node',
        metadata: { name: 'srv8' },
        spec: { podCIDR: '10.42.8.0/24', podCIDRs: ['10.42.8.0/24'] },
        status: {
          addresses: [
            { type: 'ExternalIP', address: '203.0.113.8' },
            { type: 'Hostname', address: 'srv8' },
          ],
        },
      },
    ];
    const args = ['cluster', 'sync-nodes', '-', '-f', fileURLToPath(fixture('blog/site.yaml'))];
    const { stdout, exit } = await runCli(args, { input: JSON.stringify({ kind: 'List', items }) });
    assert.equal(exit, 0);
    assert.equal(
      stdout,
      `cluster:
  nodes:
    srv8:
      tunnel: wg6
      address: []
      publicAddresses:
        - 203.0.113.8
      pods:
        - 10.42.8.0/24
# srv4 is no node any more: take it out, and its tunnel into absent.tunnels
# srv5 is no node any more: take it out, and its tunnel into absent.tunnels
`,
    );
    const none = await runCli(args, { input: '{}' });
    assert.equal(none.exit, 3);
  }).timeout(60_000);
});
