// What a saved configuration's last line says of the router counts in a plan that asks no router.
import assert from 'node:assert/strict';
import { checks } from '../../src/checks/all.ts';
import { makePlan } from '../../src/plan/make.ts';
import type { Plan } from '../../src/plan/types/plan.ts';
import { releaseLine } from '../../src/vyatta/firmware.ts';
import { aRouter, aSite, aTunnel } from '../support/builders.ts';

const running = aRouter(
  'interfaces wireguard wg4 address 192.168.5.14/32',
  'interfaces wireguard wg4 private-key /config/auth/wg4.key',
);
const site = aSite([aTunnel('wg4', { description: 'srv4', address: ['192.168.5.14/32'] })], {
  manages: { at: [], interfaces: [{ from: 4, to: 4 }], firewallRules: new Map(), natRules: [] },
});
const planOf = (version?: string): Plan =>
  makePlan({ site, placeOf: () => ({ file: 'edgewg.yaml', line: 1, column: 1 }), running, version }, checks);
const codes = (plan: Plan): string[] => plan.diagnostics.map(({ code }) => code);
const commands = (plan: Plan): string =>
  plan.commits.flatMap(({ run }) => run.map(({ path }) => path.join(' '))).join('\n');

describe('the release of a saved configuration', () => {
  it('is in its last line', () => {
    const last = '/* Release version: v3.0.1.5862409.250924.1408 */\n';
    assert.equal(releaseLine(`system {\n}\n\n${last}`), 'v3.0.1.5862409.250924.1408');
    assert.equal(releaseLine('set system host-name v3\n'), undefined);
  });

  it('says that less is known of EdgeOS 3, whose scripts nobody knows', () => {
    const plan = planOf('v3.0.1.5862409.250924.1408');
    assert.ok(codes(plan).includes('EW303'));
    assert.match(
      (plan.impacts ?? []).map(({ text }) => text).join(),
      /^sessions go on if this release does as EdgeOS 2$/,
    );
    assert.doesNotMatch(commands(plan), /ubnt-discover/);
  });

  it('says nothing of the kind of EdgeOS 2, or where there is none', () => {
    for (const version of ['v2.0.9-hotfix.7.5622731.230615.0857', undefined]) {
      const plan = planOf(version);
      assert.ok(!codes(plan).includes('EW303'));
      assert.equal((plan.impacts ?? []).map(({ text }) => text).join(), 'sessions go on');
    }
  });
});
