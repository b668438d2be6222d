// Random and mangled input for everything that reads what others wrote. A fixed seed; EDGEWG_FUZZ_RUNS inputs for each reader (the
// default makes more than a million in all). What may come out is a value or one of our own errors, never a crash.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EdgewgError } from '../../src/errors.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import { parseKnownHosts } from '../../src/router/access/known-hosts.ts';
import { readRecords } from '../../src/router/records.ts';
import { isFault, splitWords } from '../../src/site/grammar/command-words.ts';
import { loadSite } from '../../src/site/load.ts';
import { parseBoot } from '../../src/vyatta/boot.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { UnreadableText } from '../../src/vyatta/source.ts';
import { parseEndpoint } from '../../src/wireguard/endpoint.ts';
import { parsePrefix } from '../../src/wireguard/prefix.ts';

const runs = Number(process.env['EDGEWG_FUZZ_RUNS'] ?? 130_000);
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
const text = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 24 }).map(parts => parts.join('')),
  fc.array(fc.constantFrom(...words), { maxLength: 24 }).map(parts => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const readers: Record<string, (text: string) => unknown> = {
  'show configuration commands': parseCommands,
  'config.boot': parseBoot,
  'a running configuration': input => readConfiguration(Buffer.from(input), 'running'),
  'site file': input => loadSite(input, 'edgewg.yaml'),
  known_hosts: input => parseKnownHosts(input, 'known_hosts'),
  'plan.json': input => parsePlan(input, 'plan.json'),
  'records of a router': input => readRecords(Buffer.from(`${nonce} a 0 -\n${input}`), nonce),
  'command reference': input => isFault(splitWords(input)),
  'prefix and endpoint': input => [parsePrefix(input), parseEndpoint(input)],
};

function survives(read: (text: string) => unknown, input: string): void {
  try {
    read(input);
  } catch (error) {
    if (!(error instanceof EdgewgError || error instanceof UnreadableText)) throw error;
  }
}

describe('fuzzing', function () {
  this.timeout(0);
  let executed = 0;
  after(() => {
    process.stderr.write(`fuzzing: ${executed} inputs executed, seed ${seed}\n`);
  });

  for (const [name, read] of Object.entries(readers)) {
    it(`${name}: nothing but its own errors`, () => {
      fc.assert(
        fc.property(text, input => {
          executed++;
          survives(read, input);
        }),
        { numRuns: runs, seed },
      );
    });

    it(`${name}: a megabyte within two seconds`, () => {
      const megabyte = 1 << 20;
      for (const part of [
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
        '\u001b',
      ]) {
        const input = part.repeat(Math.floor(megabyte / part.length));
        const started = performance.now();
        survives(read, input);
        executed++;
        const ms = performance.now() - started;
        assert.ok(ms < 2000, `${JSON.stringify(part)} repeated took ${ms} ms`);
      }
    });
  }
});
