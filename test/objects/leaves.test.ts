// Every leaf of the schema that is a node of the router, from the file to the router and back. Nothing here knows a leaf by name: a new
// one is tried as soon as the schema has it, and fails without a sample in test/support/site-leaves.ts.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { parse, stringify } from 'yaml';
import { importSite } from '../../src/import/import.ts';
import { configurationAfter } from '../../src/plan/after.ts';
import { makePlan } from '../../src/plan/make.ts';
import { isEmpty, type Plan } from '../../src/plan/types/plan.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown/markdown.ts';
import { renderPlan } from '../../src/report/text.ts';
import { visible } from '../../src/report/visible.ts';
import { loadSite } from '../../src/site/load.ts';
import { equal, leaves, type Path, type Tree } from '../../src/vyatta/tree.ts';
import { printWord } from '../../src/vyatta/words.ts';
import { aRouter, key } from '../support/builders.ts';
import { elsewhere, type Sample, type SchemaLeaf, samples, schemaLeaves } from '../support/site-leaves.ts';

type Data = { [key: string]: unknown };

/** One instance of every thing, each with the least that it needs. */
const base = (): Data => ({
  version: 1,
  router: { host: 'r' },
  uplink: { rulesets: { ipv4: 'WAN_LOCAL', ipv6: 'WANv6_LOCAL' } },
  tunnels: {
    wg4: { address: ['10.9.0.1/24'], peers: { srv: { publicKey: key(1) } }, routes: { '10.42.0.0/16': {} } },
  },
  rulesets: {
    GUARD: { family: 'ipv4', default: 'drop', rules: { 10: { action: 'accept' } } },
    GUARD6: { family: 'ipv6', default: 'drop' },
  },
  groups: { SERVERS: { type: 'address', members: ['192.168.2.9'] } },
  nat: { 5010: { type: 'masquerade', outboundInterface: 'wg4' } },
  bgp: { asn: 64512, neighbors: { '10.9.0.4': { tunnel: 'wg4', remoteAsn: 64513 } } },
});

const manages = {
  interfaces: ['wg4'],
  firewallRules: { WAN_LOCAL: ['20-29'], WANv6_LOCAL: ['20-29'] },
  natRules: ['100-199', '5000-5099'],
};

const router = aRouter(
  'interfaces ethernet eth0 address 203.0.113.2/24',
  'interfaces ethernet eth0 firewall local name WAN_LOCAL',
  'interfaces ethernet eth0 firewall local ipv6-name WANv6_LOCAL',
  'interfaces ethernet eth0 address 2001:db8:ffff::2/64',
  'protocols static route 0.0.0.0/0 next-hop 203.0.113.1',
  'protocols static route6 ::/0 next-hop 2001:db8:ffff::1',
  'firewall name WAN_LOCAL default-action drop',
  'firewall ipv6-name WANv6_LOCAL default-action drop',
  'interfaces ethernet eth1 address 192.168.1.1/24',
  'interfaces ethernet eth2 address 192.168.3.1/24',
  'interfaces ethernet eth2 address fd00:3::1/64',
  'firewall group address-group HOSTS address 192.168.1.9',
  'firewall group network-group SHOPS network 198.51.100.0/24',
);

/** The base's keys in place of the writer's own. */
const steps = (path: string): string[] => {
  const keys: Record<string, string> = {
    tunnels: 'wg4',
    peers: 'srv',
    routes: '10.42.0.0/16',
    rulesets: 'GUARD',
    rules: '10',
    neighbors: '10.9.0.4',
    nat: '5010',
    from: 'tv',
    groups: 'SERVERS',
  };
  const found = path.split('.');
  return found.map((step, i) => (step === '*' ? (keys[found[i - 1] ?? ''] ?? step) : step));
};

function put(data: Data, path: string, value: unknown): void {
  const at = steps(path);
  let map = data;
  for (const step of at.slice(0, -1)) {
    map[step] ??= {};
    map = map[step] as Data;
  }
  map[at.at(-1) ?? ''] = value;
}

/** All that stands at a path, whatever the keys of the writer's own. */
function allAt(data: unknown, [step, ...more]: string[]): unknown[] {
  if (step === undefined) return [data];
  if (typeof data !== 'object' || data === null) return [];
  if (step !== '*') return step in data ? allAt((data as Data)[step], more) : [];
  return Object.values(data).flatMap(below => allAt(below, more));
}

interface Made {
  readonly plan: Plan;
  readonly after: Tree;
}

function planOf(data: Data, running: Tree): Made {
  const { site, place } = loadSite(stringify(data), 'edgewg.yaml');
  const plan = makePlan({ site, placeOf: at => place(at), running });
  return { plan, after: configurationAfter(running, plan.commits) };
}

const apply = (data: Data, running: Tree): Tree => planOf(data, running).after;

/** Leaves of the second tree that the first hasn't. */
function added(before: Tree, after: Tree): Path[] {
  const there = new Set([...leaves(before)].map(({ path }) => path.join('\0')));
  return [...leaves(after)].map(({ path }) => path).filter(path => !there.has(path.join('\0')));
}

interface Trial {
  readonly leaf: SchemaLeaf;
  readonly sample: Sample;
  readonly isManaged: boolean;
  readonly without: Data;
  readonly said: Data;
  /** The router without the leaf, and with it. */
  readonly before: Tree;
  readonly after: Tree;
  readonly plan: Plan;
}

function trial(leaf: SchemaLeaf, sample: Sample, isManaged: boolean): Trial {
  const at = sample.at ?? leaf.path;
  const [without, said] = [base(), base()];
  for (const data of [without, said]) {
    if (isManaged) data['manages'] = manages;
    if (at.startsWith('rulesets')) put(data, 'tunnels.*.firewall.local.ipv4', 'GUARD');
    for (const [path, value] of Object.entries(sample.with ?? {})) put(data, path, value);
  }
  put(said, at, sample.value);
  // what the base says already is tried on the bare router
  const isSaid = allAt(without, steps(at)).some(value => value === sample.value);
  const before = isSaid ? router : apply(without, router);
  const { plan, after } = planOf(said, before);
  return { leaf, sample, isManaged, without, said, before, after, plan };
}

/** A leaf that the base has too, with another value. */
const isInBase = ({ leaf, sample }: Trial): boolean =>
  allAt(base(), steps(sample.at ?? leaf.path)).some(
    value => typeof value !== 'object' || Array.isArray(value),
  );

function takenOut(made: Trial): void {
  const { leaf, sample, without, before, after } = made;
  const isManaged = made.isManaged && sample.isShared !== true;
  if (leaf.isRequired && sample.at === undefined) return;
  const gone = planOf(without, after);
  const effect = added(before, after);
  if (sample.hasDefault && isManaged) {
    assert.ok(equal(gone.after, before), 'the default is not back');
  } else if (isManaged || sample.isOwnedByName || isInBase(made)) {
    assert.ok(equal(gone.after, before), `not taken out: ${added(before, gone.after).join(' ')}`);
  } else {
    assert.ok(isEmpty(gone.plan), `is not kept: ${added(gone.after, after).join(' ')}`);
    const kept = gone.plan.changes
      .filter(({ action }) => action === 'keep')
      .map(({ path }) => path.join(' '));
    for (const path of effect)
      assert.ok(
        kept.some(one => path.join(' ').startsWith(one)),
        `nobody says that ${path.join(' ')} is kept`,
      );
  }
}

function imported({ leaf, sample, after }: Trial): void {
  const { text, plan } = importSite(
    { running: after },
    { host: 'r' },
    { manages: false, file: 'edgewg.yaml', checks: [] },
  );
  assert.ok(isEmpty(plan), `${text}\n${JSON.stringify(plan.commits.map(c => c.run))}`);
  const { path, value } = sample.imported ?? { path: sample.at ?? leaf.path, value: sample.value };
  const found = allAt(parse(text), path.split('.')).map(one => JSON.stringify(one));
  assert.ok(found.includes(JSON.stringify(value)), `import says ${found.join(', ')} in\n${text}`);
}

function rendered({ plan, before, after }: Trial): void {
  const allowed = new Map<string, number>();
  const paint = new Chalk({ level: 0 });
  const text = [...renderPlan(plan, { paint, isVerbose: true, isInverse: false, refused: 0 })].join('');
  const markdown = renderMarkdown(plan, { allowed, maxLength: 60_000, artifact: 'x', reviewed: undefined });
  const json = JSON.parse(renderJson(plan)) as { changes: { path: string[]; after: string[] | null }[] };
  for (const path of added(before, after)) {
    const leaf = plan.changes.find(change => path.join(' ').startsWith(change.path.join(' ')));
    assert.ok(leaf, `no change tells of ${path.join(' ')}`);
    const words = (leaf.after ?? []).filter(word => !leaf.before?.includes(word));
    for (const shown of [leaf.path.at(-1) ?? '', ...words]) {
      assert.ok(text.includes(visible(printWord(shown))) || text.includes(shown), `${shown} in text`);
      assert.ok(markdown.includes(shown), `${shown} in Markdown`);
    }
    assert.ok(json.changes.some(change => change.path.join(' ') === leaf.path.join(' ')));
  }
}

describe('every leaf of the schema', () => {
  const all = [...schemaLeaves()].filter(
    ({ path }) => !Object.keys(elsewhere).some(top => path === top || path.startsWith(`${top}.`)),
  );

  it('has a sample, and no sample is of none', () => {
    assert.deepEqual(
      all.map(({ path }) => path).filter(path => samples[path] === undefined),
      [],
    );
    const paths = new Set(all.map(({ path }) => path));
    assert.deepEqual(
      Object.keys(samples).filter(path => !paths.has(path)),
      [],
    );
  });

  for (const leaf of all)
    for (const sample of samples[leaf.path] ?? [])
      it(`${sample.at ?? leaf.path}: ${JSON.stringify(sample.value)}`, () => {
        for (const isManaged of [true, false]) {
          const made = trial(leaf, sample, isManaged);
          assert.ok(!isEmpty(made.plan), 'setting it changes nothing');
          const again = planOf(made.said, made.after).plan;
          assert.deepEqual(again.commits, [], 'a second plan is not empty');
          takenOut(made);
          if (isManaged) imported(made);
          rendered(made);
        }
      });
});
