// Keys that a site file names by reference: how they are found, and everything that isn't one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { maskCommand, withoutOrders } from '../../src/cli/mask.ts';
import { type Outside, resolveReferences } from '../../src/keys/references.ts';
import { type Ran, runProgram } from '../../src/run-program.ts';
import { Secret } from '../../src/secret.ts';
import { isFault, splitWords } from '../../src/site/grammar/command-words.ts';
import type { KeySource, Site } from '../../src/site/site.ts';
import { lastWords } from '../../src/vyatta/scrub.ts';
import { generateKeyPair, generatePresharedKey } from '../../src/wireguard/key.ts';
import { aPeer, aSite, aTunnel } from '../support/builders.ts';

const words = (text: string): readonly string[] => {
  const found = splitWords(text);
  assert.ok(!isFault(found), `${text}: ${isFault(found) && found.message}`);
  return found;
};

describe('the words of a command reference', () => {
  it('are those that sh would see', () => {
    assert.deepEqual(words(`sops -d  'a b'"c d"\\ e x\\"y ''`), ['sops', '-d', 'a bc d e', 'x"y', '']);
    const part = fc.constantFrom(
      'a',
      'Z',
      '0',
      ' ',
      '  ',
      "'",
      '"',
      '\\',
      '-',
      '=',
      '/',
      '.',
      '@',
      ':',
      '%',
      '!',
      '#',
    );
    const texts = fc.array(part, { maxLength: 12 }).map(parts => `p${parts.join('')}`);
    let compared = 0;
    fc.assert(
      fc.property(texts, text => {
        const found = splitWords(text);
        if (isFault(found)) return;
        const said = execFileSync('sh', ['-fc', `printf '%s\\0' ${text}`], { encoding: 'utf8' });
        assert.deepEqual([...found, ''], said.split('\0'), text);
        compared++;
      }),
      { numRuns: 400, seed: 6 },
    );
    assert.ok(compared > 100, `${compared} texts compared`);
  });

  it('hold nothing that only a shell understands', () => {
    for (const text of [
      'a | b',
      'a; b',
      'a $(b)',
      'a `b`',
      'a $B',
      '"a $B"',
      '"`a`"',
      'a > b',
      'a < b',
      'a & b',
      '(a)',
    ])
      assert.match(
        isFault(splitWords(text)) ? (splitWords(text) as { message: string }).message : 'fine',
        /only a shell/,
      );
    for (const text of ['~/bin/key', 'cat ~/key', '# x', "'", '"a', "a 'b", 'a\\', '', "''", '   '])
      assert.ok(isFault(splitWords(text)), text);
    assert.deepEqual(splitWords(' a  "b'), {
      message: 'has a quote that is not closed',
      hint: 'close it',
      from: 4,
      to: 6,
    });
  });
});

const { privateKey, publicKey } = generateKeyPair();
const key = privateKey.reveal();

const nowhere: Outside = {
  env: {},
  readFile: async () => undefined,
  run: async () => ({ kind: 'missing' }),
  lastWords,
};

const siteWith = (privateKey: KeySource): Site => aSite([aTunnel('wg4', { privateKey })]);
const env = (text: string): [Site, Outside] => [
  siteWith({ kind: 'env', name: 'WG4' }),
  { ...nowhere, env: { WG4: text } },
];

describe('a key reference', () => {
  it('yields the key, a path that follows from it, and nothing that can be printed', async () => {
    const run = async (): Promise<Ran> => ({
      kind: 'ended',
      exit: 0,
      stdout: new Secret(`${key}\r\n`),
      stderr: '',
    });
    const outside = { ...nowhere, env: { WG4: key }, readFile: async () => Buffer.from(`${key}\n`), run };
    const sources: KeySource[] = [
      { kind: 'env', name: 'WG4' },
      { kind: 'file', path: 'wg4.key' },
      { kind: 'command', command: 'op read x' },
    ];
    for (const source of sources) {
      const { keys, faults } = await resolveReferences(siteWith(source), outside, 'all');
      assert.deepEqual(faults, []);
      const [known] = [...keys.values()];
      assert.equal(known?.shown, publicKey);
      assert.match(known?.path ?? '', /^\/config\/auth\/edgewg-wg4-[0-9A-Za-z]{12}\.key$/);
      assert.equal(known?.secret.reveal(), key);
      assert.ok(!inspect(known, { depth: 9, showHidden: true }).includes(key));
      assert.ok(!JSON.stringify(known).includes(key));
    }
  });

  it('of a preshared key is known by its fingerprint, and asked for once', async () => {
    const psk = generatePresharedKey().reveal();
    const presharedKey: KeySource = { kind: 'command', command: 'pass show psk' };
    const site = aSite([aTunnel('wg4', { peers: [aPeer(1, { presharedKey }), aPeer(2, { presharedKey })] })]);
    let runs = 0;
    const run = async (): Promise<Ran> => {
      runs++;
      return { kind: 'ended', exit: 0, stdout: new Secret(psk), stderr: '' };
    };
    const { keys } = await resolveReferences(site, { ...nowhere, run }, 'all');
    assert.equal(keys.size, 2);
    assert.equal(runs, 1);
    for (const known of keys.values()) assert.match(known.shown, /^sha256:[0-9a-f]{16}$/);
  });

  it('that yields no key says why, and not what it yielded', async () => {
    const wrong: [string, RegExp][] = [
      ['', /env:WG4 yields nothing/],
      ['\n', /yields nothing/],
      [`${key}\n${key}\n`, /yields 2 lines, where one/],
      [`${key}\n\n`, /yields 2 lines/],
      [`x${key}`, /no WireGuard key: a key has 44 characters, this has 45/],
      [` ${key.slice(1)}`, /it is not 32 bytes in base64/],
      [`${key.slice(0, 42)}B=`, /it is not 32 bytes in base64/],
      [Buffer.alloc(32).toString('base64'), /a key of zeros/],
    ];
    for (const [text, message] of wrong) {
      const { keys, faults } = await resolveReferences(...env(text), 'all');
      assert.equal(keys.size, 0);
      assert.equal(faults.length, 1, inspect(text));
      assert.match(faults[0]?.message ?? '', message);
      assert.ok(!JSON.stringify(faults).includes(key.slice(2, 40)));
    }
  });

  it('of a variable that is not set is missing, whatever every object has by that name', async () => {
    for (const name of ['WG4', 'constructor', 'toString', '__proto__']) {
      const { keys, faults } = await resolveReferences(siteWith({ kind: 'env', name }), nowhere, 'all');
      assert.equal(keys.size, 0);
      assert.deepEqual(
        faults.map(({ code, message }) => [code, message]),
        [['reference-missing', `env:${name}: there is no such variable`]],
      );
    }
  });

  it('is left open by a plan where it would run a program or is not at hand', async () => {
    let runs = 0;
    const run = async (): Promise<Ran> => {
      runs++;
      return { kind: 'missing' };
    };
    for (const source of [
      { kind: 'command', command: 'touch /tmp/x' },
      { kind: 'env', name: 'NONE' },
      { kind: 'file', path: 'none' },
    ] satisfies KeySource[]) {
      const site = siteWith(source);
      assert.deepEqual(await resolveReferences(site, { ...nowhere, run }, 'at-hand'), {
        keys: new Map(),
        faults: [],
      });
      assert.equal((await resolveReferences(site, { ...nowhere, run }, 'all')).faults.length, 1);
    }
    assert.equal(runs, 1);
    // what is there and wrong is wrong for a plan too
    assert.equal((await resolveReferences(...env('x'), 'at-hand')).faults[0]?.code, 'reference-no-key');
  });
});

describe('a program that is run for a key', () => {
  let folder = '';
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const run = (
    program: readonly string[],
    more: Partial<Parameters<typeof runProgram>[1]> = {},
  ): Promise<Ran> =>
    runProgram(program, {
      cwd: folder,
      env: { PATH: process.env['PATH'], EDGEWG_PASSWORD: 'canary', WG4_KEY: 'canary', HOME: '/h' },
      withheld: ['WG4_KEY'],
      seconds: 20,
      signal: new AbortController().signal,
      ...more,
    });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-program-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gets its words as they are, the folder, no stdin, and no secret of ours', async () => {
    const path = script('show', 'cat; pwd; printf "<%s>" "$@"; env');
    const ran = await run([path, '$(id)', '*', 'a b', '']);
    assert.ok(ran.kind === 'ended' && ran.exit === 0);
    const said = ran.stdout.reveal();
    assert.ok(said.startsWith(`${folder}\n<$(id)><*><a b><>`), said);
    assert.match(said, /HOME=\/h/);
    assert.ok(!said.includes('canary'));
  });

  it('that fails, hangs, floods or is not there is told apart', async () => {
    const fails = await run([script('fails', 'echo oops >&2; exit 3')]);
    assert.deepEqual({ ...fails, stdout: '' }, { kind: 'ended', exit: 3, stdout: '', stderr: 'oops\n' });
    // its child keeps the pipe open
    const hangs = await run([script('hangs', 'sleep 5 & sleep 5')], { seconds: 0.3 });
    assert.deepEqual(hangs, { kind: 'timeout', seconds: 0.3 });
    assert.deepEqual(await run([script('floods', 'exec cat /dev/zero')]), { kind: 'too-much' });
    assert.deepEqual(await run(['no-such-program']), { kind: 'missing' });
    writeFileSync(join(folder, 'text'), 'x');
    assert.deepEqual(await run([join(folder, 'text')]), { kind: 'forbidden' });
    const killed = await run([script('killed', 'kill -9 $$')]);
    assert.equal(killed.kind === 'killed' && killed.signal, 'SIGKILL');
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const running = run([script('waits', 'sleep 5')], { signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await assert.rejects(running, /interrupted/);
  });

  it('is quoted when it fails, without its secrets', async () => {
    const path = script('op', `echo "bad key ${key}" >&2; echo "password hunter2" >&2; exit 1`);
    const site = siteWith({ kind: 'command', command: path });
    const { faults } = await resolveReferences(site, { ...nowhere, run }, 'all');
    assert.match(
      faults[0]?.message ?? '',
      /op ended with exit code 1: bad key \[key\]; password \[secret\]$/,
    );
  });

  it('can be age', async function () {
    if (!existsSync('/usr/bin/age')) {
      if (process.env['CI']) throw new Error('age is missing: apt-get install age');
      process.stderr.write('\n!!! SKIPPED: no age here; apt-get install age, and run this test again\n\n');
      this.skip();
    }
    execFileSync('age-keygen', ['-o', 'identity'], { cwd: folder, stdio: 'ignore' });
    const recipient = execFileSync('age-keygen', ['-y', 'identity'], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
    execFileSync('age', ['-r', recipient, '-o', 'wg4.key.age'], { cwd: folder, input: `${key}\n` });
    const site = siteWith({ kind: 'command', command: 'age -d -i identity wg4.key.age' });
    const { keys, faults } = await resolveReferences(site, { ...nowhere, run }, 'all');
    assert.deepEqual(faults, []);
    assert.equal([...keys.values()][0]?.shown, publicKey);
    writeFileSync(join(folder, 'wg4.key.age'), 'damaged');
    const damaged = await resolveReferences(site, { ...nowhere, run }, 'all');
    assert.match(damaged.faults[0]?.message ?? '', /wg4\.key\.age ended with exit code 1: age: error: /);
  });
});

describe('GitHub Actions', () => {
  it('is told to hide every secret, on a pipe only', () => {
    const github = { GITHUB_ACTIONS: 'true' };
    assert.equal(maskCommand(new Secret('a%b\nc\n'), github, true), '::add-mask::a%25b\n::add-mask::c\n');
    assert.equal(maskCommand(new Secret('a'), github, false), '');
    assert.equal(maskCommand(new Secret('a'), {}, true), '');
    assert.equal(maskCommand(new Secret(''), github, true), '');
  });

  it('gives GitHub Actions no orders in the words of others', () => {
    const github = { GITHUB_ACTIONS: 'true' };
    for (const order of [
      '::add-mask::x',
      '  ::set-output name=a::b',
      'a\n\t::error::x',
      '::::stop-commands::x',
      'a\r::error::x',
      'a\u2028::error::x',
      '\u0085::error::x',
    ])
      assert.doesNotMatch(withoutOrders(order, github, false), /^[\s\x85]*::/m, order);
    assert.doesNotMatch(withoutOrders('x ##[error]y ##[a]', github, false), /##\[/);
    for (const plain of ['[::1]:22', 'a ::b', 'set x ::/0', '# x'])
      assert.equal(withoutOrders(plain, github, false), plain);
    const json = withoutOrders('"##[set-output name=a]b"', github, true);
    assert.ok(!json.includes('##['));
    assert.equal(JSON.parse(json), '##[set-output name=a]b');
    assert.equal(withoutOrders('::x', {}, false), '::x');
  });
});
