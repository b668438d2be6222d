// Networks, broken in one way after the other: each must be caught by the check that should. Prints the table.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Severity } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { SiteProblems } from '../../src/site/problem.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { networks } from '../support/mutants.ts';

/** A finding of the plan, or a problem of the file, which refuses it before there is a plan. */
interface Told {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
}

function told(file: string, router: string): Told[] {
  try {
    const { site: loaded, place } = loadSite(file, 'site.yaml');
    const plan = makePlan({ site: loaded, placeOf: at => place(at), running: parseCommands(router) }, checks);
    return [...plan.diagnostics];
  } catch (error) {
    if (!(error instanceof SiteProblems)) throw error;
    return error.problems.map(({ code, message }) => ({ code, severity: 'error', message }));
  }
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];

/** Messages that an unbroken network has on a router. */
function messages(site: string, router: string): ReadonlySet<string> {
  return new Set(told(site, router).map(({ message }) => message));
}

for (const [name, network] of Object.entries(networks)) {
  const { unbroken, mutants } = network;
  const earlier = new Map<string, ReadonlySet<string>>();
  const unbrokenOn = (router: string): ReadonlySet<string> => {
    const found = earlier.get(router) ?? messages(network.site, network.router(router));
    earlier.set(router, found);
    return found;
  };

  describe(`mutants of the network ${name}`, () => {
    const table: string[] = [];

    for (const [router, codes] of Object.entries(unbroken))
      it(`unbroken on ${router}: no warning`, () => {
        const found = told(network.site, network.router(router)).filter(
          ({ severity }) => severity !== 'note',
        );
        assert.deepEqual([...new Set(found.map(({ code }) => code))].sort(), codes);
      });

    it('are many, each another one', () => {
      assert.ok(mutants.length >= (name === 'blog' ? 130 : 15));
      const ways = mutants.map(({ break: _, caught: __, ...how }) => JSON.stringify(how));
      assert.equal(new Set(ways).size, mutants.length);
    });

    for (const [i, mutant] of mutants.entries())
      it(`${mutant.break}: ${mutant.caught}`, () => {
        const found = told(network.brokenSite(mutant), network.brokenRouter(mutant));
        const before = unbrokenOn(mutant.router ?? 'router');
        const [by] = found
          .filter(({ code, message }) => code === mutant.caught && !before.has(message))
          .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
        assert.ok(
          by,
          `told: ${found.map(({ code, message }) => `${code} ${message}`).join('\n') || 'nothing'}`,
        );
        const others = new Set(
          found
            .filter(({ severity, code }) => severity !== 'note' && code !== mutant.caught)
            .map(({ code }) => code),
        );
        const rest = others.size === 0 ? '' : ` (and ${[...others].join(', ')})`;
        table.push(
          `${String(i + 1).padStart(3)}  ${mutant.break}\n     ${by.severity} ${by.code}: ${by.message}${rest}`,
        );
      });

    after(() => {
      process.stdout.write(
        `\n${table.join('\n')}\n${table.length} of ${mutants.length} mutants are caught.\n`,
      );
    });
  });
}
