// `cluster render --out` again and again: the same files, nothing of an earlier render left, nothing of others touched.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseList } from '../../src/cluster/folder.ts';
import { Secret } from '../../src/secret.ts';
import { publicKeyOf } from '../../src/wireguard/key.ts';
import { fixture } from '../support/fixtures.ts';
import { type Ran, runCli } from '../support/run-cli.ts';

const blog = readFileSync(fixture('blog/site.yaml'), 'utf8');
const srv5 = /^ {4}srv5:\n( {6}.*\n)+/m;
const [routerHalf = '', clusterHalf = ''] = blog.split(/(?=^cluster:)/m);
const withoutSrv5 = routerHalf + clusterHalf.replace(srv5, '');
const key = Buffer.alloc(32, 7).toString('base64');
const withKey = blog
  .replace('speaker: metallb', 'speaker: frr, password: env:PASSWORD')
  .replace('key: made-on-node', 'key: env:SRV4_KEY')
  .replaceAll('GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=', publicKeyOf(new Secret(key)));

describe('a folder that is rendered again', function () {
  this.timeout(60_000);
  let top = '';
  let out = '';
  const render = (site: string, ...words: string[]): Promise<Ran> =>
    runCli(['cluster', 'render', '-f', '-', '--out', out, ...words], {
      input: site,
      env: { SRV4_KEY: key, PASSWORD: 'p4ssword' },
    });
  const ok = async (site: string, ...words: string[]): Promise<string> => {
    const ran = await render(site, ...words);
    assert.equal(ran.exit, 0, ran.stderr);
    return ran.stderr;
  };
  const files = (): string[] =>
    readdirSync(out, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort();
  /** Everything about the files that a second run could change. */
  const state = (): string[] =>
    files().map(name => {
      const { mode, mtimeMs } = statSync(join(out, name));
      const time = name === '.edgewg-rendered' ? 0 : mtimeMs;
      return [name, mode, time, readFileSync(join(out, name), 'utf8')].join();
    });

  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'edgewg-folder-'));
    out = join(top, 'nodes');
  });
  afterEach(() => rmSync(top, { recursive: true }));

  it('is the same, down to the times of its files', async () => {
    await ok(blog);
    const before = state();
    assert.match(await ok(blog), /^wrote 14 files below .*\n$/);
    assert.deepEqual(state(), before);
  });

  it('has nothing of a node that left, nor of another variant', async () => {
    await ok(blog);
    assert.match(
      await ok(withoutSrv5),
      /^removed .*srv5\/etc\/wireguard\/wg0\.conf, which is rendered no more$/m,
    );
    assert.ok(!existsSync(join(out, 'srv5')));
    assert.ok(existsSync(join(out, 'srv4')));
    await ok(withoutSrv5, '--variant', 'kubernetes');
    assert.deepEqual(readdirSync(out).sort(), ['.edgewg-rendered', 'kubernetes']);
  });

  it('keeps what others put there', async () => {
    await ok(blog);
    writeFileSync(join(out, 'srv5/notes'), 'mine');
    writeFileSync(join(out, 'srv5/etc/wireguard/wg0.nft'), '# changed\n');
    assert.match(await ok(withoutSrv5), /^left .*srv5\/etc\/wireguard\/wg0\.nft: .* somebody changed it$/m);
    assert.deepEqual(
      files().filter(name => name.startsWith('srv5/')),
      ['srv5/etc/wireguard/wg0.nft', 'srv5/notes'],
    );
  });

  for (const [what, path, text] of [
    ['somebody changed', 'srv4/etc/wireguard/wg0.conf', 'was changed since edgewg wrote it'],
    ["is not edgewg's", 'kubernetes/bgp/bgp.yaml', "is not edgewg's"],
  ] as const)
    it(`writes over nothing that ${what}, and then nothing at all`, async () => {
      if (path.startsWith('srv4')) await ok(blog);
      mkdirSync(join(out, path, '..'), { recursive: true });
      writeFileSync(join(out, path), '# mine\n');
      const before = state();
      const ran = await render(blog.replaceAll('51820', '51999'));
      assert.equal(ran.exit, 3);
      assert.ok(ran.stderr.includes(text), ran.stderr);
      assert.deepEqual(state(), before);
    });

  it('has secrets for their owner alone, beside the rest or with it', async () => {
    const secrets = join(top, 'secrets');
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
    for (const folder of [secrets, out]) {
      await ok(withKey, '--with-secrets', folder);
      await ok(withKey, '--with-secrets', folder);
      for (const path of ['srv4/etc/wireguard/wg0.key', 'srv4/etc/frr/frr.conf', 'srv5/etc/frr/frr.conf'])
        assert.equal(mode(join(folder, path)), '600', path);
      assert.match(readFileSync(join(folder, 'srv4/etc/frr/frr.conf'), 'utf8'), / password p4ssword$/m);
      const list = readFileSync(join(folder, '.edgewg-rendered'), 'utf8');
      assert.match(list, /^- {2}srv4\/etc\/wireguard\/wg0\.key$/m);
      if (folder === secrets) assert.doesNotMatch(state().join('\n'), /p4ssword/);
    }
    assert.equal(mode(secrets), '700');
    assert.equal(mode(join(out, 'srv4/etc/wireguard/wg0.conf')), '644');
    // whoever asks for no secrets neither loses them nor the passwords in other files
    assert.match(await ok(withKey), /^left .*srv4\/etc\/wireguard\/wg0\.key: it has a secret/m);
    assert.equal(mode(join(out, 'srv4/etc/wireguard/wg0.key')), '600');
    assert.match(readFileSync(join(out, 'srv4/etc/frr/frr.conf'), 'utf8'), / password p4ssword$/m);
    // rendered for a node that makes its own key, the old one goes
    await ok(blog, '--with-secrets', secrets);
    assert.deepEqual(readdirSync(secrets), ['.edgewg-rendered']);
  });

  it('loses no file behind a link, and none that a list names outside of it', async () => {
    await ok(blog);
    renameSync(join(out, 'srv5'), join(top, 'elsewhere'));
    symlinkSync(join(top, 'elsewhere'), join(out, 'srv5'));
    await ok(withoutSrv5);
    assert.ok(existsSync(join(top, 'elsewhere/etc/wireguard/wg0.conf')));
    assert.deepEqual(
      [...parseList('-  ../a\n-  /etc/passwd\n-  a//b\n-  a/../../b\n-  a/b\nx  c\n').keys()],
      ['a/b'],
    );
  });
});
