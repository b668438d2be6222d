// Findings of a plan as a person reads them, from a site file and a router as a person writes them.
import { checks } from '../../src/checks/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import { treeOf } from './firewall.ts';

/** Lines of `router` are what follows `set`. Findings of the checks, not those of deriving the plan. */
export function findings(site: string, router: string): readonly Finding[] {
  const loaded = loadSite(site, 'edgewg.yaml');
  const plan = makePlan(
    { site: loaded.site, placeOf: path => loaded.place(path), running: treeOf(router) },
    checks,
  );
  return plan.diagnostics;
}

/** `error EW101 12:5 wg4: port …`, one per finding; `codes` picks some. */
export function lines(site: string, router: string, codes?: RegExp): string[] {
  return findings(site, router)
    .filter(found => codes?.test(found.code) ?? true)
    .map(found => {
      const { line, column } = found.source ?? { line: 0, column: 0 };
      return `${found.severity} ${found.code} ${line}:${column} ${found.message}`;
    });
}

/** The same lines with a text replaced; throws when it isn't there, so that a broken case can't pass for a good one. */
export function but(text: string, ...changes: [from: string, to: string][]): string {
  return changes.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`nothing to replace: ${from}`);
    return all.replace(from, to);
  }, text);
}
