// Random and mangled input for everything that reads what others wrote. A fixed seed; EDGEWG_FUZZ_RUNS inputs for each reader, a tenth
// of it for slow ones (the default makes more than a million in all). What may come out is a value or one of our own errors, never a
// crash.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compareDump, compareObjects, notReady } from '../../src/cluster/live.ts';
import { compareState, parseState } from '../../src/cluster/live-state.ts';
import { nodesOf, parseObjects } from '../../src/cluster/objects.ts';
import { setupsOf } from '../../src/cluster/setup.ts';
import { syncNodes } from '../../src/cluster/sync.ts';
import { EdgewgError } from '../../src/errors.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import { readOrigin } from '../../src/plan/snapshot.ts';
import { readHistory } from '../../src/router/history.ts';
import { loggedResult } from '../../src/router/log.ts';
import { readRouter } from '../../src/router/read.ts';
import { readRecords } from '../../src/router/records.ts';
import { parseSessions } from '../../src/router/sessions.ts';
import { parsePublicKey } from '../../src/router/ssh-command.ts';
import { askSwitch } from '../../src/router/switch.ts';
import { isFault, splitWords } from '../../src/site/grammar/command-words.ts';
import { loadSite } from '../../src/site/load.ts';
import type { Access } from '../../src/ssh/access.ts';
import { readConfigFiles } from '../../src/ssh/config-files.ts';
import { findJumpPath } from '../../src/ssh/jump-path.ts';
import { parseKnownHosts } from '../../src/ssh/known-hosts.ts';
import { parsePinnedHostKeys } from '../../src/ssh/pinned-host-keys.ts';
import { parsePlace } from '../../src/ssh/place.ts';
import { publicHalf } from '../../src/ssh/private-key.ts';
import { parseBoot } from '../../src/vyatta/boot.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { scrub } from '../../src/vyatta/scrub.ts';
import { UnreadableText } from '../../src/vyatta/source.ts';
import { parseEndpoint } from '../../src/wireguard/endpoint.ts';
import { parsePrefix } from '../../src/wireguard/prefix.ts';
import { fixture } from '../support/fixtures.ts';
import { hostile } from '../support/hostile-router.ts';

const runs = Number(process.env['EDGEWG_FUZZ_RUNS'] ?? 60_000);
const seed = 20261123;

const nonce = '0'.repeat(32);
const words = [
  ...[
    'set',
    'delete',
    'interfaces',
    'wireguard',
    'wg4',
    'peer',
    'firewall',
    'name',
    '{',
    '}',
    '/*',
    '*/',
    '"',
    "'",
    '\\',
  ],
  ...[
    'version:',
    '1',
    'router:',
    'host:',
    'tunnels:',
    'wg4:',
    '  ',
    '- ',
    '&a',
    '*a',
    '<<:',
    '!!js',
    '|',
    '>',
    '[',
    ']',
    '#',
  ],
  ...[
    '{"format_version":"1.0"',
    ',"commits":[',
    '"path":["interfaces"]',
    '}',
    ':',
    'null',
    '1e999',
    '"__proto__"',
  ],
  ...[
    '|1|',
    'ssh-ed25519',
    'AAAA',
    '@revoked',
    '@cert-authority',
    '[h]:22',
    '*',
    '!h',
    nonce,
    'running',
    '0',
    'end',
    '-',
    'YQ==',
  ],
  ...[
    '10.0.0.0/8',
    '::/0',
    'fe80::1%x',
    '[::1]:1',
    '\n',
    '\n',
    ' ',
    '\t',
    '\r',
    '\0',
    '\u001b[2J',
    '\u2028',
    '\ud800',
    'é',
    '😀',
  ],
];
words.push(
  ...[
    'Host ',
    'Match ',
    'Include ',
    'ProxyJump ',
    'ProxyCommand ',
    'IdentityFile ',
    'Port ',
    'exec ',
    'final ',
    '%h',
    '%%',
    '$',
    '{WORD}',
    '~/a',
    '= ',
  ],
  ...[
    'wg4\t',
    '\t',
    '(none)',
    'off',
    '# time: ',
    '# commit: ',
    '"items"',
    '[{"kind":"Node","metadata":{"name":"a"}',
    '"spec":{"podCIDRs":[1',
    '"status":',
  ],
  ...[
    '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    '-----END OPENSSH PRIVATE KEY-----',
    'Neighbor',
    'V    AS',
    '64513',
    'SHA256:',
    'saved',
    '"commits"',
    '"path"',
  ],
);
const text = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 24 }).map(parts => parts.join('')),
  fc.array(fc.constantFrom(...words), { maxLength: 24 }).map(parts => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

type Reader = (text: string) => unknown;

const readers: Readonly<Record<string, Reader>> = {
  'show configuration commands': parseCommands,
  'config.boot': parseBoot,
  'a running configuration': input => readConfiguration(Buffer.from(input), 'running'),
  'the head of a snapshot': input =>
    readOrigin(`# edgewg snapshot: the running configuration, without secrets\n${input}`),
  'site file': input => loadSite(input, 'edgewg.yaml'),
  known_hosts: input => parseKnownHosts(input, 'known_hosts'),
  EDGEWG_HOST_KEY: parsePinnedHostKeys,
  'plan.json': input => parsePlan(input, 'plan.json'),
  'records of a router': input => readRecords(Buffer.from(`${nonce} a 0 -\n${input}`), nonce),
  'the log of a router': input => loggedResult(input, '20261123-000000-aaaaaa'),
  'wg show all dump': input => compareDump(input, setups),
  'objects of kubectl': input => {
    const objects = parseObjects(input) ?? [];
    compareObjects(objects, objects);
    notReady(objects);
    return syncNodes(site, cluster, nodesOf(objects));
  },
  'what ip -j prints on a node': input => compareState(parseState(input) ?? [], setups),
  'show ip bgp summary': parseSessions,
  'a private key file': input => publicHalf(Buffer.from(input)),
  'a public key file': input => parsePublicKey(input, 'ci.pub'),
  'command reference': input => isFault(splitWords(input)),
  'prefix, endpoint and place': input => [parsePrefix(input), parseEndpoint(input), parsePlace(input)],
  'words to be shown': scrub,
};

/** Slower, for much happens around them: a tenth of the others' inputs. */
const slowReaders: Readonly<Record<string, (text: string) => Promise<unknown>>> = {
  ssh_config: async input => {
    const access = accessWith(input);
    return findJumpPath({ host: 'h', legacyAlgorithms: [] }, await readConfigFiles(access), access);
  },
  'what a router tells of itself': readFacts,
  'the applies that a router remembers': input =>
    readHistory(hostile(own => answers(own, ['names', 'apply:0'], input))),
  'the word of the switch': input =>
    askSwitch(
      hostile(own => answers(own, ['result'], input)),
      'x',
      'confirm',
    ),
};

const loaded = loadSite(readFileSync(fixture('blog/site.yaml')), 'site.yaml');
const { site } = loaded;
const cluster = site.cluster ?? assert.fail();
const { setups } = setupsOf(site);

const factNames = [
  ...[
    'admin',
    'running',
    'literals',
    'digest',
    'drift',
    'boot',
    'waiting',
    'confirm',
    'sealed',
    'saved',
    'lost',
    'lostkeys',
    'savedsum',
    'session',
    'clock',
  ],
  ...['package', 'machine', 'keys', 'tunnels', 'links', 'addresses', 'routes', 'applies', 'version', 'model'],
  ...['probes', 'neighbors', 'commits'],
];

/** The same in each of its answers, of which the nonce is right; a megabyte only in one of them at a time, below. */
function readFacts(input: string): Promise<unknown> {
  return readRouter(hostile(own => answers(own, factNames, input)));
}

/** What there must be for the rest to be looked at. */
const sane: Readonly<Record<string, string>> = {
  running: 'set system host-name r\n',
  digest: '0'.repeat(64),
  boot: 'b',
  names: '9 s0000000001-1-a.json\n',
};

/** An answer that is whole; the configuration must be readable for the rest to be looked at. */
function answers(own: string, names: readonly string[], input: string): string {
  const records = names.map((name, i) => {
    const isSane = name in sane && input.length % 2 === 0;
    const text = isSane ? (sane[name] ?? '') : input.slice(i % Math.max(input.length, 1));
    return `${own} ${name} 0 ${Buffer.from(text).toString('base64') || '-'}`;
  });
  return `${[...records, `${own} end 0 -`].join('\n')}\n`;
}

/** The least that a router says. */
const aRouter = (own: string): string =>
  `${own} admin 0 -\n${['running', 'digest', 'boot'].map(name => `${own} ${name} 0 ${Buffer.from(sane[name] ?? '').toString('base64')}\n`).join('')}`;

/** ssh_config and what it includes are this text. */
function accessWith(text: string): Access {
  const bytes = Buffer.from(text);
  return {
    env: { HOME: '/home/x', WORD: 'x' },
    home: '/home/x',
    localUser: 'x',
    localHost: 'y',
    uid: undefined,
    etc: '/etc/ssh',
    acceptNewHostKey: false,
    files: {
      read: async path => ({
        bytes: path.endsWith('/config') || path.endsWith('/a') ? bytes : Buffer.alloc(0),
        mode: 0o600,
        owner: 0,
      }),
      list: async () => ['a', 'b'],
      append: async () => undefined,
    },
    ask: undefined,
    run: () => assert.fail('nothing may be run'),
    notice: () => undefined,
  };
}

const isOwn = (error: unknown): boolean => error instanceof EdgewgError || error instanceof UnreadableText;

function survives(read: Reader, input: string): void {
  try {
    read(input);
  } catch (error) {
    if (!isOwn(error)) throw error;
  }
}

async function survivesSlowly(read: (text: string) => Promise<unknown>, input: string): Promise<void> {
  try {
    await read(input);
  } catch (error) {
    if (!isOwn(error)) throw error;
  }
}

const megabyte = 1 << 20;
const large = [
  ...[
    'a',
    ' ',
    '\n',
    '{',
    '[',
    '"',
    "'",
    '\\',
    '- ',
    'a: ',
    'set a b\n',
    'a {\n',
    '/*',
    '[[',
    '{"a":',
    '&a ',
    '#\n',
  ],
  ...[
    '\u001b',
    'Host *\n',
    'Include a\n',
    'Match host a\n',
    'wg0\t',
    '0\t\t\t\t\n',
    '{"items":[',
    '%h',
    '1.2.3.4 4 ',
    'A'.repeat(43),
  ],
].map(part => ({ part, input: part.repeat(Math.floor(megabyte / part.length)) }));

/** What the process has computed meanwhile, or the clock's time when that is less: other threads and other processes count for nothing. */
async function spent(work: () => void | Promise<void>): Promise<number> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return Math.min((user + system) / 1000, performance.now() - started);
}

/**
 * What grows with the square of its size costs sixteen times as much for a megabyte as for a quarter of it. A ratio, and the best of three,
 * since a busy machine takes its time for anything; what is over in two seconds grows as it likes, as brackets in JSON.parse do.
 */
async function assertGrowsWithSize(work: (input: string) => void | Promise<void>): Promise<void> {
  for (const { part, input } of large) {
    const ratios: number[] = [];
    while (ratios.every(ratio => ratio > 10)) {
      assert.ok(
        ratios.length < 3,
        `${JSON.stringify(part)} repeated costs ${ratios.join(', ')} times its quarter`,
      );
      const whole = await spent(() => work(input));
      if (whole < 2000) break;
      ratios.push(whole / (await spent(() => work(input.slice(0, input.length / 4)))));
    }
  }
}

describe('fuzzing', function () {
  this.timeout(0);
  const executed = new Map<string, number>();
  const count = (name: string): void => void executed.set(name, (executed.get(name) ?? 0) + 1);
  after(() => {
    const sum = [...executed.values()].reduce((a, b) => a + b, 0);
    const each = [...executed].map(([name, n]) => `  ${String(n).padStart(8)}  ${name}\n`).join('');
    process.stderr.write(
      `${each}fuzzing: ${sum} inputs executed over ${executed.size} readers, seed ${seed}\n`,
    );
  });

  for (const [name, read] of Object.entries(readers)) {
    it(`${name}: nothing but its own errors`, () => {
      const property = fc.property(text, input => {
        count(name);
        survives(read, input);
      });
      fc.assert(property, { numRuns: runs, seed });
    });

    it(`${name}: a megabyte costs no more than its size`, () =>
      assertGrowsWithSize(input => {
        count(name);
        survives(read, input);
      }));
  }

  for (const name of factNames)
    it(`what a router tells of itself as ${name}: a megabyte costs no more than its size`, () =>
      assertGrowsWithSize(input => {
        count('what a router tells of itself');
        const read = () => readRouter(hostile(own => `${aRouter(own)}${answers(own, [name], input)}`));
        return survivesSlowly(read, input);
      }));

  for (const [name, read] of Object.entries(slowReaders)) {
    it(`${name}: nothing but its own errors`, async () => {
      const property = fc.asyncProperty(text, async input => {
        count(name);
        await survivesSlowly(read, input);
      });
      await fc.assert(property, { numRuns: Math.ceil(runs / 10), seed });
    });

    if (read !== readFacts)
      it(`${name}: a megabyte costs no more than its size`, () =>
        assertGrowsWithSize(input => {
          count(name);
          return survivesSlowly(read, input);
        }));
  }
});
