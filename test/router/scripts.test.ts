// What of the router's scripts needs no router, in a plain bash: records, redaction, digests, what counts as restored, and who decides.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '../../src/router/records.ts';
import { script } from '../../src/router/scripts.ts';
import { quote } from '../../src/vyatta/words.ts';

const folder = 'src/router/scripts';
const parts =
  'say home secrets evidence session belongs undo key-files transact keep-record switch answer'.split(' ');
const nonce = '0'.repeat(32);

/** Runs lines behind the functions of an apply, in a folder of its own that stands for the one in tmpfs; gives what they print. */
function inBash(lines: string, stub = ''): string {
  const temporary = mkdtempSync(join(tmpdir(), 'edgewg-scripts-'));
  try {
    mkdirSync(join(temporary, 'run'));
    const text = [
      `nonce=${nonce} id=run who=test since=now window=1 commits=1 expected_digest= lock_timeout=1 patience=1`,
      ...parts.map(name => script(`${name}.sh`)),
      `PATH=${quote(process.env['PATH'] ?? '')} home=${quote(temporary)} S=${quote(join(temporary, 'run'))}`,
      `boot=$home/config.boot archive=$home/archive draft=$archive/config.boot.new out=$S/out`,
      stub,
      lines,
    ].join('\n');
    const path = join(temporary, 'script');
    writeFileSync(path, text);
    const { stdout, stderr } = spawnSync('bash', [path], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The configuration system, whose active configuration is these lines. */
const activeIs = (...lines: string[]): string => `active() { printf '%s\\n' ${lines.map(quote).join(' ')}; }`;

describe('scripts of the router', () => {
  it('say one record a line: of a file, of standard input, of nothing', () => {
    const said = inBash(
      `printf 'two\\nlines' >"$S/out"; say a 0 "$S/out"; echo b | say b 1 -; say c 2; say d 3 "$S/nothing"; say end 0`,
    );
    const records = readRecords(Buffer.from(said), nonce);
    const told = [...records.values()].map(({ name, exit, output }) => [name, exit, output]);
    assert.deepEqual(told, [
      ['a', 0, 'two\nlines'],
      ['b', 1, 'b\n'],
      ['c', 2, ''],
      ['d', 3, ''],
      ['end', 0, ''],
    ]);
  });

  it('are heard behind what a .bashrc printed without a line break', () => {
    const said = `hello${nonce} a 0 -\n${nonce} end 0 -\n`;
    assert.deepEqual([...readRecords(Buffer.from(said), nonce).keys()], ['a', 'end']);
  });

  it('give the same digest whatever the secrets are', () => {
    const of = (key: string, name: string): string =>
      inBash(
        `digest_of ${quote(`set system host-name ${name}\nset interfaces wireguard wg0 private-key ${key}`)}`,
      );
    assert.match(of('a', 'x'), /^2:[0-9a-f]{64}$/);
    assert.equal(of('a', 'x'), of('b', 'x'));
    assert.notEqual(of('a', 'x'), of('a', 'y'));
  });

  describe('know what counts as restored', () => {
    const restored = (...lines: string[]): string =>
      inBash(
        'is_restored && echo yes || echo no',
        `${activeIs(...lines)}\nexpect() { has 'set a b'; has 'set t'; lacks 'set c'; }`,
      ).trim();
    it('when what was there is there, and what was not is not', () =>
      assert.equal(restored('set a b', 'set t x', 'set other'), 'yes'));
    it('not when something is missing', () => assert.equal(restored('set a b'), 'no'));
    it('not when something is left', () => assert.equal(restored('set a b', 'set t', 'set c d'), 'no'));
    it('by whole words', () => assert.equal(restored('set a b', 'set t', 'set cd'), 'yes'));
    it('not when the router prints nothing', () =>
      assert.equal(inBash(`active() { :; }; is_restored || echo no`), 'no\n'));
  });

  it('take a part of a saved configuration for none', () => {
    const agreed = (text: string, drift: string): string =>
      inBash(
        `printf %s ${quote(text)} >"$boot"; agrees "$boot" && echo yes || echo no`,
        `drift_from() { ${drift}; }`,
      ).trim();
    const whole = '/* === vyatta-config-version: "x" === */';
    assert.equal(agreed(whole, ':'), 'yes');
    assert.equal(agreed('interfaces {', ':'), 'no');
    assert.equal(agreed(whole, 'echo set a'), 'no');
    assert.equal(agreed(whole, 'return 1'), 'no');
  });

  it('hide keys and passwords in the log', () => {
    const key = `${'k'.repeat(43)}=`;
    const said = inBash(`log ${quote(`key ${key} password geheim x`)}; cut -d' ' -f2- "$archive/log"`);
    assert.equal(said, 'run key [secret] password [secret]\n');
  });

  it('hide in the log what a failed commit says of others', () => {
    const path = '[ service dns forwarding options geheim geheim ]';
    const said = inBash(`log ${quote(`undo failed: ${path} is no option`)}; cut -d' ' -f2- "$archive/log"`);
    assert.equal(said, 'run undo failed: [ service dns forwarding options redacted ] is no option\n');
    const shown = '[ interfaces wireguard wg4 listen-port 51824 ]';
    assert.equal(inBash(`log ${quote(shown)}; cut -d' ' -f2- "$archive/log"`), `run ${shown}\n`);
  });

  it('leave no variable behind: each belongs to one function, or stands at the top of a file', () => {
    const stray = readdirSync(folder).flatMap(name =>
      strayIn(readFileSync(`${folder}/${name}`, 'utf8')).map(text => `${name}: ${text}`),
    );
    assert.deepEqual(stray, []);
  });
});

/** What belongs to no function: the state of a run, told at the top of session.sh; the locals of a caller, told there. */
const shared = new Set(
  'S home out nonce patience quiet stop step failed session_env active drift lost words rewritten transaction drafting lines begun session IFS'.split(
    ' ',
  ),
);

function strayIn(script: string): string[] {
  const functions = script.matchAll(/^(\w+)\(\) [{(]((?:.*[})]$)|(?:[\s\S]*?^[})]))/gm);
  return [...functions].flatMap(([, name = '', body = '']) => {
    const code = body.replaceAll(/(^|\s)#.*$/gm, '').replaceAll(/'[^']*'/g, "''");
    const all = (pattern: RegExp): string[] => [...code.matchAll(pattern)].map(found => found[1] ?? '');
    const locals = all(/\blocal ([^;\n]*)/g).flatMap(text =>
      text.split(' ').map(word => word.replace(/=.*/, '')),
    );
    const set = [
      ...all(/(?:^|[;&|{(!]|\b(?:do|then|else)\b)\s*([a-z]\w*)=(?!\S* \w+ )/gm),
      ...all(/\bread (-[^<;&|]*)/g).flatMap(text => text.split(' ').filter(word => /^[a-z]\w*$/.test(word))),
      ...all(/\bfor (\w+)(?= in\b|;)/g),
    ];
    const stray = set.filter(word => !locals.includes(word) && !shared.has(word));
    return [...new Set(stray)].map(word => `${word} of ${name}`);
  });
}
