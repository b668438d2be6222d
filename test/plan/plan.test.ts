import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makePlan } from '../../src/plan/make.ts';
import { applied } from '../../src/plan/order.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { managesInterface } from '../../src/site/manages.ts';
import type { Site } from '../../src/site/site.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { lookup } from '../../src/vyatta/nodes.ts';
import { emptyTree, equal, insert, leaves, type Tree } from '../../src/vyatta/tree.ts';
import { printCommand } from '../../src/vyatta/words.ts';
import { routers, sites } from '../support/arbitraries.ts';

const placeOf = () => ({ file: 'edgewg.yaml', line: 1, column: 1 });
const planFor = (site: Site, running: Tree): Plan => makePlan({ site, placeOf, running });
const run = (tree: Tree, plan: Plan): Tree =>
  applied(
    tree,
    plan.commits.flatMap(commit => commit.run),
  );
const undo = (tree: Tree, plan: Plan): Tree =>
  applied(
    tree,
    [...plan.commits].reverse().flatMap(commit => commit.undo),
  );
const shown = (plan: Plan): string =>
  plan.commits.map(c => c.run.map(o => `${o.op} ${o.path.join(' ')}`).join('\n')).join('\n--\n');

/** Literal keys come back as the files into which they were moved. */
const keysInFiles = (tree: Tree, plan: Plan): Tree => {
  const copy = emptyTree();
  for (const { path } of leaves(tree)) {
    const step = plan.keys.find(key => key.from?.join(' ') === path.slice(0, -1).join(' '));
    insert(
      copy,
      step !== undefined && path.at(-1)?.startsWith('literal:') ? [...path.slice(0, -1), step.path] : path,
    );
  }
  return copy;
};

/** The file says the interface, manages it, or wants it gone. */
const isOfFile = (site: Site, name = ''): boolean =>
  managesInterface(site, name) ||
  site.absent.tunnels.includes(name) ||
  site.tunnels.some(tunnel => tunnel.name === name);

describe('plan: properties', () => {
  it('a second plan after an apply is empty', () => {
    fc.assert(
      fc.property(sites, routers, (site, running) => {
        const plan = planFor(site, running);
        const after = run(running, plan);
        const again = planFor(site, after);
        assert.equal(shown(again), '', `first:\n${shown(plan)}`);
      }),
      { numRuns: 500 },
    );
  });

  it('the undo brings the configuration back', () => {
    fc.assert(
      fc.property(sites, routers, (site, running) => {
        const plan = planFor(site, running);
        const back = undo(run(running, plan), plan);
        assert.equal(printCommands(back), printCommands(keysInFiles(running, plan)));
        // run twice, as after a partial commit: deleting what is missing and setting what is there change nothing
        assert.ok(equal(undo(back, plan), back));
      }),
      { numRuns: 500 },
    );
  });

  it('names only nodes of the table, and nothing of the foreign interfaces', () => {
    fc.assert(
      fc.property(sites, routers, (site, running) => {
        const plan = planFor(site, running);
        for (const { path } of plan.commits.flatMap(commit => [...commit.run, ...commit.undo])) {
          const isGone = plan.commits.some(c =>
            c.run.some(o => o.op === 'delete' && o.path.length === 3 && o.path[2] === path[2]),
          );
          assert.ok(isGone || lookup(path) !== undefined, path.join(' '));
          for (const word of ['eth0', 'eth1', 'unms', 'system'])
            assert.ok(!path.includes(word), printCommand('set', path));
          if (path.includes('ospf')) assert.ok(isOfFile(site, path[2]), printCommand('set', path));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of the running lines', () => {
    fc.assert(
      fc.property(sites, routers, fc.integer(), (site, running, seed) => {
        const paths = [...leaves(running)].map(leaf => leaf.path);
        const shuffled = emptyTree();
        for (const path of paths.sort((a, b) => hash(a, seed) - hash(b, seed))) insert(shuffled, path);
        const commands = (tree: Tree): string[] => shown(planFor(site, tree)).split('\n').sort();
        assert.deepEqual(commands(shuffled), commands(running));
      }),
      { numRuns: 200 },
    );
  });
});

function hash(path: readonly string[], seed: number): number {
  let sum = seed;
  for (const char of path.join(' ')) sum = (sum * 31 + char.charCodeAt(0)) | 0;
  return sum;
}
