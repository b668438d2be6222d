// What of the router's scripts needs no router, in a plain bash: records, redaction, digests, what counts as restored, and who decides.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../src/plan/types/plan.ts';
import { readRecords } from '../../src/router/records.ts';
import { reasonOf } from '../../src/router/refusal.ts';
import {
  forgetKeysScript,
  makeKeysScript,
  readAgainScript,
  script,
  startScript,
  transactionScript,
} from '../../src/router/scripts.ts';
import { answerCommand } from '../../src/router/transaction.ts';
import { quote } from '../../src/vyatta/words.ts';

const folder = 'src/router/scripts';
const parts =
  'say home secrets evidence session belongs undo key-files helper-files transact keep-record window switch answer'.split(
    ' ',
  );
const nonce = '0'.repeat(32);
/** Where the programs come from that the functions call. */
let programs = process.env['PATH'] ?? '';

/** Runs lines behind the functions of an apply, in a folder of its own that stands for the one in tmpfs; gives what they print. */
function inBash(lines: string, stub = ''): string {
  const temporary = mkdtempSync(join(tmpdir(), 'edgewg-scripts-'));
  try {
    mkdirSync(join(temporary, 'run'));
    const text = [
      `nonce=${nonce} id=run who=test since=now window=1 commits=1 expected_digest= lock_timeout=1 patience=1`,
      ...parts.map(name => script(`${name}.sh`)),
      `PATH=${quote(programs)} home=${quote(temporary)} S=${quote(join(temporary, 'run'))}`,
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

/** A program that the functions start by `exec`, which no function can stand for. */
const programIs = (name: string, lines: string): string =>
  `mkdir -p $home/bin; PATH=$home/bin:$PATH; printf '#!/bin/bash\\n%s\\n' ${quote(lines)} >$home/bin/${name}; chmod 755 $home/bin/${name}`;

function behaviour(): void {
  it('say that they can not tell another secret where nothing that only this router has can be read', () => {
    const seal = 'a'.repeat(64);
    const told = (expected: string, sudo: string): Map<string, number> => {
      const said = inBash(
        `touch "$boot"; expected_digest=$(digest_of "$(active)") expected_seal=${expected} allow_drift=0; is_untouched_since_plan; say end 0`,
        `${activeIs('set a b')}; drift_from() { :; }; ${programIs('sudo', sudo)}`,
      );
      const records = new Map(readRecords(Buffer.from(said), nonce));
      records.delete('end');
      return new Map([...records.values()].map(({ name, exit }) => [name, exit]));
    };
    const none = "echo 'sudo: a password is required' >&2; exit 1";
    assert.deepEqual([...told(seal, none)], [['refused:seal', 1]]);
    assert.deepEqual([...told('', none)], [['refused:seal', 1]]);
    assert.deepEqual([...told('', 'echo key')], [['refused:seal', 1]]);
    assert.deepEqual([...told(seal, 'echo key')], [['stale:secret', 1]]);
    assert.deepEqual([...told('$(seal "$(active)"; echo "$sealed")', 'echo key')], []);
    const plan = { commits: [] as const } as unknown as Plan;
    const record = { name: 'refused:seal', exit: 1, output: 'cat: /etc/shadow: Permission denied\n' };
    const unusable = { name: 'key:wg4', exit: 1, output: 'wg: Key is not the correct length or format\n' };
    assert.equal(
      reasonOf(plan, new Map([[unusable.name, unusable]])),
      "the key file of wg4 can't be used: wg: Key is not the correct length or format",
    );
    assert.match(
      reasonOf(plan, new Map([[record.name, record]])),
      /^sudo on the router reads neither .* would not be seen: cat: .*denied$/,
    );
  });

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
    assert.match(of('a', 'x'), /^3:[0-9a-f]{64}$/);
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

  it('commit nothing where what runs can not be seen, then and now', () => {
    const said = (lines: string): string =>
      inBash(
        `lines=${quote(lines)} with_handshakes=0 canary=0; commit_unmoved 1; say end 0`,
        'active() { :; }; commit() { :; }',
      );
    for (const lines of ['', 'set a b']) {
      const records = readRecords(Buffer.from(said(lines)), nonce);
      assert.deepEqual([...records.keys()], ['moved', 'end']);
    }
  });

  it('take a part of a saved configuration for none', () => {
    const agreed = (text: string, drift: string): string =>
      inBash(
        `printf %s ${quote(text)} >"$boot"; agrees "$boot" && echo yes || echo no`,
        `differences() { ${drift}; }`,
      ).trim();
    const whole = '/* === vyatta-config-version: "x" === */';
    assert.equal(agreed(whole, ':'), 'yes');
    assert.equal(agreed('interfaces {', ':'), 'no');
    assert.equal(agreed(whole, 'echo set a'), 'no');
    assert.equal(agreed(whole, 'return 1'), 'no');
  });

  it('take away the copy of a key whose maker was killed before it was noted', () => {
    const files = 'wg4.key wg4.key.run keys/wg5.key.run wg4.key.other'.split(' ');
    const left = inBash(
      `auth=$home/auth; mkdir -p $auth/keys; for file in ${files.join(' ')}; do echo key >$auth/$file; done
       remove_new_keys; cd $auth; find . -type f | sort`,
    );
    assert.deepEqual(left.trim().split('\n'), ['./wg4.key', './wg4.key.other']);
  });

  it('promise to wait longer only when the switch has the word, and keeps what was proven', () => {
    const answered = (proven: string, before: string, taken = ''): string[] => {
      const said = inBash(
        `printf '60 100\\n' >"$S/until"; ${before}; answer until 2 '' +600 ${proven}`,
        `revive() { :; }; listen() { ${taken === '' ? ':' : `[ ! -e "$S/wanted" ] || { ${taken}; rm -f "$S/wanted"; }`}; }`,
      );
      return [...readRecords(Buffer.from(said), nonce).keys()];
    };
    const [promised, open] = [
      ['until', 'result', 'end'],
      ['result', 'end'],
    ];
    assert.deepEqual(answered('abc', ':', 'echo abc >"$S/held"'), promised);
    assert.deepEqual(answered('-', ':', ':'), promised);
    assert.deepEqual(answered('abc', ':'), open, 'nobody took it');
    assert.deepEqual(answered('-', 'mkdir -p "$S/wanted.new/x"'), open, 'it could not be put down');
    assert.deepEqual(answered('abc', ':', ': >"$S/held"'), open, 'there was no room for what was proven');
  });

  it('move no end of the window that they can not write down', () => {
    const moved = (before: string): string =>
      inBash(
        `deadline=60 latest=100000 up=50; echo '90 3:abc' >"$S/wanted"; ${before}; move_window; echo "$deadline" $(cd "$S"; ls -d wanted held until 2>/dev/null)`,
        'log() { :; }; state() { :; }; holder() { :; }',
      );
    assert.equal(moved(':'), '90 held until\n');
    assert.equal(moved('mkdir -p "$S/until.new/x"'), '60 wanted\n');
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
}

describe('scripts of the router', () => {
  behaviour();

  it('begin no apply that was undone while it waited for the lock of another', () => {
    const id = '20260101-a';
    const payload = `touch "\${0%/*}.began"`;
    const input = `${nonce} ${id} 30 ${payload.length} now me\n${payload}`;
    const starts = `${startScript()}\nis_home() { :; }\nedgewg_start`;
    const here = '\\/tmp\\/edgewg/$home';
    const whatComes = (verb: 'undo' | 'wait'): { told: string; left: string } => {
      const said = inBash(
        [
          'exec 7>>"$home/lock"; flock 7',
          `starts=${quote(starts)} word=${quote(answerCommand(id, { verb }, 1, nonce))}`,
          `printf %s ${quote(input)} | bash -c "\${starts//${here}}" 7>&- >"$home/said" &`,
          `bash -c "\${word//${here}}" 7>&-`,
          'rm -f "$home/lock"; exec 7>&-; wait; cat "$home/said"; echo; ls "$home" | tr "\\n" " "',
        ].join('\n'),
      );
      const [told = '', left = ''] = said.split('\n\n');
      return { told, left: left.trim() };
    };
    const gone = `${nonce} result 3 -\n${nonce} end 0 -`;
    const calledOff = Buffer.from('called off\n').toString('base64');
    assert.deepEqual(whatComes('undo'), {
      told: `${gone}\n${nonce} outcome:untouched 1 ${calledOff}\n${nonce} end 0 -`,
      left: 'run said script',
    });
    // a question alone changes nothing
    assert.match(whatComes('wait').left, /began/);
  });

  it('leave no variable behind: each belongs to one function, or stands at the top of a file', () => {
    const stray = readdirSync(folder).flatMap(name =>
      strayIn(readFileSync(`${folder}/${name}`, 'utf8')).map(text => `${name}: ${text}`),
    );
    assert.deepEqual(stray, []);
  });

  it('call no program and no option that one of the releases has not', () => {
    // what this machine has as a program: the other words stand in texts and in awk
    const { stdout } = spawnSync('bash', ['-c', 'compgen -c'], { encoding: 'utf8' });
    const isProgram = new Set(stdout.split('\n'));
    const called = new Set(shipped().flatMap(text => callsIn(text)));
    const strange = [...called].filter(
      name => isProgram.has(name) && !everywhere.has(name) && !ofTexts.has(name),
    );
    assert.deepEqual(strange.sort(), []);
    assert.ok(called.has('sha256sum') && called.has('cli-shell-api'), 'calls are found');
    for (const [wrong, why] of newer) for (const text of shipped()) assert.doesNotMatch(text, wrong, why);
  });
});

// another userland: awk, sed, grep and the rest of busybox below the same bash, as far from coreutils as one can get
const busybox = ['/bin/busybox', '/usr/bin/busybox'].find(path => existsSync(path));
(busybox === undefined ? describe.skip : describe)("scripts of the router, with busybox's programs", () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-busybox-'));
  const before_ = programs;

  before(() => {
    const { stdout } = spawnSync(busybox ?? '', ['--list'], { encoding: 'utf8' });
    for (const name of stdout.trim().split('\n'))
      if (name !== 'ash' && name !== 'sh') symlinkSync(busybox ?? '', join(folder, name));
    programs = folder;
  });
  after(() => {
    programs = before_;
    rmSync(folder, { recursive: true, force: true });
  });
  behaviour();
});

/** The scripts as they are sent. */
const shipped = (): string[] => [
  readAgainScript(),
  startScript(),
  transactionScript(),
  makeKeysScript(),
  forgetKeysScript(),
];

/** Programs of both userlands: Debian 7 (EdgeOS 1) and 9 (EdgeOS 2 and 3), and EdgeOS's own. */
const everywhere = new Set(
  `awk base64 basename bash cat chgrp chmod chown cmp cp cut date df diff dirname dpkg-query find flock grep gunzip gzip head hostname id ip
  kill ln logger ls mkdir mkfifo mktemp mv nohup od ping ps readlink rm rmdir sed setsid sg sha256sum sleep sort stat sudo sync tail tar touch
  tr uname uniq uptime wc wg xargs at atq atrm reboot modprobe
  cli-shell-api vyatta-cfg-cmd-wrapper vyatta-op-cmd-wrapper ubnt-hal ubnt-hal-e`.split(/\s+/),
);

/** Words of configurations and patterns that are a program's name too. */
const ofTexts = new Set(['enable', 'passwd', 'service', 'yes']);

/** What came after coreutils 8.13, util-linux 2.20, bash 4.2, grep 2.12 or iproute2 of 2012. */
const newer: readonly (readonly [RegExp, string])[] = [
  [/\bsort\b[^|\n]* --parallel/, 'sort --parallel'],
  [/\bip -(j|br|c)\b|\bip --(json|brief)/, 'ip -j and -br: iproute2 4.0 and later'],
  [/\bflock\b[^\n]* -(E|F)\b/, 'flock -E: util-linux 2.23, -F: 2.27'],
  [/\bsetsid\b[^\n]* -(w|f)\b/, 'setsid -w: util-linux 2.24'],
  [/\bdate\b[^\n]* -I/, 'date -I'],
  [/\bstat\b[^\n]*%[CmW]/, 'stat %m and %C'],
  [/\bdf\b[^\n]* --output/, 'df --output: coreutils 8.21'],
  [/\bgrep\b[^|\n]* -[A-Za-z]*P/, 'grep -P: no PCRE in busybox'],
  [/\$\{\w+@[A-Z]\}/, 'quoting by @Q: bash 4.4'],
  [/\bwait -n\b|\blocal -n\b|\bdeclare -n\b/, 'wait -n and name references: bash 4.3'],
  [/\bmapfile -d\b|\breadarray -d\b/, 'mapfile -d: bash 4.4'],
  [/\$EPOCHSECONDS|\bEPOCHREALTIME\b/, 'EPOCHSECONDS: bash 5'],
];

/** Words where the shell looks for a command, less its own and the script's functions. */
function callsIn(text: string): string[] {
  // programs in another language, and texts, hold no commands
  const code = text.replaceAll(/'[^']*'/g, "''");
  const own = new Set([...text.matchAll(/^(\w+)\(\) /gm)].map(([, name = '']) => name));
  const at =
    /(?:^|[;&|({!]|\$\(|<\(|\b(?:do|then|else|if|while|until|exec|in_background|sudo -n|nohup|setsid))[ \t]*(?:\w+=\S* )*([a-z][\w-]*)(?=[\s;)|&]|$)/gm;
  const shell =
    'if then else elif fi for while until do done case esac in function local export unset return exit break continue read printf echo set shift trap wait eval exec cd umask test true false exec command kill type source declare let time bg fg jobs builtin hash getopts ulimit select coproc mapfile'.split(
      ' ',
    );
  return [...code.matchAll(at)]
    .map(([, name = '']) => name)
    .filter(name => !own.has(name) && !shell.includes(name));
}

/** What belongs to no function: the state of a run, told at the top of session.sh; the locals of a caller, told there. */
const shared = new Set(
  'S home out nonce patience quiet stop step failed session_env active drift lost words dump known sealed digest evidence summing rewritten transaction guarding drafting lines begun session IFS deadline latest up'.split(
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
      ...all(/\bread (-[^<;&|\n]*)/g).flatMap(text =>
        text.split(' ').filter(word => /^[a-z]\w*$/.test(word)),
      ),
      ...all(/\bfor (\w+)(?= in\b|;)/g),
    ];
    const stray = set.filter(word => !locals.includes(word) && !shared.has(word));
    return [...new Set(stray)].map(word => `${word} of ${name}`);
  });
}
