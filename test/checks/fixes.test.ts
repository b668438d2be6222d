// Following a hint never yields an error, nor a plan that is green and wrong: each fix of every finding is carried out, and what
// comes of it is planned again.
import assert from 'node:assert/strict';
import { type Routing, routingOf } from '../../src/model/routing/routing.ts';
import { follow } from '../../src/model/routing/trace.ts';
import { applied } from '../../src/plan/order.ts';
import type { Finding, Plan } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { SiteProblems } from '../../src/site/problem.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { cases, type Given, givenOf, planGiven } from '../support/check-fixtures.ts';
import { fixed } from '../support/fixes.ts';
import { brokenNetworks } from '../support/mutants.ts';

const key = ({ code, message }: Finding): string => `${code} ${message}`;
const grave = ({ severity, silenced }: Finding): boolean => severity !== 'note' && silenced === undefined;

const afterOf = (given: Given, plan: Plan): Tree =>
  applied(
    given.running,
    plan.commits.flatMap(({ run }) => run),
  );

/** Prefixes that reach a peer through a tunnel, each by the first of its addresses. */
function carried(routing: Routing): Map<string, string> {
  const found = new Map<string, string>();
  for (const { prefix, out } of routing.main.all) {
    if (routing.iface(out ?? '')?.kind !== 'wireguard') continue;
    const { hops, end } = follow(routing, prefix.family, prefix.first + (prefix.length < 31 ? 1n : 0n));
    if (['line', 'waits', 'name'].includes(end) && hops[0]?.peer !== undefined)
      found.set(`${prefix.family} ${prefix.first}/${prefix.length}`, hops[0].out?.name ?? '');
  }
  return found;
}

/** The fixes of a plan, one at a time; how many there were. */
function tryAll(given: Given): number {
  let before: Plan;
  try {
    before = planGiven(given);
  } catch (error) {
    // a mutant that the file's own rules refuse
    if (error instanceof SiteProblems) return 0;
    throw error;
  }
  const known = new Set(before.diagnostics.filter(grave).map(({ code }) => code));
  const had = carried(routingOf(afterOf(given, before)));
  const withFix = before.diagnostics.filter(({ fix }) => fix !== undefined);
  for (const finding of withFix) {
    const { fix, code, message, hint } = finding;
    if (fix === undefined) continue;
    const next = { ...given, ...fixed(given, fix) };
    const what = `${code} ${message}\nhint: ${hint}\nfix: ${JSON.stringify(fix)}\n`;
    assert.doesNotThrow(() => loadSite(next.site, given.file), `${what}${next.site}`);
    const plan = planGiven(next);
    assert.ok(!plan.diagnostics.map(key).includes(key(finding)), `${what}is told again`);
    const fresh = plan.diagnostics
      .filter(grave)
      .filter(one => !known.has(one.code) && !mayTell.has(`${code} ${one.code}`));
    assert.deepEqual(fresh.map(key), [], `${what}brings another`);
    const errors = (one: Plan): number =>
      one.diagnostics.filter(({ severity }) => severity === 'error').length;
    assert.ok(errors(plan) <= errors(before), `${what}has more errors`);
    const has = carried(routingOf(afterOf(next, plan)));
    const dropped = [...had].filter(([prefix]) => !has.has(prefix) && !isSplit(prefix, has));
    if (!mayDrop.has(code)) assert.deepEqual(dropped, [], `${what}no longer goes into a tunnel`);
  }
  return withFix.length;
}

/** What these take away is what was wrong: the route to the router itself, the static route that BGP should bring. */
const mayDrop = new Set(['EW212', 'EW223']);

/** A clamp that suits the tunnels is told to those who share it, as it is each time. */
const mayTell = new Set(['EW143 EW004']);

/** A prefix that goes on in two halves. */
function isSplit(prefix: string, has: ReadonlyMap<string, string>): boolean {
  return ['4 0/0', '6 0/0'].includes(prefix) && has.has(`${prefix.slice(0, 2)}0/1`);
}

describe('the fix of a finding', () => {
  let count = 0;
  for (const name of cases) {
    const given = givenOf(name, 'failing');
    if (given === undefined) continue;
    it(`of ${name.replaceAll('-', ' ')} leaves nothing wrong`, () => {
      count += tryAll(given);
    });
  }

  for (const { name, site, router } of brokenNetworks())
    it(`of the blog's network, ${name}, leaves nothing wrong`, () => {
      count += tryAll({ site, file: 'site.yaml', running: parseCommands(router), said: undefined });
    });

  after(() => {
    process.stdout.write(`\n${count} fixes were carried out and planned again.\n`);
    assert.ok(count >= 60, `${count} fixes`);
  });
});
