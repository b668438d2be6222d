// The other end as files: goldens of every variant, and Debian's own programs, which must accept them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostVariants, render } from '../../src/cluster/render.ts';
import { setupsOf } from '../../src/cluster/setup.ts';
import { loadSite } from '../../src/site/load.ts';
import { fixture } from '../support/fixtures.ts';
import { assertGoldenFolder } from '../support/golden-folder.ts';
import { runCli } from '../support/run-cli.ts';

const sites = { blog: 'blog/site.yaml', dual: 'cluster/dual/site.yaml' };
const load = (path: string) => loadSite(readFileSync(fixture(path)), path);

/** Runs a program; undefined where it isn't installed, which fails in CI. */
function tool(program: string, args: readonly string[]): ReturnType<typeof spawnSync> | undefined {
  const ran = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  });
  const isMissing = (ran.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  if (isMissing && process.env['CI']) assert.fail(`${program} is not installed`);
  return isMissing ? undefined : ran;
}

describe('the other end, rendered for hosts', () => {
  for (const [name, path] of Object.entries(sites)) {
    const { setups, gaps } = setupsOf(load(path).site);
    for (const variant of [...hostVariants, 'kubernetes'] as const)
      it(`${name} for ${variant} is as it was`, () => {
        assert.deepEqual(gaps, []);
        const files = render(setups, variant);
        assertGoldenFolder(
          new Map(files.map(file => [file.path, file.text])),
          fixture(`cluster/${name}/${variant}/`),
        );
        assert.ok(!files.some(file => /PrivateKey *= *\S{44}/.test(file.text)));
      });
  }

  it('writes the same files below a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-cluster-'));
    try {
      const site = fileURLToPath(fixture(sites.blog));
      const { exit, stderr } = await runCli(['cluster', 'render', '-f', site, '--out', join(folder, 'new')]);
      assert.equal(stderr, `wrote 14 files below ${join(folder, 'new')}\n`);
      assert.equal(exit, 0);
      const path = 'srv4/etc/wireguard/wg0.conf';
      assert.equal(
        readFileSync(join(folder, 'new', path), 'utf8'),
        readFileSync(fixture(`cluster/blog/wg-quick/${path}`), 'utf8'),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("Debian's programs, given the rendered files,", () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-cluster-'));
    cpSync(fixture('cluster/'), folder, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true }));

  const hosts = [
    'blog/VARIANT/srv4',
    'blog/VARIANT/srv5',
    'dual/VARIANT/a.example.net',
    'dual/VARIANT/b.example.net',
  ];
  const linkOf = (host: string): string => (host.startsWith('blog') ? 'wg0' : 'wg-home');

  for (const host of hosts) {
    it(`wg-quick strip takes ${host.replace('VARIANT', 'wg-quick')}`, function () {
      const conf = join(folder, host.replace('VARIANT', 'wg-quick'), `etc/wireguard/${linkOf(host)}.conf`);
      const ran = tool('wg-quick', ['strip', conf]);
      if (ran === undefined) return this.skip();
      assert.equal(ran.status, 0, String(ran.stderr));
      const setconf = join(folder, host.replace('VARIANT', 'ifupdown'), `etc/wireguard/${linkOf(host)}.conf`);
      // what is left is what the other variants hand to `wg setconf`
      const plain = (text: string): string => text.replaceAll(/^#.*\n|\n(?=\n)/gm, '').trim();
      assert.equal(plain(String(ran.stdout)), plain(readFileSync(setconf, 'utf8')));
    });

    for (const variant of ['wg-quick', 'networkd', 'netplan', 'ifupdown'])
      it(`sh and nft take ${host.replace('VARIANT', variant)}`, function () {
        const base = join(folder, host.replace('VARIANT', variant), 'etc/wireguard', linkOf(host));
        const shell = tool('sh', ['-n', `${base}.sh`]);
        assert.equal(shell?.status, 0, String(shell?.stderr));
        if (host.startsWith('dual')) return;
        const ran = tool('unshare', ['-rn', 'nft', '-c', '-f', `${base}.nft`]);
        if (ran === undefined || /unshare|not found|No such file/.test(String(ran.stderr)))
          return this.skip();
        assert.equal(ran.status, 0, String(ran.stderr));
      });

    it(`systemd-analyze verify takes the units of ${host.replace('VARIANT', 'networkd')}`, function () {
      const units = join(folder, host.replace('VARIANT', 'networkd'), 'etc/systemd/system/edgewg-');
      const paths = ['key', 'rules'].map(what => `${units}${linkOf(host)}-${what}.service`);
      const ran = tool('systemd-analyze', ['verify', '--man=no', ...paths]);
      if (ran === undefined) return this.skip();
      assert.equal(ran.status, 0, String(ran.stderr));
      assert.equal(ran.stderr, '');
    });
  }

  it('systemd-networkd understands every line, and none that we made up', function () {
    this.timeout(60_000);
    if (process.getuid?.() !== 0) return this.skip();
    // in namespaces of its own: it sees no link but lo, and reads only these files
    const script = `mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/network && cd /run/systemd/network || exit 77
      i=0
      for one in "$@"; do
        i=$((i + 1))
        for file in "$one"/etc/systemd/network/*.netdev "$one"/etc/systemd/network/*.network; do
          [ -f "$file" ] && cp "$file" "$i-\${file##*/}"
        done
        for drop in "$one"/etc/systemd/network/*.network.d; do
          [ -d "$drop" ] || continue
          printf '[Match]\\nName=none%s\\n[Network]\\nDHCP=yes\\n' $i >"$i-link.network"
          cp -r "$drop" "$i-link.network.d"
        done
      done
      printf '[Match]\\nName=none\\n[Network]\\nMadeUp=1\\n' >99-made-up.network
      SYSTEMD_LOG_TARGET=console timeout 2 /lib/systemd/systemd-networkd`;
    const folders = hosts.map(host => join(folder, host.replace('VARIANT', 'networkd')));
    const ran = tool('unshare', ['-nm', '--propagation', 'private', 'sh', '-c', script, 'sh', ...folders]);
    const said = `${ran?.stdout}${ran?.stderr}`;
    if (ran === undefined || ran.status === 77 || !said.includes('Enumeration completed')) return this.skip();
    assert.match(said, /99-made-up\.network:4: Unknown key/);
    const complaints = said.split('\n').filter(line => /\.(network|netdev|conf)/.test(line));
    assert.deepEqual(
      complaints.filter(line => !line.includes('99-made-up')),
      [],
    );
  });
});
