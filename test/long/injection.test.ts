// Hostile values against a lab router: what a site file may say arrives there byte for byte, what stands on a router already is put back
// byte for byte, and nothing of it is ever run. That all other texts of a site file are refused at their places is shown by
// test/site/hostile.test.ts; here it is held which are left.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { type Path, type Tree, values } from '../../src/vyatta/tree.ts';
import { quote } from '../../src/vyatta/words.ts';
import { hostileValues } from '../support/hostile.ts';
import { isAt, type Leaf, load, texts, withValue } from '../support/hostile-site.ts';
import { type LabUnderTest, labUnderTest } from '../support/under-test.ts';

const trip = 'touch /tmp/tripwire';
/** Each of them would leave a file behind if a shell, an `eval` or a template ever read it. */
const tripwires = [
  `$(${trip})`,
  `\`${trip}\``,
  `;${trip};`,
  `& ${trip} &`,
  `|${trip}|`,
  `$(${trip.replace(' ', '$' + '{IFS}')})`,
  `x $(${trip}) y`,
  `\\$(${trip})`,
  `"$(${trip})"`,
  `"; ${trip}; "`,
  `"\`${trip}\`"`,
  `{ ${trip}; }`,
  `(${trip})`,
  `<(${trip})`,
  `>/tmp/tripwire`,
  `2>/tmp/tripwire`,
  `'$(${trip})'`,
  `'; ${trip}; '`,
  `'"'"'; ${trip}; '"'"'`,
  `\n${trip}\n`,
  `x\n${trip}`,
  `x\r${trip}`,
  `-e ${trip}`,
  `-c '${trip}'`,
  `--; ${trip}`,
  `EOF\n${trip}`,
  `END\n${trip}\n`,
  `$VAR(@); ${trip}`,
  `%0a${trip}`,
  `&quot;;${trip};&quot;`,
  'x'.repeat(1 << 20),
  `${'x'.repeat(1 << 20)}$(${trip})`,
];
const corpus = [...new Set([...hostileValues, ...tripwires])];

/** Texts that only a person reads, or that are used where edgewg runs. */
const local =
  /^(ignore\.|cluster\.|key cluster\.|tunnels\.wg4\.unfiltered|tunnels\.wg4\.(privateKey|peers\.srv4\.presharedKey)|router\.(host|user)|key (tunnels\.wg4\.peers|ignore)\.)/;
/** What the site file below has in its place: the other texts of the router that take a value of the corpus. */
const carried: Record<string, RegExp> = {
  description: /description$|^tunnels\.wg4\.routes\./,
  name: /^key rulesets\.[^.]+$/,
  'name that is not made':
    /^(absent\.(rulesets|groups)\.0|tunnels\.wg4\.zone|key (manages|absent)\.firewallRules\.[^.]+)$/,
  group: /\.group\./,
  interface: /(updateSource|boundInterface)$/,
  match: /\.(protocol|address)$|^groups\.\w+\.members\./,
};

/** The texts of the whole file that take this value. */
function takers(leaves: readonly Leaf[], value: string): string[] {
  const { text, places } = withValue(leaves, value);
  const outcome = load(text);
  if ('loaded' in outcome) return leaves.map(({ name }) => name);
  const left = leaves.filter(leaf => {
    const place = places.get(leaf);
    return place !== undefined && !outcome.problems.problems.some(problem => isAt(problem, place));
  });
  if (left.length === leaves.length)
    return left.filter(leaf => 'loaded' in load(withValue([leaf], value).text)).map(({ name }) => name);
  if (left.length === 0) return [];
  const again = load(withValue(left, value).text);
  if ('loaded' in again) return left.map(({ name }) => name);
  return left.filter(leaf => 'loaded' in load(withValue([leaf], value).text)).map(({ name }) => name);
}

const key = (n: number): string => Buffer.alloc(32, Uint8Array.of(1, n >> 8, n & 255, 7)).toString('base64');
const yaml = (value: string): string => JSON.stringify(value);
const wg = (n: number): string => `wg${100 + n}`;

let router: LabUnderTest;
const running = async (): Promise<Tree> =>
  parseCommands(await router.exec('cli-shell-api showConfig --show-active-only --show-commands'));
const configuration = (): Promise<string> =>
  router.exec('cli-shell-api showConfig --show-active-only --show-commands');

/** Nothing was run: no tripwire, and the router is still up since it was started. */
async function assertQuiet(): Promise<void> {
  const found = await router.exec(
    'ls /tmp/tripwire /config/tripwire ./tripwire 2>/dev/null; ls / | grep -x tripwire',
  );
  assert.equal(found, '', 'a tripwire was touched on the router');
  for (const path of ['/tmp/tripwire', join(router.folder, 'tripwire')])
    assert.ok(!existsSync(path), `${path} was touched here`);
  assert.equal(router.lab.log.filter(({ kind }) => kind === 'reboot').length, 0, 'the router was rebooted');
}

describe('hostile values', function () {
  this.timeout(900_000);
  const accepted = new Map<string, string[]>();

  before(async () => {
    router = await labUnderTest();
  });
  after(async () => {
    await router?.close();
  });

  it(`are ${corpus.length}, each in every text of a site file: refused, or carried to the router below`, () => {
    assert.ok(corpus.length >= 200);
    let pairs = 0;
    let taken = 0;
    for (const round of ['values', 'outer keys', 'inner keys'] as const) {
      const leaves = texts().filter(leaf => leaf.round === round);
      for (const value of corpus) {
        pairs += leaves.length;
        for (const name of takers(leaves, value)) {
          taken++;
          if (local.test(name)) continue;
          const kind = Object.keys(carried).find(kind => carried[kind]?.test(name));
          assert.ok(kind !== undefined, `nothing carries ${yaml(value.slice(0, 80))} of ${name}`);
          accepted.set(kind, [...new Set([...(accepted.get(kind) ?? []), value])]);
        }
      }
    }
    process.stderr.write(`injection: ${pairs} places, ${pairs - taken} refused, ${taken} taken\n`);
  });

  it('of the shell are words to the shell of a router', async () => {
    const printable = corpus.filter(
      value => !value.includes('\0') && value.length < 4000 && !/\p{Cs}/u.test(value),
    );
    const script = `printf '%s\\0' ${printable.map(quote).join(' ')} | base64 -w0`;
    const said = Buffer.from(await router.exec('sh', script), 'base64').toString('utf8');
    assert.deepEqual(said.split('\0').slice(0, -1), printable);
    await assertQuiet();
  });

  it('that a site file may say arrive byte for byte, and run nothing', async () => {
    const texts = accepted.get('description') ?? [];
    const names = (accepted.get('name') ?? []).filter(name => !/^(WAN|R\d)/.test(name));
    assert.ok(texts.length >= 50 && names.length >= 20, `${texts.length} texts, ${names.length} names`);
    router.write(
      'site.yaml',
      [
        'version: 1',
        `router: ${router.site}`,
        'mssClamp: { ipv4: off, ipv6: off }',
        'tunnels:',
        ...texts.map(
          (value, n) =>
            `  ${wg(n)}: { description: ${yaml(value)}, listenPort: ${40000 + n}, unfiltered: ${yaml(value)}, peers: { p: { publicKey: ${key(n)}, description: ${yaml(value)}, allowedIPs: [10.101.${n}.0/24] } }, routes: { 10.101.${n}.0/25: ${yaml(value)}, 10.101.${n}.128/25: { description: ${yaml(value)}, guard: true } } }`,
        ),
        'rulesets:',
        ...texts.map(
          (value, n) =>
            `  R${n}: { family: ipv4, default: drop, description: ${yaml(value)}, rules: { 10: { action: accept, description: ${yaml(value)} } } }`,
        ),
        ...names.map(name => `  ${yaml(name)}: { family: ipv4, default: drop }`),
        '',
      ].join('\n'),
    );
    const ran = await router.edgewg('apply', '-f', 'site.yaml', '--yes', '-q');
    assert.equal(ran.exit, 0, ran.stderr);
    const tree = await running();
    const is = (path: Path, value: string): void =>
      assert.deepEqual(values(tree, path), [value], path.join(' '));
    for (const [n, value] of texts.entries()) {
      is(['interfaces', 'wireguard', wg(n), 'description'], value);
      is(['interfaces', 'wireguard', wg(n), 'peer', key(n), 'description'], value);
      for (const half of ['0', '128'])
        is(
          [
            'protocols',
            'static',
            'interface-route',
            `10.101.${n}.${half}/25`,
            'next-hop-interface',
            wg(n),
            'description',
          ],
          value,
        );
      is(['firewall', 'name', `R${n}`, 'description'], value);
      is(['firewall', 'name', `R${n}`, 'rule', '10', 'description'], value);
    }
    for (const name of names) is(['firewall', 'name', name, 'default-action'], 'drop');
    assert.match((await router.edgewg('plan', '-f', 'site.yaml')).stdout, /nothing to do/);
    await assertQuiet();
  });

  it('that stand on the router are put back byte for byte by an undo, and run nothing', async () => {
    // whatever a `set` of the router takes and its config.boot can hold: nobody's site file is asked
    const candidates = corpus.filter(
      value => /^[!-~]([ -~]{0,298}[!-~])?$/.test(value) && !/['"\\]/.test(value),
    );
    const W = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
    const sets = candidates.map(
      (value, n) =>
        `$W set interfaces wireguard wg4 peer ${key(n)} description ${quote(value)} </dev/null >/dev/null || echo refused ${n}`,
    );
    const script = [
      `W=${W}`,
      'wg genkey >/config/auth/wg4.key',
      '$W begin </dev/null',
      '$W set interfaces wireguard wg4 private-key /config/auth/wg4.key </dev/null',
      ...sets,
      ...['commit', 'save', 'end'].map(verb => `$W ${verb} </dev/null`),
      '',
    ];
    const said = await router.exec("sg vyattacfg -c 'bash -s'", script.join('\n'));
    const refused = new Set([...said.matchAll(/^refused (\d+)$/gm)].map(([, n]) => Number(n)));
    const there = candidates.flatMap((value, n) => (refused.has(n) ? [] : [{ value, n }]));
    assert.ok(
      there.length >= 80,
      `only ${there.length} of ${candidates.length} were taken: ${said.slice(0, 400)}`,
    );
    const before = await configuration();
    router.write(
      'undo.yaml',
      [
        'version: 1',
        `router: ${router.site}`,
        'mssClamp: { ipv4: off, ipv6: off }',
        'tunnels:',
        '  wg4:',
        '    peers:',
        ...there.map(
          ({ n }) =>
            `      p${n}: { publicKey: ${key(n)}, description: other ${n}, allowedIPs: [10.${n >> 8}.${n & 255}.1/32] }`,
        ),
        '',
      ].join('\n'),
    );
    // nobody answers, so the router goes back by itself
    router.write(
      'called.yaml',
      readFileSync(join(router.folder, 'undo.yaml'), 'utf8').replace(
        'description: other',
        'endpoint: "198.51.100.1:1", description: other',
      ),
    );
    const ran = await router.edgewg(
      'apply',
      '-f',
      'called.yaml',
      '--yes',
      '-q',
      '--allow',
      'drift',
      '--expect-handshake',
      '1',
    );
    assert.equal(ran.exit, 5, ran.stderr);
    assert.match(ran.stderr, /running and saved configuration are as before/);
    assert.equal(await configuration(), before);
    await assertQuiet();
    process.stderr.write(`injection: ${there.length} values of the router put back\n`);
  });
});
