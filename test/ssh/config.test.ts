// From ssh_config to hops, and what is said about files and values that ssh would not take either.
import assert from 'node:assert/strict';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { NoAccess } from '../../src/errors.ts';
import { readConfigFiles } from '../../src/ssh/config-files.ts';
import { resolveTarget } from '../../src/ssh/connection.ts';
import type { Target } from '../../src/ssh/contract.ts';
import type { Hop } from '../../src/ssh/hop.ts';
import { findJumpPath } from '../../src/ssh/jump-path.ts';
import { matchesList, matchesPattern } from '../../src/ssh/pattern.ts';
import { type TestAccess, testAccess } from '../support/access.ts';

describe('ssh_config', () => {
  let access: TestAccess;

  beforeEach(() => {
    access = testAccess({ env: { SSH_AUTH_SOCK: '/run/agent', OTHER: '/run/other' } });
  });
  afterEach(() => access.remove());

  async function jumpPath(config: string, target: Partial<Target> = {}): Promise<Hop[]> {
    access.write('.ssh/config', config);
    return findJumpPath(
      { host: 'router', legacyAlgorithms: [], ...target },
      await readConfigFiles(access),
      access,
    );
  }
  const last = async (config: string, target?: Partial<Target>) => (await jumpPath(config, target)).at(-1);
  const codeOf = (config: string) =>
    jumpPath(config).then(
      () => 'none',
      (error: unknown) => (error instanceof NoAccess ? error.code : String(error)),
    );

  it('is refused where it would lead another way or trust less than edgewg can', async () => {
    for (const line of ['RevokedHostKeys /etc/ssh/revoked', 'BindInterface wg0']) {
      assert.equal(await codeOf(`Host router\n  ${line}\n`), 'ssh-config-unsupported', line);
      assert.equal(
        await codeOf(`Host jump\n  ${line}\nHost router\n  ProxyJump other,jump\n`),
        'ssh-config-unsupported',
      );
      assert.equal(await codeOf(`Host other\n  ${line}\nHost *\n  ${line.split(' ')[0]} none\n`), 'none');
    }
    assert.equal(await codeOf('ProxyCommand nc %h %p\nProxyJump jump\n'), 'proxy-command');
    assert.equal(await codeOf('ProxyJump none\nProxyCommand nc %h %p\n'), 'proxy-command');
    assert.equal((await jumpPath('ProxyCommand none\nProxyJump jump\n')).length, 1);
    assert.equal((await jumpPath('Host router\n  ProxyJump jump\n  ProxyCommand nc %h %p\n')).length, 2);
  });

  it('runs nothing, whatever it says, and tells what it passes over', async () => {
    const tripwire = join(access.home, 'tripwire');
    const config = [
      'KnownHostsCommand',
      'LocalCommand',
      'RemoteCommand',
      'XAuthLocation',
      'SecurityKeyProvider',
    ];
    const [hop] = await jumpPath(
      `Match exec "touch ${tripwire}"\n  HostName elsewhere\nHost *\n  PermitLocalCommand yes\n  ForwardAgent yes\n${config
        .map(keyword => `  ${keyword} /bin/sh -c 'touch ${tripwire}'\n`)
        .join(
          '',
        )}  IdentityFile "$(touch ${tripwire})"\n  UserKnownHostsFile ~/%h-%r\n  VerifyHostKeyDNS yes\n`,
      { user: '`id`' },
    );
    assert.ok(!existsSync(tripwire));
    assert.equal(hop?.host, 'router');
    assert.deepEqual(hop?.identities.files, [`$(touch ${tripwire})`]);
    assert.deepEqual(hop?.trust.userFiles, [`${access.home}/router-\`id\``]);
    for (const word of ['Match exec', 'KnownHostsCommand', 'VerifyHostKeyDNS'])
      assert.ok(
        access.notices.some(line => line.includes(word)),
        word,
      );
  });

  it('includes no more than it should', async () => {
    access.write('.ssh/twice', 'Include twice twice\n');
    assert.equal(await codeOf('Include twice\n'), 'ssh-config-broken');
    access.write('.ssh/large', `# ${'x'.repeat(1 << 19)}\n`);
    assert.equal(await codeOf('Include large\n'), 'none');
    assert.equal(await codeOf('Include large large\n'), 'ssh-config-broken');
  });

  it('may be missing', async () => {
    const [hop] = findJumpPath(
      { host: 'router', legacyAlgorithms: [] },
      await readConfigFiles(access),
      access,
    );
    assert.deepEqual(
      [hop?.host, hop?.port, hop?.user, hop?.connectTimeoutMs],
      ['router', 22, access.localUser, 20_000],
    );
    assert.deepEqual(hop?.methods, ['publickey', 'keyboard-interactive', 'password']);
    assert.equal(hop?.identities.agent, '/run/agent');
    assert.equal(hop?.trust.filed, 'router');
  });

  it('yields to what the site file says', async () => {
    const config = 'Host router\nHostName 192.0.2.1\nPort 2222\nUser somebody\n';
    const hop = await last(config, { port: 22, user: 'ubnt' });
    assert.deepEqual([hop?.host, hop?.port, hop?.user], ['192.0.2.1', 22, 'ubnt']);
    assert.equal((await last(config))?.trust.filed, '[192.0.2.1]:2222');
  });

  it('comes before the machine’s own', async () => {
    access.write('etc/ssh_config', 'Port 3\nUser system\nInclude ssh_config.d/*.conf\n');
    access.write('etc/ssh_config.d/1.conf', 'ServerAliveCountMax 9\n');
    access.write('etc/ssh_config.d/2.txt', 'ServerAliveCountMax 8\n');
    const hop = await last('Port 2\n');
    assert.deepEqual([hop?.port, hop?.user, hop?.keepalive.countMax], [2, 'system', 9]);
  });

  it('has times, families, tokens, variables and agents', async () => {
    const config = [
      'ConnectTimeout 1m30s',
      'ServerAliveInterval 0',
      'AddressFamily inet6',
      'IdentityFile ~/%h-%p-%r-%n.%%',
      'IdentityFile $\u007bOTHER}/key',
      'IdentityAgent $OTHER',
      'User ubnt',
      'HostName %h.example.net',
    ];
    const hop = await last(config.join('\n'));
    assert.equal(hop?.connectTimeoutMs, 90_000);
    assert.equal(hop?.keepalive.intervalMs, 0);
    assert.equal(hop?.family, 6);
    assert.deepEqual(hop?.identities.files, [
      `${access.home}/router.example.net-22-ubnt-router.%`,
      '/run/other/key',
    ]);
    assert.equal(hop?.identities.agent, '/run/other');
    assert.equal((await last('IdentityAgent none\n'))?.identities.agent, undefined);
    assert.equal((await last('IdentityAgent SSH_AUTH_SOCK\n'))?.identities.agent, '/run/agent');
  });

  it('leaves an address with a zone as it is', async () => {
    assert.equal((await last('', { host: 'fe80::1%eth0' }))?.host, 'fe80::1%eth0');
  });

  it('names jump hosts by name, place, or address', async () => {
    const hops = await jumpPath(
      'Host router\nProxyJump admin@one:23,[2001:db8::1]:24,ssh://user@two/\nHost one\nUser x\nPort 9\n',
    );
    assert.deepEqual(
      hops.map(({ host, port, user }) => [user, host, port]),
      [
        ['admin', 'one', 23],
        [access.localUser, '2001:db8::1', 24],
        ['user', 'two', 22],
        [access.localUser, 'router', 22],
      ],
    );
  });

  it('is refused, with the file named, where it is no ssh_config', async () => {
    assert.equal(await codeOf('Port twenty\n'), 'ssh-config-value');
    assert.equal(await codeOf('Port 70000\n'), 'ssh-config-value');
    assert.equal(await codeOf('ConnectTimeout soon\n'), 'ssh-config-value');
    assert.equal(await codeOf('HostName %z\n'), 'ssh-config-value');
    assert.equal(await codeOf('IdentityFile $\u007bNOT_SET}/x\n'), 'ssh-config-value');
    assert.equal(await codeOf('ProxyJump a:b:c\n'), 'ssh-config-value');
    assert.equal(await codeOf('ProxyCommand nc %h %p\n'), 'proxy-command');
    assert.equal(await codeOf('User "unfinished\n'), 'ssh-config-broken');
    assert.equal(await codeOf('Host\n'), 'ssh-config-broken');
    assert.equal(await codeOf('Port\nUser x\n'), 'ssh-config-broken');
    assert.equal(await codeOf(`Include ${access.home}/.ssh/config\n`), 'ssh-config-broken');
    assert.equal(await codeOf('x'.repeat((1 << 20) + 1)), 'ssh-config-broken');
  });

  it('is refused where others can write it, as by ssh', async () => {
    access.write('.ssh/config', 'Include other\n');
    access.write('.ssh/other', 'Port 1\n');
    chmodSync(join(access.home, '.ssh/other'), 0o622);
    await assert.rejects(resolveTarget({ host: 'router', legacyAlgorithms: [] }, access), {
      code: 'ssh-config-rights',
    });
  });

  it('is never run: what it would start is passed over, and said', async () => {
    const hop = await last(
      'Match host router exec "touch /tmp/tripwire"\nPort 1\nMatch host other exec "true"\nPort 2\n',
    );
    assert.equal(hop?.port, 22);
    assert.equal(access.notices.length, 1, 'nothing is said where the line would not apply anyway');
    assert.match(access.notices[0] ?? '', /Match host router exec .* 'exec'/);
  });

  it('never breaks but by its own errors, whatever it holds', async () => {
    const word = fc.constantFrom(
      'Host',
      'Match',
      'Include',
      'Port',
      'ProxyJump',
      'final',
      '*',
      '"',
      '\\',
      '=',
      '#',
      '\n',
      '\t',
      '%h',
      '!',
      'a',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(word).map(words => words.join(' ')),
        ),
        async text => {
          const code = await codeOf(text);
          assert.match(code, /^(none|ssh-config-broken|ssh-config-value|jump-loop|proxy-command)$/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a pattern', () => {
  it('matches as a regular expression of the same meaning does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (given, glob) => {
        const meaning = new RegExp(
          `^${glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`,
        );
        assert.equal(matchesPattern(given, glob), meaning.test(given));
      }),
    );
  });

  it('takes no time to speak of, however it is made', () => {
    const began = performance.now();
    assert.equal(matchesPattern('a'.repeat(255), `${'a*'.repeat(100_000)}b`), false);
    assert.ok(performance.now() - began < 60_000);
  });

  it('may be negated in a list', () => {
    assert.equal(matchesList('a', ['*', '!a']), false);
    assert.equal(matchesList('b', ['!a']), false);
    assert.equal(matchesList('b', ['!a', 'b']), true);
  });
});
