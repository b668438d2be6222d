// Site files: whole fixtures in, the site or the rendered problems out.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { renderProblems } from '../../src/report/problems.ts';
import { type LoadedSite, loadSite, type Problem, type SitePath, SiteProblems } from '../../src/site/load.ts';
import { managesInterface, managesRule } from '../../src/site/manages.ts';
import { fixture } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';

const yamlFiles = (folder: string): string[] =>
  readdirSync(fixture(folder))
    .filter(name => name.endsWith('.yaml'))
    .map(name => name.replace(/\.yaml$/, ''));

const read = (path: string): Buffer => readFileSync(fixture(path));

function problemsOf(input: string | Uint8Array, file: string): readonly Problem[] {
  try {
    loadSite(input, file);
  } catch (error) {
    if (error instanceof SiteProblems) return error.problems;
    throw error;
  }
  return [];
}

/** Loads, or fails with the problems as text. */
function load(input: string | Uint8Array, file = 'site.yaml'): LoadedSite {
  assert.equal(renderProblems(problemsOf(input, file)), '');
  return loadSite(input, file);
}

const plain = (value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);
const asJson = (site: unknown): string => `${JSON.stringify(site, (_key, value) => plain(value), 2)}\n`;

const head = 'version: 1\nrouter: { host: 192.0.2.1 }\n';

/** Every code of a problem that there is. */
const codes = `unreadable yaml duplicate-key unknown-key missing-key wrong-type bad-value
  duplicate-port no-listen-port duplicate-rule duplicate-address duplicate-public-key shared-key duplicate-allowed-ip
  no-name duplicate-route guard-before-route ruleset-family port-without-protocol port-lists group-and-value
  icmp-without-protocol duplicate-range absent-and-wanted duplicate-absent unknown-tunnel duplicate-neighbor own-address
  bad-timers wrong-family shared-tunnel no-router-address taken holds-tunnel
  duplicate-member dns-styles nat-number nat-incomplete nat-of-another-type nat-networks
  no-clients client-ipv6 clients-twice clients-not-taken duplicate-table own-networks`.split(/\s+/);

describe('a site file with mistakes', () => {
  const names = yamlFiles('specs/invalid');

  it('has at least 60 fixtures', () => assert.ok(names.length >= 60, String(names.length)));

  for (const name of names)
    it(name, () => {
      const problems = problemsOf(read(`specs/invalid/${name}.yaml`), `${name}.yaml`);
      assert.ok(problems.length > 0, 'no problem was found');
      for (const { hint } of problems) assert.ok(hint, 'a problem without a way out');
      assertGolden(renderProblems(problems), fixture(`specs/invalid/${name}.txt`));
    });

  it('is caught by every rule', () => {
    const seen = new Set(
      names.flatMap(name => problemsOf(read(`specs/invalid/${name}.yaml`), name).map(({ code }) => code)),
    );
    const unseen = codes.filter(code => !seen.has(code));
    assert.deepEqual(unseen, []);
    assert.deepEqual(
      [...seen].filter(code => !codes.includes(code)),
      [],
    );
  });

  it('is refused with exit 3 and says how many there are', () => {
    try {
      loadSite('version: 2\nx: 1\n', 'edgewg.yaml');
      assert.fail('not refused');
    } catch (error) {
      assert.ok(error instanceof SiteProblems);
      assert.equal(error.exit, 3);
      assert.equal(error.message, 'edgewg.yaml has 3 problems');
    }
  });
});

describe('a sound site file', () => {
  for (const name of yamlFiles('specs/valid'))
    it(name, () => {
      const { site } = load(read(`specs/valid/${name}.yaml`), `${name}.yaml`);
      assertGolden(asJson(site), fixture(`specs/valid/${name}.json`));
    });

  it("the blog's network", () => {
    const { site, place } = load(read('blog/site.yaml'), 'site.yaml');
    assert.deepEqual(
      site.tunnels.map(({ name, listenPort, routes }) => [name, listenPort, routes.length]),
      [
        ['wg0', undefined, 0],
        ['wg4', 51824, 3],
        ['wg5', 51825, 3],
      ],
    );
    const lines = read('blog/site.yaml').toString().split('\n');
    const { line, column } = place(['tunnels', 'wg5', 'listenPort']);
    assert.equal(lines[line - 1]?.slice(column - 1), '51825');
  });
});

describe('places', () => {
  const text = `${head}tunnels:\n  wg4:\n    address:\n      - 192.0.2.14/32\n    routes: { 10.0.0.0/24: pods }\n`;
  const { place, problemAt } = load(text);
  const at = (path: SitePath, part?: 'key'): string => {
    const { file, line, column } = place(path, part);
    return `${file}:${line}:${column}`;
  };

  it('are those of values, and of the keys of maps and lists', () => {
    assert.equal(at(['version']), 'site.yaml:1:10');
    assert.equal(at(['tunnels', 'wg4']), 'site.yaml:4:3');
    assert.equal(at(['tunnels', 'wg4', 'address']), 'site.yaml:5:5');
    assert.equal(at(['tunnels', 'wg4', 'address', 0]), 'site.yaml:6:9');
    assert.equal(at(['tunnels', 'wg4', 'routes', '10.0.0.0/24']), 'site.yaml:7:28');
    assert.equal(at(['tunnels', 'wg4', 'routes', '10.0.0.0/24'], 'key'), 'site.yaml:7:15');
  });

  it('are those of the nearest thing that is written', () => {
    assert.equal(at(['tunnels', 'wg4', 'mtu']), 'site.yaml:4:3');
    assert.equal(at(['mssClamp', 'ipv4']), 'site.yaml:1:1');
  });

  it('become problems that look like those of the file', () => {
    const problem = problemAt(['tunnels', 'wg4', 'address', 0], {
      code: 'EW012',
      message: 'a finding',
      hint: 'a way out',
    });
    assert.equal(
      renderProblems([problem]),
      'site.yaml:6:9: a finding\n  6 |       - 192.0.2.14/32\n    |         ^^^^^^^^^^^^^\n    | a way out\n',
    );
  });
});

describe('what a site manages', () => {
  const { site } = load(
    `${head}manages: { interfaces: [wg1-wg9, wg12], firewallRules: { WAN_LOCAL: [21-29, 40] } }\n`,
  );

  it('are the interfaces of its ranges', () => {
    const managed = ['wg0', 'wg1', 'wg9', 'wg10', 'wg12', 'wg1x', 'eth1'].filter(name =>
      managesInterface(site, name),
    );
    assert.deepEqual(managed, ['wg1', 'wg9', 'wg12']);
  });

  it('are the rules of its ranges, in the rulesets that it names', () => {
    const managed = [20, 21, 29, 30, 40].filter(number => managesRule(site, 'WAN_LOCAL', number));
    assert.deepEqual(managed, [21, 29, 40]);
    assert.ok(!managesRule(site, 'WAN_IN', 21));
  });
});

/** The same YAML value with the keys of all maps in another order. */
const shuffled = (value: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(value)) return fc.tuple(...value.map(shuffled));
  if (typeof value !== 'object' || value === null) return fc.constant(value);
  const entries = Object.entries(value).map(([key, below]) => fc.tuple(fc.constant(key), shuffled(below)));
  return fc
    .tuple(...entries)
    .chain(pairs => fc.shuffledSubarray(pairs, { minLength: pairs.length }))
    .map(pairs => new Map(pairs as [string, unknown][]));
};

describe('the order of keys in a site file', () => {
  for (const name of ['blog/site', 'specs/valid/everything', 'specs/valid/legal-overlaps'])
    it(`says nothing: ${name}`, () => {
      const written: unknown = parse(read(`${name}.yaml`).toString());
      const { site } = load(read(`${name}.yaml`));
      fc.assert(
        fc.property(shuffled(written), other => assert.deepEqual(load(stringify(other)).site, site)),
        { numRuns: 25 },
      );
    });
});

describe('problems as text', () => {
  const [problem] = problemsOf(`${head}uplink: { mtu: wrong }\n`, 'site.yaml');
  assert.ok(problem);

  it('have no colours unless asked for', () => {
    assert.ok(!renderProblems([problem]).includes('\u001b'));
  });

  it('have the place bold and the mark red in colour', () => {
    const text = renderProblems([problem], new Chalk({ level: 1 }));
    assert.ok(text.startsWith('\u001b[1msite.yaml:3:16:\u001b[22m '), JSON.stringify(text));
    assert.ok(text.includes('\u001b[31m^^^^^\u001b[39m'), JSON.stringify(text));
  });

  it('are cut off when there is no end of them', () => {
    const text = renderProblems(Array.from({ length: 250 }, () => problem));
    assert.equal(text.split('wrong }').length - 1, 100);
    assert.ok(text.endsWith('… and 150 more\n'));
  });

  it('put the mark below wide characters', () => {
    const text = '日本: x';
    const shown = renderProblems([{ ...problem, text, textColumn: 1, line: 1, column: 5, length: 1 }]);
    assert.ok(shown.includes(`\n    | ${' '.repeat(6)}^\n`), shown);
  });
});
