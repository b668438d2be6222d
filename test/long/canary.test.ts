// Known secrets in every place where one can be, every command in success and in failure, every mishap of the fault matrix; and a search
// for any part of them in all that is left behind or seen on the way (test/support/canaries.ts says in which forms).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBoot } from '../../src/vyatta/boot.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import type { Case } from '../faults/cases.ts';
import { faults, steps } from '../faults/mishaps.ts';
import type { Stage } from '../faults/stage.ts';
import { Canaries, formsOf } from '../support/canaries.ts';
import {
  type Client,
  dirty,
  type Ended,
  type RunAs,
  secrets,
  siteOf,
  smallSiteOf,
  World,
  writeKeyFiles,
} from '../support/canary-world.ts';
import { fixture } from '../support/fixtures.ts';
import { sampleOf } from '../support/one-of.ts';
import { ProcessWatcher } from '../support/process-watcher.ts';

const baseBoot = readFileSync(fixture('transcripts/base.boot'), 'utf8');
const configure = (lines: readonly string[]): string =>
  `sg vyattacfg -c 'bash -s' <<'END'\nW=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper\n$W begin </dev/null\n${lines.join('\n')}\n$W commit </dev/null\n$W save </dev/null\n$W end </dev/null\nEND`;

/** So many clients and routers at once: most of their time they wait. */
const atOnce = 4;
/** Seconds that a router waits for its client, and more of them where that was too little. */
const confirmWithin = [4, 15, 60];

let world: World;
let boot = '';

/** Sets them as a person at the router would have, before anything is watched. */
async function configured(stage: Stage, lines: readonly string[]): Promise<void> {
  // over stdin, since what the lab is asked to run is searched, too
  const { connect, exec } = await import('../support/ssh.ts');
  const client = await connect(stage.router.lab, { password: stage.router.lab.password });
  const script = configure(lines.map(line => `$W set ${line} </dev/null || echo failed`));
  const { stdout } = await world.unwatched(() =>
    exec(client, 'exec bash -s', script).finally(() => client.end()),
  );
  assert.doesNotMatch(stdout, /failed/i);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

interface Planned extends RunAs {
  readonly words: readonly string[];
  /** What it must end with. */
  readonly exit?: number;
  /** What it must have said on stdout, so that it is known to have come that far. */
  readonly says?: RegExp;
}

const name = ({ words, env = {} }: Planned): string =>
  [...Object.keys(env), ...words].join(' ').slice(0, 100);

function check(ran: Ended, { words, exit = 0, says }: Planned): void {
  assert.equal(ran.exit, exit, `${words.join(' ')}: ${ran.stdout.slice(-3000)}\n${ran.stderr}`);
  if (says !== undefined) assert.match(`${ran.stdout}${ran.stderr}`, says, words.join(' '));
}

async function runAndSearch(
  planned: Planned,
  stage: Stage | undefined,
  client: Client,
  but: readonly string[] = [],
): Promise<Ended> {
  const ran = await world.run(stage, client, planned.words, planned);
  check(ran, planned);
  world.searchRun(name(planned), ran, stage, client, but);
  return ran;
}

const formats = ['text', 'markdown', 'commands', 'json', 'sarif', 'github'];

/** The site file of a cluster, its keys and passwords by reference. */
const clusterSite = readFileSync(fixture('cluster/dual/site.yaml'), 'utf8')
  .replace(/key: command:.*\n *publicKey: .*\n/, 'key: command:./show-node\n')
  .replace('interface: ens3,', 'interface: ens3, gateway: 203.0.113.1,');

const failures: readonly Planned[] = [
  { words: ['plan'], env: { EDGEWG_PASSWORD: secrets['a wrong password'] }, exit: 4 },
  { words: ['apply', '--yes'], env: { EDGEWG_PASSWORD: 'command:./fail' }, exit: 4 },
  {
    words: ['plan'],
    env: { EDGEWG_PASSWORD: undefined, EDGEWG_KEY_PASSPHRASE: secrets['a wrong password'] },
    exit: 4,
  },
  { words: ['plan'], env: { EDGEWG_PASSWORD: undefined, EDGEWG_KEY_PASSPHRASE: 'command:./fail' }, exit: 4 },
  { words: ['plan'], env: { EDGEWG_HOST_KEY: `SHA256:${'A'.repeat(43)}` }, exit: 4 },
  {
    words: ['apply', '--yes'],
    env: { WG905_KEY: secrets['what is no key'] },
    exit: 3,
    says: /yields no WireGuard key/,
  },
  {
    words: ['apply', '--yes'],
    env: { WG905_KEY: `${secrets['a second line']}\n${secrets['the key of env:']}` },
    exit: 3,
    says: /yields 2 lines/,
  },
  {
    words: ['apply', '--yes'],
    env: { WG905_KEY: `${secrets['a second line'].slice(0, 43)}` },
    exit: 3,
    says: /yields no WireGuard key/,
  },
  { words: ['apply', '--yes', '-f', 'fail.yaml'], exit: 3, says: /command:\.\/fail ended with exit code 1/ },
  {
    words: ['plan', '--run-commands', '-f', 'fail.yaml'],
    exit: 3,
    says: /command:\.\/fail ended with exit code 1/,
  },
  { words: ['apply', '--yes', '-f', 'two.yaml'], exit: 3, says: /yields 2 lines/ },
  { words: ['apply', '--yes', '-f', 'no-key.yaml'], exit: 3, says: /yields no WireGuard key/ },
  ...['text', 'sarif', 'github'].map(format => ({
    words: ['validate', '--format', format, '-f', 'typed.yaml'],
    exit: 3,
  })),
  { words: ['validate', '-f', 'broken.yaml'], exit: 3 },
  { words: ['plan', '-f', 'typed.yaml'], exit: 3 },
  { words: ['plan', '--running', 'broken.boot'], exit: 3 },
  { words: ['plan', '--running', 'broken.commands'], exit: 3 },
  { words: ['apply', 'not-reviewed.json', '--yes'], exit: 3 },
  {
    words: ['cluster', 'render', '--with-secrets', 'out', '-f', 'cluster.yaml'],
    env: { BGP_PASSWORD: `${secrets['a wrong password']} x` },
    exit: 3,
    says: /no password that BGP/,
  },
].map(run => ({ ...run, words: [...run.words, '-v'] }));

/** Each with the run that tells most of it. Sorted by what they need: nothing, the raw configuration, the router. */
const readings: readonly Planned[] = [
  ...[
    ['--version'],
    ['--help'],
    ['schema'],
    ['schema', '--plan'],
    ['explain'],
    ['explain', 'EW016'],
    ['ssh-command'],
  ].map(words => ({ words })),
  ...['bash', 'zsh', 'fish'].map(shell => ({ words: ['completion', shell] })),
  ...['text', 'sarif', 'github'].map(format => ({ words: ['validate', '--format', format, '-v'] })),
  ...['wg-quick', 'networkd', 'netplan', 'ifupdown', 'kubernetes'].map(variant => ({
    words: ['cluster', 'render', '--variant', variant, '-f', 'cluster.yaml'],
  })),
  { words: ['cluster', 'check', '--live', 'node.dump', '-f', 'cluster.yaml'], exit: 2, says: /differences?/ },
  { words: ['cluster', 'sync-nodes', 'nodes.json', '-f', 'cluster.yaml'] },
  ...formats.map(format => ({ words: ['plan', '--running', 'raw.boot', '--format', format, '-vvv'] })),
  { words: ['plan', '--running', 'raw.commands', '--diff', '-v'] },
  { words: ['plan', '--running', '-', '--format', 'json'], input: 'raw.commands' },
  ...['mermaid', 'dot', 'svg'].map(format => ({
    words: ['graph', '--running', 'raw.boot', '--format', format],
  })),
  ...['raw.boot', 'raw.commands'].map(file => ({ words: ['import', '--running', file, '-f', '-', '-v'] })),
  { words: ['import', '--running', 'raw.boot', '-f', 'imported.yaml', '--manages'] },
  {
    words: [
      'init',
      '--running',
      'raw.boot',
      '-f',
      'first.yaml',
      '--address',
      '192.0.2.77/32',
      '--public-key',
      Buffer.alloc(32, 9).toString('base64'),
      '--allowed-ips',
      '198.18.9.0/24',
      '-v',
    ],
  },
  { words: ['init', '--ci', 'github'] },
  { words: ['plan', '-vvv'] },
  { words: ['plan', '--diff', '--run-commands', '--trace', '198.18.4.7', '-v'] },
  { words: ['plan', '--inverse', '--detailed-exitcode'], exit: 2 },
  ...formats.map(format => ({ words: ['plan', '--run-commands', '--format', format, '-v'] })),
  { words: ['plan'], env: { EDGEWG_PASSWORD: 'command:./show-password' } },
  {
    words: ['plan'],
    env: { EDGEWG_PASSWORD: undefined, EDGEWG_KEY_PASSPHRASE: secrets.EDGEWG_KEY_PASSPHRASE },
  },
  {
    words: ['plan'],
    env: { EDGEWG_PASSWORD: undefined, EDGEWG_KEY_PASSPHRASE: 'command:./show-passphrase' },
  },
  { words: ['graph', '-v'] },
  { words: ['snapshot'] },
  { words: ['snapshot', '--out', 'router.snapshot'] },
  { words: ['keys', '-v'] },
  { words: ['keys', '--format', 'json'] },
  { words: ['status', '-v'], exit: 2 },
  { words: ['status', '--json'], exit: 2 },
  { words: ['status', '--drift'], exit: 2 },
  { words: ['doctor', '-v'], says: /package/ },
  { words: ['doctor', '--json'], says: /package/ },
  { words: ['rollback', '--list'] },
];

/** One after the other: each changes what the next one finds. */
const changes: readonly Planned[] = [
  { words: ['apply', '--yes', '-f', 'refused.yaml', '-v'], exit: 5 },
  { words: ['plan', '--run-commands', '--out', 'plan.json', '-v'] },
  ...formats.map(format => ({ words: ['show', 'plan.json', '--format', format, '-v'] })),
  { words: ['show', 'plan.json', '--inverse'] },
  { words: ['graph', 'plan.json', '--format', 'svg'] },
  { words: ['plan', '--run-commands', '--compare', 'plan.json', '-v'] },
  { words: ['keys', '--make', '-v'], says: /made the key of wg904/ },
  { words: ['apply', '--yes', '-vvv'], says: /saved/ },
  { words: ['apply', '--yes'], says: /nothing to do/ },
  { words: ['status', '-v'] },
  { words: ['keys', '-v'] },
  { words: ['import', '--update', '-v'] },
  { words: ['bypass', 'wg904', '--yes', '-v'] },
  { words: ['bypass', 'wg904', '--restore', '--yes'] },
  { words: ['keys', 'rotate', 'wg904', '-v'] },
  { words: ['keys', 'rotate', 'wg904', '--switch', '--yes', '--expect-handshake', '1'], exit: 5 },
  { words: ['keys', 'rotate', 'wg904', '--switch', '--yes', '-v'] },
  { words: ['keys', 'rotate', 'wg904', '--finish', '--yes', '--allow', 'no-handshake', '-v'] },
  { words: ['rollback', '--list', '-v'] },
  { words: ['rollback', '--yes', '-v'], exit: 3, says: /EW019/ },
  { words: ['apply', '--yes', '-f', 'none.yaml', '--allow', 'delete=99', '-v'], says: /saved/ },
  { words: ['rollback', '--yes', '-v'], says: /saved/ },
  { words: ['doctor', '--heal', '--yes'], says: /nothing is lost/ },
];

/** The steps of an apply that a rollback has, too: it makes no key and sets next to nothing. */
const stepsOfRollback = Object.keys(steps).filter(
  step => !/a key|set$|comparison|proof: the configuration/.test(step),
);

/** Every mishap once, at another step each. */
const mishapsAt = (names: readonly string[], begin: number): Case[] =>
  Object.keys(faults).map((fault, i) => ({ step: names[(begin + 5 * i) % names.length] ?? '', fault }));

const casesOf: Readonly<Record<string, readonly Case[]>> = {
  apply: [
    ...mishapsAt(Object.keys(steps), 0),
    ...[
      'auth:1=drop',
      'auth:2=refuse',
      'exec:1=close',
      'exec:2=refuse',
      'exec:3=silence',
      'exec:4=reboot',
      'commit:subtree:459=fail',
    ].map(text => {
      const [step = '', fault = ''] = text.split('=');
      return { step, fault };
    }),
    { step: 'byte 12000', fault: 'cut' },
  ],
  rollback: mishapsAt(stepsOfRollback, 2),
  'keys rotate': ['TCP reset', 'refused', 'client killed'].map(fault => ({
    step: 'script: the commit',
    fault,
  })),
  keys: [
    'TCP reset',
    'silence',
    'no exit status',
    'refused',
    'client killed',
    'client interrupted',
    'router reboot',
  ].map(fault => ({ step: 'read: the tunnels', fault })),
};

/** What such a run may end with; that it reached its step is asked besides. */
const endings: readonly (number | string)[] = [0, 3, 4, 5, 6, 129, 130, 143];

const prepared: Readonly<Record<string, readonly (readonly string[])[]>> = {
  rollback: [['apply', '--yes']],
  'keys rotate': [
    ['apply', '--yes'],
    ['keys', 'rotate', 'wg904'],
  ],
};
const asked: Readonly<Record<string, readonly string[]>> = {
  apply: ['apply', '--yes', '-vvv'],
  rollback: ['rollback', '--yes', '-v'],
  'keys rotate': ['keys', 'rotate', 'wg904', '--switch', '--yes', '-v'],
  keys: ['keys', '-v'],
};

/** On a busy machine a router may have undone an apply before its last steps are reached: then with more time. */
async function sufferAndSearch(command: string, one: Case): Promise<void> {
  for (const seconds of confirmWithin) if (await reached(command, one, seconds)) return;
  assert.fail(`${command}, ${one.step}, ${one.fault}: the step was never reached`);
}

/** What the router still does behind the client's back is over a while later. */
const marginSeconds = 60;

async function reached(command: string, one: Case, seconds: number): Promise<boolean> {
  const stage = await world.stage(boot);
  const client = clientOf(stage.router.lab.port);
  try {
    if (command !== 'apply') client.write('edgewg.yaml', smallSiteOf(stage.router.lab.port));
    for (const words of prepared[command] ?? []) check(await world.run(stage, client, words), { words });
    // the rotation has edited the site file
    const site = readFileSync(join(client.folder, 'edgewg.yaml'), 'utf8');
    const limits = ['--lock-timeout', '5', '--confirm-within', `${seconds}`];
    const words = [...(asked[command] ?? []), ...(command === 'keys' ? [] : limits)];
    const ran = await world.suffer(stage, client, one, words, {
      site: port => site.replace(/port: \d+/, `port: ${port}`),
      seconds: seconds + marginSeconds,
    });
    if (!ran.happened) return false;
    const what = `${command}, ${one.step}, ${one.fault}`;
    // by the signal that it was sent, when it had nothing more to do
    const isSignal = /^SIG/.test(`${ran.exit}`) && /client|killed/.test(one.fault);
    const isTold = endings.includes(ran.exit) || isSignal;
    assert.ok(isTold, `${what} ended with ${ran.exit}: ${ran.said.stderr}`);
    world.searchRun(what, ran.said, stage, client);
    return true;
  } finally {
    await stage.close();
    client.remove();
  }
}

/** With the site files of the suite. */
function clientOf(port: number): Client {
  const client = world.client();
  const site = siteOf(port);
  client.write('edgewg.yaml', site);
  client.write('fail.yaml', site.replace('command:./show\n', 'command:./fail\n'));
  client.write('two.yaml', site.replace('command:./show\n', 'command:./two\n'));
  client.write('no-key.yaml', site.replace('command:./show\n', 'command:./no-key\n'));
  client.write('refused.yaml', siteOf(port, 'mtu: 8024'));
  client.write('none.yaml', site.replace(/tunnels:[\s\S]*/, 'tunnels: {}\n'));
  const typed = secrets['a key typed into the site file'];
  client.own(
    'typed.yaml',
    site.replace('env:WG905_KEY', typed).replace('file:wg906.key', `"private-key ${typed}"`),
  );
  client.own('broken.yaml', `${site}  wg9:\n   privateKey: ${typed}\n  - {\n`);
  client.write('cluster.yaml', clusterSite);
  client.write(
    'devices.yaml',
    `version: 1\nrouter: { host: 127.0.0.1 }\ntunnels:\n  wg920:\n    address: [192.168.77.1/24]\n    listenPort: 59920\n    unfiltered: a test\n`,
  );
  const dump = [
    [
      'wg-home',
      secrets['the private key in a dump of wg'],
      Buffer.alloc(32, 1).toString('base64'),
      '51820',
      'off',
    ],
    [
      'wg-home',
      Buffer.alloc(32, 2).toString('base64'),
      secrets['the preshared key in a dump of wg'],
      '[2001:db8::2]:51820',
      '10.0.0.0/8',
      '0',
      '0',
      '0',
      'off',
    ],
  ];
  client.own('node.dump', dump.map(words => `${words.join('\t')}\n`).join(''));
  client.write(
    'nodes.json',
    JSON.stringify({ kind: 'List', items: [{ kind: 'Node', metadata: { name: 'c.example.net' } }] }),
  );
  client.own('raw.boot', boot);
  client.own('raw.commands', printCommands(parseBoot(boot)));
  // a second word behind a value, and a value with a line break in it
  client.own(
    'broken.boot',
    boot.replace(secrets['the password of PPPoE'], text => `"${text}" ${text} {`),
  );
  client.own(
    'broken.commands',
    printCommands(parseBoot(boot)).replace(secrets['the password of BGP'], text => `'${text}\n${text}'`),
  );
  client.own(
    'not-reviewed.json',
    JSON.stringify({
      format_version: '1.0',
      commits: [{ run: [{ op: 'set', path: ['a', secrets['the password of BGP']] }] }],
    }),
  );
  return client;
}

describe('secrets', function () {
  // how long it takes depends on what else the machine does
  this.timeout(1_800_000);
  before(async () => {
    world = new World();
    const stage = await world.stage(baseBoot);
    await configured(stage, dirty('as it begins'));
    boot = readFileSync(join(stage.router.lab.root, 'config/config.boot'), 'utf8');
    for (const [where, secret] of Object.entries(secrets))
      if (
        /^the (literal|password of (BGP|PPPoE|a user|dynamic|VRRP)|secret of|community|name at|TSIG|(password|token|key) (in (the URL|an? option|options|the command|a description)|among))/.test(
          where,
        )
      )
        assert.ok(boot.includes(secret), `${where} is not in the configuration`);
    await stage.close();
  });
  after(async () => {
    await world?.close();
  });

  it('are found by the search wherever they are planted', async () => {
    await world.unwatched(foundWherePlanted);
  });

  it('are seen nowhere when a command has nothing to complain', async () => {
    const stage = await world.stage(boot);
    writeKeyFiles(stage);
    await configured(stage, dirty('with key files'));
    await inParallel(readings, async planned => {
      const client = clientOf(stage.router.lab.port);
      const input =
        planned.input === undefined
          ? {}
          : { input: readFileSync(join(client.folder, planned.input), 'utf8') };
      await runAndSearch({ ...planned, ...input }, stage, client);
    });
    const client = clientOf(stage.router.lab.port);
    for (const planned of changes) await runAndSearch(planned, stage, client);
  });

  it('are seen nowhere when a command fails by itself', async () => {
    const stage = await world.stage(boot);
    await inParallel(failures, async planned => {
      await runAndSearch(planned, stage, clientOf(stage.router.lab.port));
    });
  });

  it('are announced to GitHub Actions, and else seen nowhere', async () => {
    const stage = await world.stage(boot);
    const client = clientOf(stage.router.lab.port);
    for (const words of [
      ['plan', '--run-commands', '--format', 'github'],
      ['apply', '--yes', '-v'],
      ['apply', '--yes', '-f', 'fail.yaml'],
    ]) {
      const ran = await world.run(stage, client, words, { env: { GITHUB_ACTIONS: 'true' } });
      check(ran, { words, exit: words.includes('fail.yaml') ? 3 : 0 });
      const mask = /^::add-mask::(.*)\n/gm;
      const masked = [...ran.stderr.matchAll(mask)].map(([, text]) => text);
      for (const where of ['the key of env:', 'the key of file:', 'the preshared key of command:'] as const)
        assert.ok(masked.includes(secrets[where]), `${where} was not announced: ${words.join(' ')}`);
      world.searchRun(words.join(' '), { ...ran, stderr: ran.stderr.replace(mask, '') }, stage, client);
    }
  });

  it('of a device are in its own file, or shown this once', async () => {
    const words = [
      'peer',
      'add',
      'laptop',
      '-f',
      'devices.yaml',
      '--endpoint',
      'home.example.net',
      '--running',
      'raw.boot',
      '--router-key',
      Buffer.alloc(32, 3).toString('base64'),
    ];
    const keyIn = (text: string): string => /PrivateKey = (\S{44})/.exec(text)?.[1] ?? assert.fail(text);
    for (const more of [['--out', 'laptop.conf'], ['--qr'], []]) {
      const client = clientOf(1);
      const ran = await world.run(undefined, client, [...words, ...more]);
      check(ran, { words });
      const name = `a device's key, ${more}`;
      const isFile = more.includes('--out');
      world.canaries.add(
        name,
        keyIn(isFile ? readFileSync(join(client.folder, 'laptop.conf'), 'utf8') : ran.stdout),
      );
      if (isFile) client.exempt('laptop.conf');
      world.searchRun(name, ran, undefined, client, isFile ? [] : [name]);
    }
  });

  it('of the configuration of a lab are not in what it says', async () => {
    const client = clientOf(1);
    const words = ['lab', '--seed', 'raw.boot'];
    const lab = world.start(undefined, client, words);
    let said = '';
    for (const stream of [lab.stdout, lab.stderr])
      stream?.setEncoding('utf8').on('data', text => {
        said += text;
      });
    while (!said.includes('EDGEWG_HOST_KEY') && lab.exitCode === null)
      await new Promise(resolve => setTimeout(resolve, 50));
    lab.kill('SIGTERM');
    await once(lab, 'close');
    assert.match(said, /EDGEWG_HOST_KEY/);
    world.searchRun('lab', { stdout: said, stderr: '' }, undefined, client);
  });

  for (const [command, cases] of Object.entries(casesOf))
    it(`are seen nowhere after ${command} with a mishap`, async () => {
      await inParallel(sampleOf(cases), one => sufferAndSearch(command, one));
    });

  it('are in nothing that was searched, over at least a hundred runs', () => {
    world.searchProcesses();
    const { canaries, runs, watcher } = world;
    const hits = [...canaries.hits];
    process.stderr.write(
      `canary: ${runs} runs, ${canaries.places} places searched, ${hits.length} hits (${canaries.count} secrets, ${watcher.looks} looks at the processes)\n`,
    );
    assert.deepEqual(hits, []);
    assert.ok(runs >= 100, `${runs} runs`);
  });
});

/** The search itself: a secret that is put into each of the places is found there. */
async function foundWherePlanted(): Promise<void> {
  const planted = new World();
  const plant = secrets['the key of command:'];
  const finds = (what: string, look: () => void): void => {
    const before = planted.canaries.hits.size;
    look();
    assert.ok(planted.canaries.hits.size > before, `a secret is not found in ${what}`);
  };
  try {
    const { canaries } = planted;
    for (const form of formsOf(plant)) {
      finds(form, () => canaries.search(`as ${form}`, `abc${form}`));
      for (const end of [0, 1])
        finds('a half', () =>
          canaries.search(
            `${end} of ${form}`,
            `x${form.slice(0, 22)}\n  | ${form.slice(22)}`.split('|')[end] ?? '',
          ),
        );
    }
    const nothing = new Canaries();
    nothing.add('it', plant);
    nothing.search('its public half', secrets['a second line']);
    assert.equal(nothing.hits.size, 0);
    const client = planted.client();
    const ended = (text: Partial<Ended>) => ({ stdout: '', stderr: '', ...text });
    finds('stdout', () => planted.searchRun('out', ended({ stdout: plant }), undefined, client));
    finds('stderr', () => planted.searchRun('err', ended({ stderr: `x: ${plant}` }), undefined, client));
    client.write('.local/state/edgewg/x.log', `a\n${plant.slice(0, 20)}\n`);
    finds('a file of the client', () => planted.searchClient('a file', client));
    client.write(`tmp/${plant.replaceAll('/', '_')}`, '');
    finds('the name of a file', () => planted.searchClient('a name', client));

    const stage = await planted.stage(baseBoot);
    finds('a file of the router', () => {
      writeFileSync(join(stage.router.lab.root, 'tmp/left'), Buffer.from(plant).toString('hex'));
      planted.searchRouter('a file', stage);
    });
    for (const [what, command] of [
      ['the log of the lab', `true ${plant}`],
      ['a call on the router', `wg show ${plant}`],
    ] as const) {
      const before = canaries.hits.size;
      await stage.router.run(command);
      planted.searchRouter(what, stage);
      assert.ok(canaries.hits.size > before, `a secret is not found in ${what}`);
    }
    const watcher = new ProcessWatcher(() => false);
    const inside = stage.router.run(`exec -a ${plant} sleep 0.5`);
    const child = spawn('sh', ['-c', 'sleep 0.5'], { env: { PATH: process.env['PATH'], IT: plant } });
    await Promise.all([inside, once(child, 'close')]);
    watcher.pause();
    const seen = watcher.seen();
    for (const what of ['arguments of', 'environment of'])
      finds(what, () => {
        for (const [text, where] of seen) if (where.startsWith(what)) canaries.search(where, text);
      });
    assert.ok(readdirSync(client.folder).length > 0);
  } finally {
    await planted.close();
  }
}
