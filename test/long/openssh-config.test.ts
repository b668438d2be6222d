// What edgewg reads in ssh_config and known_hosts against what ssh and ssh-keygen read there, on generated files.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readConfigFiles } from '../../src/ssh/config-files.ts';
import { coversHost, filedName, parseKnownHosts } from '../../src/ssh/known-hosts.ts';
import { type Settings, settingsFor } from '../../src/ssh/settings.ts';
import { testAccess } from '../support/access.ts';
import { haveOpenSsh } from '../support/openssh.ts';

const hostNames = ['router', 'edge1', 'edge2.example.net', 'a', 'jump', '192.0.2.1'];
const patterns = [
  '*',
  'router',
  'edge?',
  'edge?.*',
  '!router',
  '*.example.net',
  'a*',
  '192.0.2.*',
  '!*.net',
  'jump',
  '?',
];

const values: Record<string, string[]> = {
  HostName: ['192.0.2.7', '%h.example.net', 'edge1', 'router'],
  Port: ['22', '2222', '65535'],
  User: ['ubnt', 'admin', '"some user"'],
  IdentityFile: ['~/.ssh/a', '"~/.ssh/b c"', '/k/%n', 'none'],
  IdentitiesOnly: ['yes', 'no'],
  ProxyJump: ['jump', 'u@jump:23,edge1', 'none'],
  StrictHostKeyChecking: ['yes', 'no', 'accept-new', 'ask'],
  UserKnownHostsFile: ['~/a', '~/a ~/b', '/dev/null', '"~/with space" ~/c'],
  ConnectTimeout: ['5', '90'],
  ServerAliveInterval: ['0', '30'],
  ServerAliveCountMax: ['1', '7'],
  AddressFamily: ['inet', 'inet6', 'any'],
  NumberOfPasswordPrompts: ['1', '2'],
  HashKnownHosts: ['yes', 'no'],
  PreferredAuthentications: ['publickey', 'password,publickey'],
  HostKeyAlias: ['alias', 'Other'],
};

const setting = fc
  .constantFrom(...Object.keys(values))
  .chain(keyword =>
    fc.tuple(
      fc.constantFrom(keyword, keyword.toLowerCase()),
      fc.constantFrom(' ', '=', ' = ', '\t'),
      fc.constantFrom(...(values[keyword] ?? [])),
    ),
  )
  .map(parts => parts.join(''));
const list = (of: string[]) => fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 3 });
const criterion = fc.oneof(
  fc.tuple(
    fc.constantFrom('host', 'originalhost', '!host', '!originalhost'),
    list(patterns).map(some => some.join(',')),
  ),
  fc.tuple(
    fc.constantFrom('user', '!user'),
    list(['ubnt', 'admin', 'root', '*']).map(some => some.join(',')),
  ),
  fc.constantFrom(['final', ''], ['localuser', '*']),
);
const condition = fc.oneof(
  { weight: 3, arbitrary: list(patterns).map(some => `Host ${some.join(' ')}`) },
  {
    weight: 2,
    arbitrary: fc
      .array(criterion, { minLength: 1, maxLength: 3 })
      .map(some => `Match ${some.flat().filter(Boolean).join(' ')}`),
  },
  { weight: 1, arbitrary: fc.constant('Match all') },
);
const comment = fc.constantFrom('', '# comment', '   ');
const lines = (include: boolean) =>
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: setting.map(text => `  ${text}`) },
      { weight: 3, arbitrary: condition },
      { weight: 1, arbitrary: include ? fc.constant('Include @INCLUDED@') : comment },
    ),
    { maxLength: 14 },
  );

/** `ssh -G` as a map from keyword to its values, one for each line. */
function askSsh(config: string, host: string, user: string | undefined): Map<string, string[]> {
  const args = ['-G', '-F', config, ...(user === undefined ? [] : ['-l', user]), host];
  const { status, stdout, stderr } = spawnSync('ssh', args, { encoding: 'utf8' });
  fc.pre(!stderr.includes('jumphost loop'));
  assert.equal(status, 0, stderr);
  const found = new Map<string, string[]>();
  for (const line of stdout.trim().split('\n')) {
    const [keyword = '', ...rest] = line.split(' ');
    found.set(keyword, [...(found.get(keyword) ?? []), rest.join(' ')]);
  }
  return found;
}

/** ssh prints some values in another form than they were written in. */
function inSshWords(keyword: string, settings: Settings): string[] | undefined {
  const words = settings.words(keyword);
  if (words === undefined) return undefined;
  if (keyword === 'identityfile') return [...words];
  if (keyword === 'hostkeyalias') return words.map(word => word.toLowerCase());
  const home = keyword === 'userknownhostsfile' ? userInfo().homedir : '~'; // ssh has filled it in
  const text = words.map(word => word.replace(/^~/, home)).join(' ');
  const yes: Record<string, string> = { yes: 'true', no: 'false' };
  return [keyword === 'stricthostkeychecking' ? (yes[text] ?? text) : text];
}

describe('ssh_config', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);

  it('means to edgewg what it means to ssh', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-config-'));
    const empty = join(folder, 'empty');
    writeFileSync(empty, '');
    const access = testAccess();
    const given = fc.record({
      text: lines(true),
      included: lines(false),
      host: fc.constantFrom(...hostNames),
      user: fc.option(fc.constantFrom('ubnt', 'operator'), { nil: undefined }),
    });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(given, async ({ text, included, host, user }) => {
        const other = access.write('.ssh/included', included.join('\n'));
        const config = text.join('\n').replaceAll('@INCLUDED@', other);
        const path = access.write('.ssh/config', config);
        const wanted = askSsh(path, host, user);
        const usual = askSsh(empty, host, user);
        const asked = { host, user, localUser: access.localUser, notice: assert.fail };
        const settings = settingsFor(await readConfigFiles(access), asked);
        for (const name of Object.keys(values)) {
          const keyword = name.toLowerCase();
          const fromSsh = wanted.get(keyword);
          const usualHere = usual.get(keyword);
          if (keyword === 'user' && user !== undefined) continue;
          const ours = inSshWords(keyword, settings) ?? usualHere;
          if (keyword === 'hostname') {
            const named = settings.first('hostname') ?? host;
            assert.equal(named.replaceAll('%h', host), fromSsh?.[0], config);
          } else if (keyword === 'proxyjump' && ours?.[0] === 'none')
            assert.equal(fromSsh, undefined, config);
          else
            assert.deepEqual(
              ours,
              fromSsh,
              `${keyword} of ${host} in\n${config}\nincluded:\n${included.join('\n')}`,
            );
          compared++;
        }
      }),
      { numRuns: Number(process.env['EDGEWG_RUNS'] ?? 250), seed: 20 },
    );
    access.remove();
    rmSync(folder, { recursive: true });
    assert.ok(compared > 1000);
  });
});

describe('known_hosts', function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);

  it('names the same hosts to edgewg as to ssh-keygen -F', () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-known-'));
    const key = execFileSync(
      'sh',
      ['-c', 'ssh-keygen -q -t ed25519 -N "" -f "$0" && cut -d" " -f1,2 "$0.pub"', join(folder, 'k')],
      {
        encoding: 'utf8',
      },
    ).trim();
    const hosts: [string, number][] = [
      ['router', 22],
      ['router', 2222],
      ['192.0.2.1', 22],
      ['2001:db8::1', 22],
      ['2001:db8::1', 23],
      ['Edge.Example.net', 22],
    ];
    const name = fc.constantFrom(
      'router',
      '[router]:2222',
      '*',
      '!router',
      'r?uter',
      '192.0.2.*',
      '2001:db8::1',
      '[2001:db8::1]:23',
      '*.example.net',
      'edge.EXAMPLE.net',
      '![router]:*',
      '[*]:*',
    );
    const entry = fc
      .tuple(
        fc.constantFrom('', '', '', '@revoked ', '@cert-authority ', '@nonsense '),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(key, `${key} comment here`),
      )
      .map(([marker, names, rest]) => `${marker}${names.join(',')} ${rest}`);
    const line = fc.oneof(
      { weight: 8, arbitrary: entry },
      { weight: 1, arbitrary: fc.constantFrom('', '# note', 'nonsense') },
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom(...hosts),
        fc.boolean(),
        (text, [host, port], hashed) => {
          const path = join(folder, `known-${randomBytes(4).toString('hex')}`);
          writeFileSync(path, `${text.join('\n')}\n`);
          if (hashed) spawnSync('ssh-keygen', ['-H', '-f', path]);
          const asked = port === 22 ? host : `[${host}]:${port}`;
          const { stdout } = spawnSync('ssh-keygen', ['-F', asked.toLowerCase(), '-f', path], {
            encoding: 'utf8',
          });
          const wanted = [...stdout.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
          const content = execFileSync('cat', [path], { encoding: 'latin1' });
          const ours = parseKnownHosts(content, path).filter(known =>
            coversHost(known, filedName(host, port)),
          );
          assert.deepEqual(
            ours.map(known => known.line),
            wanted,
            content,
          );
        },
      ),
      { numRuns: 150, seed: 20 },
    );
    rmSync(folder, { recursive: true });
  });
});
