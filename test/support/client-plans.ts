// Sites with clients, planned against a router, applied, and planned again.
import assert from 'node:assert/strict';
import { checks, planChecks } from '../../src/checks/all.ts';
import { configurationAfter } from '../../src/plan/after.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Check } from '../../src/plan/types/check.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { loadSite } from '../../src/site/load.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { key } from './builders.ts';

export const home = [
  'interfaces ethernet eth0 address 198.51.100.2/24',
  'interfaces ethernet eth1 address 192.168.1.1/24',
  'interfaces ethernet eth2 address 192.168.2.1/24',
  'protocols static route 0.0.0.0/0 next-hop 198.51.100.1',
];

export const wg = (name: string, n: number, clients: string): string =>
  `  ${name}: { address: [10.64.0.${n}/32], mtu: 1420, peers: { vpn: { publicKey: ${key(n)}, allowedIPs: [0.0.0.0/0] } }${clients === '' ? '' : `, clients: ${clients}`} }\n`;

export const site = (...tunnels: string[]): string =>
  `version: 1\nrouter: { host: r }\nmanages: { interfaces: [wg1-wg9] }\nlimits: { deleteInterfaces: 9 }\nmssClamp: { ipv4: off, ipv6: off }\ntunnels:\n${tunnels.join('')}`;

export interface Made {
  readonly plan: Plan;
  readonly after: Tree;
}

export function planned(text: string, running: Tree, by: readonly Check[] = planChecks): Made {
  const { site: loaded, place } = loadSite(text, 'edgewg.yaml');
  const plan = makePlan({ site: loaded, placeOf: at => place(at), running }, by);
  return { plan, after: configurationAfter(running, plan.commits) };
}

/** Applied, planned again (empty), and what stands there of policy routing. */
export function settled(text: string, running: Tree): { after: Tree; words: string[] } {
  const { plan, after } = planned(text, running);
  assert.deepEqual(planned(text, after).plan.commits, [], 'a second plan is not empty');
  const set = plan.commits.flatMap(({ run }) => run.map(({ op, path }) => `${op} ${path.join(' ')}`));
  return { after, words: set.filter(line => /modify|static table/.test(line)) };
}

/** What all checks refuse the plan for. */
export const errorsOf = (text: string, running: Tree): string[] =>
  planned(text, running, checks).plan.diagnostics.flatMap(({ severity, silenced, code, message }) =>
    severity === 'error' && silenced === undefined ? `${code} ${message}` : [],
  );
