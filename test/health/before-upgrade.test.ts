// A router on its way from EdgeOS 2 with the wireguard package to EdgeOS 3, in each state that it can be in: what doctor says,
// and what --before-upgrade says to do (docs/edgeos.md 'EdgeOS 3').
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { beforeUpgrade } from '../../src/health/before-upgrade.ts';
import { examine } from '../../src/health/doctor.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import { renderHealth } from '../../src/report/doctor.ts';
import { aRouter, aSite, key, someFacts } from '../support/builders.ts';
import { assertGolden } from '../support/golden.ts';

const clamp = ['firewall options mss-clamp interface-type wg', 'firewall options mss-clamp mss 1380'];
const tunnel = [
  'interfaces wireguard wg0 address 192.168.5.1/24',
  'interfaces wireguard wg0 private-key /config/auth/wg0.key',
];
const ntp = 'system ntp server 0.ubnt.pool.ntp.org';
const deb = 'e50-v2-v1.0.20220627-v1.0.20210914.deb';
const script = '/config/scripts/post-config.d/install-wireguard';
const keyFile = {
  path: '/config/auth/wg0.key',
  mode: '640:ubnt:vyattacfg',
  changed: 1_799_900_000,
  publicKey: key(40),
};
const live = { publicKey: key(40), listenPort: 51820, peers: [], mtu: 1420, addresses: [] };

const of2: Partial<RouterFacts> = {
  version: 'EdgeRouter.ER-e50.v2.0.9-hotfix.7.5622731.230615.0857',
  model: 'EdgeRouter X 5-Port',
  board: 'e50',
  kernel: '4.14.54-UBNT',
  savedWireguard: ['wg0'],
  keyFiles: new Map([[keyFile.path, keyFile]]),
  interfaces: new Map([['wg0', live]]),
  disks: [{ path: '/config', size: 200_000, free: 100_000 }],
};
const of3: Partial<RouterFacts> = {
  ...of2,
  version: 'EdgeRouter.ER-e50.v3.0.1.5862409.250924.1408',
  wireguardPackage: undefined,
};
const lost = aRouter(...tunnel);
const isGone = { probes: new Map([['wireguard', false]]), interfaces: new Map() };

interface State {
  readonly facts: Partial<RouterFacts>;
  readonly running?: readonly string[];
}

const states: Readonly<Record<string, State>> = {
  '1-edgeos-2-with-the-package': { facts: of2 },
  '2-edgeos-2-with-a-copy-that-is-installed-again': { facts: { ...of2, firstboot: [deb, 'bmon_4.0.deb'] } },
  '3-edgeos-2-with-an-installer': { facts: { ...of2, installers: [script] } },
  '4-edgeos-2-with-unsaved-changes': {
    facts: { ...of2, drift: ['set interfaces wireguard wg0 mtu 1412'] },
    running: [ntp, ...tunnel, ...clamp, 'service ubnt-discover interface wg0 disable'],
  },
  '5-edgeos-2-that-lost-the-package': {
    facts: { ...of2, ...isGone, wireguardPackage: undefined, lost },
    running: [ntp],
  },
  '6-edgeos-3-as-it-should-be': { facts: of3 },
  '7-edgeos-3-with-a-copy-and-an-installer-left': {
    facts: { ...of3, firstboot: [deb], installers: [script] },
  },
  '8-edgeos-3-with-the-package-over-its-own': { facts: { ...of3, wireguardPackage: '1.0.20220627-1' } },
  '9-edgeos-3-whose-templates-were-removed': { facts: { ...of3, ...isGone, lost }, running: [ntp] },
  '10-edgeos-3-that-lost-an-interface': {
    facts: { ...of3, interfaces: new Map(), lost },
    running: [ntp],
  },
  '11-edgeos-1-with-the-package': {
    facts: { ...of2, version: 'EdgeRouter.ER-e50.v1.10.11.5274269.200221.1028', kernel: '3.10.14-UBNT' },
  },
};

describe('doctor --before-upgrade', () => {
  for (const [name, { facts: some, running = [ntp, ...tunnel] }] of Object.entries(states))
    it(name, () => {
      const facts = someFacts(some);
      const patient = { site: aSite([]), running: aRouter(...running), facts, now: facts.now, probes: [] };
      const paint = new Chalk({ level: 0 });
      const text = [
        '$ edgewg doctor',
        renderHealth(examine(patient), paint),
        '$ edgewg doctor --before-upgrade',
        renderHealth(beforeUpgrade(patient), paint),
      ].join('\n');
      assertGolden(text, new URL(`../../../fixtures/upgrade/${name}.txt`, import.meta.url));
      if (facts.version.includes('v3.')) assert.ok(!text.includes('dpkg -i'), 'no package for EdgeOS 3');
    });
});
