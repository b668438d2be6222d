// The script that looks up names, in a plain bash among programs that say what they are told to.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helperOf, isIntact, partsOfHelper, tunnelOfTask } from '../../src/objects/endpoint-helper.ts';
import { key } from '../support/builders.ts';

const [peer, other] = [key(1), key(2)];
const home = { publicKey: peer, endpoint: 'home.example.net:51820' };

interface Router {
  /** Lines of `wg show wg4 endpoints`. */
  readonly endpoint?: string;
  /** Seconds since the latest handshake; undefined when there was none. */
  readonly silent?: number | undefined;
  /** What the resolver says of a name. */
  readonly addresses?: readonly string[];
  /** A program of its own in place of the resolver. */
  readonly getent?: string;
  /** Of the peer that wg knows. */
  readonly publicKey?: string;
}

interface Seen {
  readonly set: string[];
  readonly log: string[];
  readonly looked: boolean;
  readonly output: string;
  readonly seconds: number;
}

/** Runs the helper of wg4 for one peer. */
function run(router: Router): Seen {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-helper-'));
  const program = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const { endpoint = '(none)', silent, addresses = [], publicKey = peer } = router;
  const last = silent === undefined ? '0' : `$(($(date +%s) - ${silent}))`;
  program(
    'wg',
    `case $1-$3 in
       show-endpoints) printf '%s\\t%s\\n' '${other}' 192.0.2.77:1 '${publicKey}' '${endpoint}' ;;
       show-latest-handshakes) printf '%s\\t%s\\n' '${other}' 1 '${publicKey}' ${last} ;;
       set-*) echo "$*" >>'${folder}/set' ;;
       *) exit 1 ;;
     esac`,
  );
  const lines = addresses.flatMap(one => [`${one.padEnd(16)}STREAM x`, `${one.padEnd(16)}DGRAM  `]);
  program(
    'getent',
    `echo >>'${folder}/looked'; ${router.getent ?? `cat <<'END'\n${lines.join('\n')}\nEND\n`}`,
  );
  program('logger', `echo "\${*:4}" >>'${folder}/log'`);
  const helper = helperOf('wg4', [home]);
  assert.ok(helper);
  const script = join(folder, 'helper');
  writeFileSync(script, helper.content.replace('PATH=/usr/local/sbin', `PATH=${folder}:/usr/local/sbin`));
  const began = Date.now();
  const { stdout, stderr, status } = spawnSync('bash', [script], { encoding: 'utf8' });
  assert.equal(status, 0);
  const linesOf = (name: string): string[] =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n') : [];
  const seen = {
    set: linesOf('set'),
    log: linesOf('log'),
    looked: existsSync(join(folder, 'looked')),
    output: stdout + stderr,
    seconds: (Date.now() - began) / 1000,
  };
  rmSync(folder, { recursive: true, force: true });
  return seen;
}

const set = (endpoint: string): string => `set wg4 peer ${peer} endpoint ${endpoint}`;

describe('the script that looks up names', () => {
  it('asks nobody while the peer talks', () => {
    const seen = run({ endpoint: '192.0.2.1:51820', silent: 100, addresses: ['192.0.2.9'] });
    assert.deepEqual([seen.set, seen.log, seen.looked], [[], [], false]);
  });

  it('gives wg the new address of a silent peer, and says so', () => {
    const seen = run({ endpoint: '192.0.2.1:51820', silent: 200, addresses: ['192.0.2.9'] });
    assert.deepEqual(seen.set, [set('192.0.2.9:51820')]);
    assert.deepEqual(seen.log, ['wg4: home.example.net is at 192.0.2.9:51820 now, was at 192.0.2.1:51820']);
    assert.equal(seen.output, '');
  });

  it('does nothing when the name means what it meant, alone or among others', () => {
    for (const addresses of [['192.0.2.1'], ['2001:db8::9', '192.0.2.1']])
      assert.deepEqual(run({ endpoint: '192.0.2.1:51820', silent: 9999, addresses }).set, []);
    assert.deepEqual(
      run({ endpoint: '[2001:db8::9]:51820', silent: 9999, addresses: ['2001:db8::9'] }).set,
      [],
    );
  });

  it('takes the first address that the resolver gives, in brackets where it is IPv6', () => {
    const addresses = ['2001:db8::9', '192.0.2.9'];
    assert.deepEqual(run({ endpoint: '192.0.2.1:51820', silent: 200, addresses }).set, [
      set('[2001:db8::9]:51820'),
    ]);
  });

  it('gives an endpoint to a peer that lost it at boot', () => {
    const seen = run({ addresses: ['192.0.2.9'] });
    assert.deepEqual(seen.set, [set('192.0.2.9:51820')]);
  });

  it('takes the port of the file again when the peer has come from another', () => {
    const seen = run({ endpoint: '192.0.2.9:4711', silent: 200, addresses: ['192.0.2.9'] });
    assert.deepEqual(seen.set, [set('192.0.2.9:51820')]);
  });

  it('looks when the clock was set back', () => {
    const seen = run({ endpoint: '192.0.2.1:51820', silent: -9999, addresses: ['192.0.2.9'] });
    assert.deepEqual(seen.set, [set('192.0.2.9:51820')]);
  });

  it('never makes a peer that wg does not have', () => {
    const seen = run({ publicKey: key(3), addresses: ['192.0.2.9'] });
    assert.deepEqual([seen.set, seen.log, seen.looked], [[], [], false]);
  });

  it('takes no address that can not be a peer, and says that there is none', () => {
    for (const addresses of [[], ['127.0.0.1'], ['0.0.0.0'], ['::1'], ['::'], ['fe80::1%eth0'], ['x;y']]) {
      const seen = run({ endpoint: '192.0.2.1:51820', silent: 200, addresses });
      assert.deepEqual(seen.set, []);
      assert.deepEqual(seen.log, ['wg4: home.example.net is silent, and its name has no address']);
    }
  });

  it('ends in seconds when the resolver never answers', () => {
    const seen = run({ silent: 200, getent: 'exec sleep 60' });
    assert.deepEqual(seen.set, []);
    assert.ok(seen.seconds < 60, `${seen.seconds} s`);
  }).timeout(60_000);

  it('has a file that is named after its content, and after nothing else', () => {
    const helper = helperOf('wg4', [home]);
    assert.ok(helper);
    assert.deepEqual(partsOfHelper(helper.path)?.tunnel, 'wg4');
    const second = { publicKey: other, endpoint: 'other.example.net:51820' };
    assert.equal(helperOf('wg4', [home, second])?.path, helperOf('wg4', [second, home])?.path);
    const paths = [
      helper,
      helperOf('wg5', [home]),
      helperOf('wg4', [second]),
      helperOf('wg4', [home, second]),
    ].map(one => one?.path);
    assert.equal(new Set(paths).size, 4);
    assert.ok(!isIntact(helper.path, '0'.repeat(64)) && !isIntact(helper.path, ''));
  });

  it('is made of keys and names alone', () => {
    for (const endpoint of [
      '192.0.2.1:51820',
      '[2001:db8::1]:51820',
      'a;b:1',
      '$(reboot):1',
      "a'b:1",
      'home',
    ])
      assert.equal(helperOf('wg4', [{ publicKey: peer, endpoint }]), undefined, endpoint);
    assert.equal(helperOf('wg4', [{ ...home, publicKey: "'" }]), undefined);
    assert.equal(helperOf('wg4;x', [home]), undefined);
    assert.equal(helperOf('wg4', []), undefined);
    for (const task of ['edgewg-resolve-wg1000', 'edgewg-resolve-eth0', 'resolve-wg4', 'edgewg-resolve-wg4 '])
      assert.equal(tunnelOfTask(task), undefined, task);
  });
});
