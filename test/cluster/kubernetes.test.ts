// The other end for Kubernetes: every object against the types of its API, and what no pod of it may have.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Secret as SecretObject } from 'kubernetes-models/v1/Secret';
import { parseAllDocuments } from 'yaml';
import type { RenderedFile } from '../../src/cluster/file.ts';
import { render } from '../../src/cluster/render.ts';
import { secretFiles } from '../../src/cluster/secrets.ts';
import { setupsOf } from '../../src/cluster/setup.ts';
import { Secret } from '../../src/secret.ts';
import { loadSite } from '../../src/site/load.ts';
import { but } from '../support/checked.ts';
import { crdOf, talosOf } from '../support/crds.ts';
import { fixture } from '../support/fixtures.ts';
import { assertGoldenFolder } from '../support/golden-folder.ts';
import { runCli } from '../support/run-cli.ts';

const blog = readFileSync(fixture('blog/site.yaml'), 'utf8');
const dual = readFileSync(fixture('cluster/dual/site.yaml'), 'utf8');
const password = 'password: env:BGP_PASSWORD, keepalive: 10, holdtime: 30';
const sites = {
  blog,
  dual,
  metallb: but(dual, ['speaker: frr', 'speaker: metallb']),
  'frr-k8s': but(blog, ['speaker: metallb', `speaker: frr-k8s, ${password}`]),
  cilium: but(dual, ['speaker: frr', 'speaker: cilium']),
  'cilium-password': but(blog, [
    'speaker: metallb',
    'speaker: cilium, password: env:BGP_PASSWORD, keepalive: 60',
  ]),
  calico: but(blog, ['speaker: metallb', `speaker: calico, ${password}`]),
};
const setupsFor = (site: string) => setupsOf(loadSite(site, 'site.yaml').site).setups;

interface Loose {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [key: string]: unknown;
}

const objectsOf = (files: readonly RenderedFile[]): Loose[] =>
  files
    .filter(({ path }) => path.startsWith('kubernetes/') && /(?<!kustomization)\.yaml$/.test(path))
    .flatMap(({ text }) => parseAllDocuments(text).map(document => document.toJS() as Loose));

const core = { DaemonSet, ConfigMap, Namespace, Secret: SecretObject };

/** Throws where the API would refuse it. */
function check(object: Loose): void {
  const crd = crdOf(object.apiVersion, object.kind);
  if (crd !== undefined) {
    assert.ok(crd(object), JSON.stringify(crd.errors));
    return;
  }
  const model = core[object.kind as keyof typeof core];
  assert.ok(model, `${object.apiVersion} ${object.kind} is not known`);
  new (model as new (data: object) => { validate(): void })(object).validate();
}

describe('the other end, rendered for Kubernetes', () => {
  for (const [name, site] of Object.entries(sites)) {
    const files = render(setupsFor(site), 'kubernetes');
    it(`${name}: every object is one of its API`, () => {
      const objects = objectsOf(files);
      assert.ok(objects.length >= 3);
      objects.forEach(check);
    });

    if (!['blog', 'dual'].includes(name))
      it(`${name}: BGP is as it was`, () => {
        const own = files.filter(({ path }) => path.startsWith('kubernetes/bgp/'));
        assertGoldenFolder(
          new Map(own.map(file => [file.path.slice('kubernetes/bgp/'.length), file.text])),
          fixture(`cluster/speakers/${name}/`),
        );
      });
  }

  it('says the same to a reader of YAML 1.1, whatever a node, a pool or a label is called', function () {
    this.timeout(60_000);
    const odd = but(
      blog,
      ['    srv4:\n      tunnel', '    no:\n      tunnel'],
      ['metallb: { ranges', 'metallb: { pool: "1e3", ranges'],
      [
        '  kubernetes:\n',
        '  kubernetes:\n    nodeSelector: { on: "yes", a: "1_420", b: "2026-11-29", c: y, d: "010", e: "0o17" }\n',
      ],
    );
    const texts = [
      ...render(setupsFor(odd), 'kubernetes').filter(({ path }) => path.endsWith('.yaml')),
      ...render(setupsFor(odd), 'netplan').filter(({ path }) => path.endsWith('.yaml')),
    ].map(({ text }) => text);
    const ours = texts.map(text => parseAllDocuments(text).map(document => document.toJS() as unknown));
    const script =
      'import json, sys, yaml; print(json.dumps([list(yaml.safe_load_all(t)) for t in json.load(sys.stdin)]))';
    const ran = spawnSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
    if (ran.status !== 0 && !process.env['CI'] && /ENOENT|No module named/.test(`${ran.error}${ran.stderr}`))
      return this.skip();
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(JSON.parse(ran.stdout), ours);
    const text = JSON.stringify(ours);
    for (const word of [
      '"values":["no",',
      '"on":"yes"',
      '"a":"1_420"',
      '"b":"2026-11-29"',
      '"c":"y"',
      '"name":"1e3"',
    ])
      assert.ok(text.includes(word), word);
  });

  it('refuses what the API would refuse', () => {
    const [, , daemonSet] = objectsOf(render(setupsFor(blog), 'kubernetes'));
    assert.throws(() =>
      check({ ...daemonSet, kind: 'DaemonSet', apiVersion: 'apps/v1', spec: { selector: 1 } }),
    );
    const peer = objectsOf(render(setupsFor(blog), 'kubernetes')).find(({ kind }) => kind === 'BGPPeer');
    assert.ok(peer);
    assert.throws(() => check({ ...peer, spec: { peerAddress: '192.168.5.14', myAsn: 1 } }));
    assert.throws(() => check({ ...peer, spec: { myASN: 1, peerAddress: '192.168.5.14' } }));
    assert.throws(() =>
      check({
        apiVersion: 'frrk8s.metallb.io/v1beta1',
        kind: 'FRRConfiguration',
        metadata: { name: 'srv4' },
        spec: { bgp: { routers: [{ asn: 1, neighbors: [{ address: '192.168.5.14' }] }] } },
      }),
    );
    const advertisement = (spec: object) =>
      check({
        apiVersion: 'cilium.io/v2',
        kind: 'CiliumBGPAdvertisement',
        metadata: { name: 'edgewg' },
        spec: { advertisements: [spec] },
      });
    assert.throws(() => advertisement({ advertisementType: 'Service' }));
    assert.throws(() =>
      advertisement({ advertisementType: 'PodCIDR', service: { addresses: ['LoadBalancerIP'] } }),
    );
    const filter = { apiVersion: 'projectcalico.org/v3', kind: 'BGPFilter', metadata: { name: 'edgewg' } };
    check({ ...filter, spec: { importV4: [{ action: 'Reject' }] } });
    assert.throws(() =>
      check({ ...filter, spec: { importV4: [{ action: 'Reject', cidr: '192.0.2.0/24' }] } }),
    );
  });

  it('gives no pod more than it needs, and its key to no other node', () => {
    for (const site of [blog, dual])
      for (const object of objectsOf(render(setupsFor(site), 'kubernetes'))) {
        if (object.kind !== 'DaemonSet') continue;
        const text = JSON.stringify(object);
        assert.doesNotMatch(text, /"privileged":true|"allowPrivilegeEscalation":true|hostPID|"path":"\/"/);
        const secrets = [...text.matchAll(/"secretName":"([^"]+)"/g)].map(match => match[1]);
        const hosts = /"operator":"In","values":\[([^\]]*)\]/.exec(text)?.[1]?.split(',') ?? [];
        if (secrets.length > 0) assert.equal(hosts.length, 1, 'a Secret is mounted on one node only');
        assert.match(text, /"maxUnavailable":1/);
        assert.match(text, /@sha256:[0-9a-f]{64}"/);
      }
  });

  it('is taken by kubectl kustomize', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-kustomize-'));
    try {
      const site = fileURLToPath(fixture('blog/site.yaml'));
      const args = ['cluster', 'render', '-f', site, '--variant', 'kubernetes', '--out', folder];
      assert.equal((await runCli(args)).exit, 0);
      const ran = spawnSync('kubectl', ['kustomize', join(folder, 'kubernetes')], { encoding: 'utf8' });
      if (ran.error !== undefined) {
        // not even in CI: distributions have no package of it that could be relied on
        process.stderr.write(
          'SKIPPED: kubectl is not installed, so that nobody else reads the kustomization\n',
        );
        return this.skip();
      }
      assert.equal(ran.status, 0, ran.stderr);
      const kinds = parseAllDocuments(ran.stdout).map(document => (document.toJS() as Loose).kind);
      assert.deepEqual(kinds.sort(), [
        ...['BGPAdvertisement', 'BGPPeer', 'BGPPeer', 'ConfigMap', 'DaemonSet', 'IPAddressPool', 'Namespace'],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the other end, rendered for Talos', () => {
  const site = but(blog, ['key: made-on-node', 'key: env:SRV4_KEY']);
  const setups = setupsFor(site);
  const key = new Secret(Buffer.alloc(32, 7).toString('base64'));
  const documentsOf = (files: readonly RenderedFile[]): Loose[] =>
    files
      .filter(({ path }) => path.startsWith('srv'))
      .flatMap(({ text }) => parseAllDocuments(text).map(document => document.toJS() as Loose));

  it('is one of its schema, document by document, with the key in one alone', () => {
    const nodes = setups.map(setup => ({ setup, key, presharedKey: key }));
    const [plain, secret] = [render(setups, 'talos'), secretFiles(nodes, undefined, 'talos')];
    assert.ok(!plain.some(({ text }) => text.includes(key.reveal())));
    const documents = documentsOf([...plain, ...secret]);
    assert.deepEqual([...new Set(documents.map(({ kind }) => kind))].sort(), [
      'BlackholeRouteConfig',
      'LinkConfig',
      'RoutingRuleConfig',
      'WireguardConfig',
    ]);
    for (const document of documents) {
      const check = talosOf(document.kind);
      assert.ok(check?.(document), JSON.stringify([document, check?.errors]));
    }
    assertGoldenFolder(
      new Map(plain.filter(({ path }) => path.startsWith('srv')).map(({ path, text }) => [path, text])),
      fixture('cluster/blog/talos/'),
    );
  });

  it('refuses what the schema refuses', () => {
    const check = talosOf('WireguardConfig');
    const document = {
      apiVersion: 'v1alpha1',
      kind: 'WireguardConfig',
      name: 'wg0',
      privateKey: key.reveal(),
    };
    assert.ok(check?.(document));
    for (const more of [
      { mtu: '1420' },
      { peers: [{}] },
      { peers: [{ publicKey: 'x', endpoint: 'home.example.net:1' }] },
      { fwMark: 1 },
    ])
      assert.ok(!check?.({ ...document, ...more }), JSON.stringify(more));
  });

  it('needs a key from elsewhere, an address for the router, and no FRR', async () => {
    const odd = but(
      blog,
      ['  homeNetworks', '  routerEndpoint: home.example.net\n  homeNetworks'],
      ['speaker: metallb', 'speaker: frr'],
    );
    const args = ['cluster', 'render', '-f', '-', '--variant', 'talos'];
    const { exit, stderr } = await runCli(args, { input: odd });
    assert.equal(exit, 3);
    for (const message of [
      /srv4 must get its key: Talos makes none/,
      /a name is no endpoint to Talos/,
      /no FRR on a Talos host/,
    ])
      assert.match(stderr, message);
  }).timeout(60_000);
});

describe('secrets of the other end', () => {
  const key = Buffer.alloc(32, 7).toString('base64');

  it('are objects of their own, and nowhere else', () => {
    const setups = setupsFor(sites.calico.replace('key: made-on-node', 'key: env:SRV4_KEY'));
    const nodes = setups.map((setup, i) => ({
      setup,
      key: i === 0 ? new Secret(key) : undefined,
      presharedKey: undefined,
    }));
    const files = secretFiles(nodes, new Secret('p4ssword'), 'kubernetes');
    assert.deepEqual(
      files.map(({ path }) => path),
      ['kubernetes/edgewg-srv4.yaml', 'kubernetes/edgewg-bgp.yaml'],
    );
    objectsOf(files).forEach(check);
    const rest = render(setups, 'kubernetes');
    assert.ok(!rest.some(({ text }) => text.includes(key) || text.includes('p4ssword')));
  });

  it('are written only below the folder that is named, for their owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-secrets-'));
    try {
      const env = { SRV: key, BGP_PASSWORD: 'p4ssword' };
      const site = dual
        .replace('key: command:sops -d b.key.enc', 'key: env:SRV')
        .replaceAll(
          'n7ECjJZNQ6MaP+GFsgts8PWH65djP3Lx6S4UcShk4kE=',
          'OKqeAZGE0a91UU1TbXmQ0xODPq0MjqgYDpDEQGbFdRU=',
        );
      const args = ['cluster', 'render', '-f', '-', '--out', join(folder, 'out')];
      const plain = await runCli(args, { input: site, env });
      assert.equal(plain.exit, 0, plain.stderr);
      const wrong = await runCli([...args, '--with-secrets', join(folder, 'in')], { input: site, env });
      assert.equal(wrong.exit, 3);
      const publicHalf = /public half is (\S{44})/.exec(wrong.stderr)?.[1] ?? '';
      const right = site.replaceAll('OKqeAZGE0a91UU1TbXmQ0xODPq0MjqgYDpDEQGbFdRU=', publicHalf);
      const ran = await runCli([...args, '--with-secrets', join(folder, 'in')], { input: right, env });
      assert.equal(ran.exit, 0, ran.stderr);
      for (const text of [ran.stdout, ran.stderr, wrong.stderr, plain.stderr])
        assert.ok(!text.includes(key) && !text.includes('p4ssword'));
      const file = join(folder, 'in/b.example.net/etc/wireguard/wg-home.key');
      assert.equal(readFileSync(file, 'utf8'), `${key}\n`);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match(
        readFileSync(join(folder, 'in/a.example.net/etc/frr/frr.conf'), 'utf8'),
        /^ neighbor 10\.99\.0\.11 password p4ssword$/m,
      );
      const grep = spawnSync('grep', ['-rlE', `${key}|p4ssword`, join(folder, 'out')], { encoding: 'utf8' });
      assert.equal(grep.stdout, '');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);
});
