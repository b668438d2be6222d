// `validate`, `plan`, `show` and `schema` as a person or a script starts them; most with something wrong.
import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ran, root, runCli } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';

const blog = (name: string): string => fileURLToPath(new URL(`fixtures/blog/${name}`, root));
const text = (name: string): string => readFileSync(blog(name), 'utf8');
const site = ['-f', blog('site.yaml')];
const running = ['--running', blog('router.commands')];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgewg-plan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

function assertRefused(ran: Ran, message: RegExp): void {
  assert.match(ran.stderr, message);
  assert.equal(ran.stdout, '');
  assert.equal(ran.exit, 3);
}

describe('validate', () => {
  it('says that a good file is good, on stderr', async () => {
    const { stdout, stderr, exit } = await runHere(['validate', ...site]);
    assert.deepEqual({ stdout, exit }, { stdout: '', exit: 0 });
    assert.match(stderr, /site\.yaml is valid: 3 tunnels\n$/);
    assert.equal((await runHere(['validate', '-q', ...site])).stderr, '');
  });

  it('reads edgewg.yaml where nothing else is said, or what EDGEWG_FILE names, or standard input', async () => {
    file('edgewg.yaml', text('site.yaml'));
    assert.equal((await runHere(['validate'], { cwd: folder })).exit, 0);
    assert.equal((await runHere(['validate'], { env: { EDGEWG_FILE: blog('site.yaml') } })).exit, 0);
    const { stderr, exit } = await runCli(['validate', '-f', '-'], { input: text('site.yaml') });
    assert.deepEqual({ stderr, exit }, { stderr: 'standard input is valid: 3 tunnels\n', exit: 0 });
  });

  it('says what to do of a folder, and of a file without a name', async () => {
    assertRefused(await runHere(['validate', folder]), /it is a directory\n {2}hint: name a file in it\n$/);
    for (const words of [
      ['validate', ''],
      ['validate', '-f', ''],
      ['plan', ...site, '--running', ''],
    ])
      assertRefused(
        await runHere(words),
        /can't read a file without a name\n {2}hint: is a variable of the shell empty\?\n$/,
      );
  });

  it('shows all mistakes at their places', async () => {
    const bad = file('bad.yaml', 'version: 1\nrouter: { hots: 192.0.2.1 }\ntunnels:\n  wg1000: {}\n');
    const ran = await runHere(['validate', '-f', bad]);
    assertRefused(
      ran,
      /bad\.yaml:2:11: unknown key hots\n {2}2 \| router: \{ hots: 192\.0\.2\.1 \}\n {4}\| {11}\^\^\^\^\n/,
    );
    assert.match(ran.stderr, /bad\.yaml:4:3: /);
    assert.match(ran.stderr, /\nerror: .*bad\.yaml has \d problems\n$/);
  });

  const unreadable: [string, string, RegExp][] = [
    [
      'is missing',
      'nope.yaml',
      /can't read nope\.yaml: there is no such file\n {2}hint: begin with edgewg init/,
    ],
    ['is a directory', '.', /can't read \.: it is a directory/],
  ];
  for (const [what, name, message] of unreadable)
    it(`refuses a file that ${what}`, async () => {
      assertRefused(await runHere(['validate', '-f', name], { cwd: folder }), message);
    });

  for (const command of ['apply', 'show', 'graph'])
    it(`is told by ${command} how to get a saved plan that isn't there`, async () => {
      const ran = await runHere([command, ...(command === 'show' ? [] : site), 'nope.json'], { cwd: folder });
      assertRefused(ran, /nope\.json: there is no such file\n {2}hint: edgewg plan --out FILE writes one\n$/);
    });
});

describe('plan', () => {
  const withoutLines = (shown: string): string => shown.replaceAll(/ \(line \d+\)/g, '');

  it('takes commands and config.boot alike, from a file or standard input', async () => {
    const plans = await Promise.all([
      runHere(['plan', ...site, ...running]),
      runHere(['plan', ...site, '--running', blog('router.boot')]),
      runHere(['plan', ...site, '--running', '-'], { input: text('router.commands') }),
      runHere(['plan'], { env: { EDGEWG_FILE: blog('site.yaml'), EDGEWG_RUNNING: blog('router.boot') } }),
    ]);
    for (const { stdout, exit } of plans) {
      assert.equal(exit, 0);
      assert.match(stdout, /^\+ tunnel wg4 {2}.*site\.yaml:\d+:\d+\n {4}description srv4;/m);
      assert.equal(withoutLines(stdout), withoutLines(plans[0]?.stdout ?? ''));
    }
  });

  it('exits with 2 for a difference when asked to', async () => {
    assert.equal((await runCli(['plan', ...site, ...running, '--detailed-exitcode'])).exit, 2);
    assert.equal(
      (await runHere(['plan', ...site, ...running], { env: { EDGEWG_DETAILED_EXITCODE: '1' } })).exit,
      2,
    );
  });

  it('exits with 3 for a plan with an error in it, after showing all of it', async () => {
    const taken = `${text('router.commands')}set firewall name WAN_LOCAL rule 24 action drop\n`;
    const unmanaged = file('site.yaml', text('site.yaml').replace('WAN_LOCAL: [21-29], ', ''));
    const { stdout, exit } = await runHere(['plan', '-f', unmanaged, '--running', file('running', taken)]);
    assert.equal(exit, 3);
    assert.match(stdout, /^error EW002: rule 24 of WAN_LOCAL is somebody else's \(drop\)/m);
    assert.match(stdout, /^Plan: .*\. Refused: \d errors? above$/m);
  });

  it('lets a finding be silenced at its line or in the file, and shows the reason', async () => {
    const taken = `${text('router.commands')}set firewall name WAN_LOCAL rule 24 action drop\n`;
    const unmanaged = text('site.yaml').replace('WAN_LOCAL: [21-29], ', '');
    const silenced = unmanaged.replace(
      'openPort: { rule: 24 }',
      'openPort: { rule: 24 } # edgewg-ignore EW002: opened by hand\n    # edgewg-ignore EW124: nothing of this line',
    );
    assert.notEqual(silenced, unmanaged);
    const { stdout } = await runHere([
      ...['plan', '-f', file('site.yaml', silenced)],
      ...['--running', file('running', taken)],
    ]);
    assert.match(stdout, /^silenced EW002: rule 24 of WAN_LOCAL .* \(reason: opened by hand\)$/m);
    assert.doesNotMatch(stdout, /^error EW002/m);
    assert.match(stdout, /^note EW124: wg5/m);
  });

  it('shows the way back, and both configurations', async () => {
    const args = ['plan', ...site, ...running];
    const back = await runHere([...args, '--inverse', '--format', 'commands']);
    assert.match(back.stdout, /^delete interfaces wireguard wg4$/m);
    assert.doesNotMatch(back.stdout, /^set/m);
    const { stdout } = await runHere([...args, '--diff']);
    assert.match(stdout, /^--- running\n\+\+\+ after\n@@ /m);
    assert.match(stdout, /^\+set interfaces wireguard wg4 mtu 1420$/m);
  });

  it('shows the way to an address before and after the plan', async () => {
    const args = ['plan', ...site, ...running];
    const { stdout } = await runHere([...args, '--trace', '10.42.4.7', '--trace', '192.168.2.9']);
    assert.match(stdout, /^The way to 10\.42\.4\.7 now:\n {4}10\.42\.4\.7: 0\.0\.0\.0\/0 → eth9 via 198/m);
    assert.match(
      stdout,
      /^The way to 10\.42\.4\.7 after the plan:\n {4}10\.42\.4\.7: 10\.42\.4\.0\/24 → wg4, by/m,
    );
    assert.doesNotMatch(stdout, /The way to 192\.168\.2\.9 now/);
    assert.match(stdout, /^The way to 192\.168\.2\.9 after the plan:\n.*switch0/m);
    assertRefused(await runHere([...args, '--trace', 'srv4']), /--trace srv4 is no IP address/);
    assertRefused(
      await runHere([...args, '--trace', '10.42.4.7', '--format', 'markdown']),
      /--trace has no place in --format markdown/,
    );
  });

  it('shows the way from a client, with its tunnel and without it, and as data', async () => {
    const args = ['plan', ...running, '--trace', '192.168.2.20', '10.42.4.7', ...site];
    const { stdout } = await runHere(args);
    assert.match(stdout, /^The way from 192\.168\.2\.20 to 10\.42\.4\.7 now:\n {4}it comes in by switch0$/m);
    assert.match(stdout, /^ {4}with wg4 gone:\n.*10\.42\.4\.0\/24 → nowhere/m);
    const json = JSON.parse((await runHere([...args, '--format', 'json'])).stdout);
    const [{ now, after }] = json.traces;
    assert.deepEqual([now.ways[0].end, now.ways[0].interface], ['line', 'eth9']);
    assert.deepEqual([after.ways[0].end, after.ways[0].interface], ['tunnel', 'wg4']);
    assert.deepEqual([after.down[0].interface, after.down[0].ways[0].end], ['wg4', 'discarded']);
    const both = await runHere([...args, '--trace=192.168.2.9', '1.1.1.1']);
    assert.match(both.stdout, /^The way from 192\.168\.2\.9 to 1\.1\.1\.1 after the plan:/m);
  });

  it('refuses what is no way from one address to another', async () => {
    const refused = async (...words: string[]): Promise<unknown> =>
      assertRefused(
        await runHere(['plan', ...running, '--trace', ...words.slice(0, -1)]),
        new RegExp(words.at(-1) ?? ''),
      );
    await refused('192.168.2.20', 'srv4', '--trace srv4 is no IP address');
    await refused('192.168.2.20', '2001:db8::1', 'one is IPv4, the other IPv6');
    await refused('192.168.2.20', '192.168.2.20', 'both are the same address');
    await refused('192.168.2.20 1.1.1.1 1.0.0.1', 'takes one address or two');
  });

  it('writes a plan that show renders as it was, for its owner alone, through a link', async () => {
    const out = file('plan.json', 'old');
    symlinkSync(out, join(folder, 'link'));
    const made = await runCli(['plan', ...site, ...running, '--out', 'link'], { cwd: folder });
    assert.match(made.stderr, /wrote the plan to link/);
    assert.equal(statSync(out).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder).sort(), ['link', 'plan.json']);
    const shown = await runHere(['show', out]);
    assert.deepEqual({ stdout: shown.stdout, exit: shown.exit }, { stdout: made.stdout, exit: 0 });
    const json = await runHere(['show', '-', '--format', 'json'], { input: readFileSync(out) });
    const { origin, site: named, running: lines, ...plan } = JSON.parse(readFileSync(out, 'utf8'));
    assert.deepEqual(JSON.parse(json.stdout), plan);
    assert.deepEqual([origin, named], [{ kind: 'file' }, site[1]]);
    assert.ok(lines.length > 100);
  });

  it('leaves nothing behind when it cannot write the plan', async () => {
    const ran = await runHere(['plan', ...site, ...running, '--out', join(folder, 'no', 'plan.json')]);
    assert.match(ran.stderr, /can't write .*plan\.json: there is no such folder/);
    assert.equal(ran.exit, 3);
    const onto = await runHere(['plan', ...site, ...running, '--out', folder]);
    assert.match(onto.stderr, /can't write .*: it is no regular file/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('says that a part of a configuration counts as the whole', async () => {
    const { stderr } = await runHere([
      'plan',
      ...site,
      '--running',
      file('part', 'set system host-name x\n'),
    ]);
    assert.match(stderr, /^note: .*part has no interfaces/);
  });

  const bad: [string, string | Uint8Array, RegExp][] = [
    ['is empty', '', /is empty\n {2}hint: save it with/],
    ['is binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), /is a binary file/],
    ['is no configuration', '{"a": 1}\n', /is no configuration of an EdgeRouter/],
    [
      'comes from a user who is no admin',
      'Must be an admin user to run this command.\n',
      /user of level admin/,
    ],
    ['does not parse', 'set interfaces\nshow\n', /running:2:1: not a `set` command: show\n/],
    [
      'hides the keys that are compared',
      `${text('router.commands')}set interfaces wireguard wg4 private-key ****************\n`,
      /^$/,
    ],
  ];
  for (const [what, content, message] of bad)
    it(`refuses a configuration that ${what}`, async () => {
      const ran = await runHere(['plan', ...site, '--running', file('running', content)]);
      assert.match(ran.stderr, message);
      assert.equal(ran.exit, 3);
      if (message.source === '^$') assert.match(ran.stdout, /error EW013: wg4 private-key is hidden/);
    });

  it('shows no secret of a configuration that does not parse, nor of one that does', async () => {
    const key = 'eFt5GKDX9lCHlfTGdLOC2nb/3gk5Om+5LRtcSEVfYEk=';
    const line = `interfaces wireguard wg4 private-key ${key}\n`;
    const broken = await runHere(['plan', ...site, '--running', file('running', `set a\nedit ${line}`)]);
    assertRefused(broken, /private-key \[secret\]/);
    const whole = file('whole', `${text('router.commands')}set ${line}`);
    const planned = await runHere([
      'plan',
      '-v',
      ...site,
      '--running',
      whole,
      '--diff',
      '--out',
      join(folder, 'plan'),
    ]);
    const all = broken.stderr + planned.stdout + planned.stderr + readFileSync(join(folder, 'plan'), 'utf8');
    assert.ok(!all.includes(key.slice(0, 10)));
    assert.match(planned.stdout, /the literal key at interfaces wireguard wg4 private-key moves there/);
  });

  it('needs a configuration that is not too large', async () => {
    const huge = Buffer.alloc(65 * 1024 * 1024, 'set a\n');
    assertRefused(
      await runHere(['plan', ...site, '--running', '-'], { input: huge }),
      /is larger than \d+ bytes/,
    );
  });
});

describe('schema', () => {
  it('prints the schema that lies in the project', async () => {
    const { stdout, exit } = await runHere(['schema']);
    assert.equal(stdout, readFileSync(new URL('edgewg.schema.json', root), 'utf8'));
    assert.equal(exit, 0);
  });
});
