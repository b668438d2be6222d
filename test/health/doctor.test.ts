// What the doctor sees of a router that is well, and of each thing that may be amiss.
import assert from 'node:assert/strict';
import { examine } from '../../src/health/doctor.ts';
import type { Patient } from '../../src/health/finding.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import { fits, generationOf, packageName } from '../../src/vyatta/firmware.ts';
import { aRouter, aSite, key, someFacts } from '../support/builders.ts';

const lines = [
  'system ntp server 0.ubnt.pool.ntp.org',
  'interfaces wireguard wg0 address 192.168.5.1/24',
  'interfaces wireguard wg0 private-key /config/auth/wg0.key',
  `interfaces wireguard wg0 peer ${key(9)} allowed-ips 192.168.5.100/32`,
];
const keyFile = {
  path: '/config/auth/wg0.key',
  mode: '640:ubnt:vyattacfg',
  changed: 1_799_900_000,
  publicKey: key(40),
};
const peer = {
  publicKey: key(9),
  hasPresharedKey: false,
  endpoint: '(none)',
  allowedIPs: ['192.168.5.100/32'],
  latestHandshake: 0,
  received: 0,
  sent: 0,
};
const live = { publicKey: key(40), listenPort: 51820, peers: [peer], mtu: 1420, addresses: [] };
const well: Partial<RouterFacts> = {
  savedWireguard: ['wg0'],
  keyFiles: new Map([[keyFile.path, keyFile]]),
  interfaces: new Map([['wg0', live]]),
  disks: [{ path: '/config', size: 200_000, free: 100_000 }],
};

function told(more: Partial<RouterFacts> = {}, running = lines, rest: Partial<Patient> = {}): string[] {
  const facts = someFacts({ ...well, ...more });
  const patient = {
    site: aSite([]),
    running: aRouter(...running),
    facts,
    now: someFacts().now,
    probes: [],
    ...rest,
  };
  return examine(patient).flatMap(({ name, findings }) =>
    findings.filter(({ status }) => status !== 'ok').map(({ status, text }) => `${status} ${name}: ${text}`),
  );
}

describe('doctor', () => {
  it('finds nothing on a router that is well', () => {
    assert.deepEqual(told(), []);
    const all = examine({
      site: aSite([]),
      running: aRouter(...lines),
      facts: someFacts(well),
      now: someFacts().now,
      probes: [],
    });
    assert.ok(all.every(({ findings }) => findings.length > 0 && findings.every(({ text }) => text !== '')));
  });

  const cases: [string, string[], ...Parameters<typeof told>][] = [
    [
      'no package',
      ['failed package: the router knows no `interfaces wireguard`: the package is not installed'],
      { probes: new Map([['wireguard', false]]) },
    ],
    [
      'a pending commit-confirm',
      [
        "failed commit-confirm: somebody's commit-confirm is pending: at Mon Nov 20 11:41:00 2026 the router restarts into what was saved before it",
      ],
      { pendingConfirms: ['Mon Nov 20 11:41:00 2026'] },
    ],
    [
      'a saved configuration that can not be read',
      ['failed saved configuration: the router could not compare running and saved configuration'],
      { isDriftKnown: false },
    ],
    [
      'an old package',
      [
        'warning package: wireguard 1.0.20210219-1: takes interfaces down at every change, and fails to delete peers',
      ],
      { wireguardPackage: '1.0.20210219-1' },
    ],
    [
      'no copy for the next upgrade of EdgeOS 1',
      [
        'warning firmware upgrade: takes the wireguard package away: there is no copy in /config/data/firstboot/install-packages',
      ],
      { version: 'v1.10.11', firstboot: ['bmon_4.0-1_mips.deb'] },
    ],
    [
      'a copy for another board on EdgeOS 1',
      [
        'warning firmware upgrade: would try e50-v2-v1.0.20220627-v1.0.20210914.deb, which is for another board or EdgeOS',
      ],
      { version: 'v1.10.11', firstboot: ['e50-v2-v1.0.20220627-v1.0.20210914.deb'] },
    ],
    [
      'a copy on EdgeOS 2, where it is in the way of EdgeOS 3',
      [
        'warning firmware upgrade: would install a package again: /config/data/firstboot/install-packages/e50-v2-v1.0.20220627-v1.0.20210914.deb (e50-v2-v1.0.20220627-v1.0.20210914.deb: for another board or EdgeOS); that is good within EdgeOS 2, and breaks the WireGuard of EdgeOS 3',
      ],
      { firstboot: ['e50-v2-v1.0.20220627-v1.0.20210914.deb'] },
    ],
    [
      'an EdgeOS that nobody knows',
      ['warning firmware: EdgeRouter 12 (e300), v4.1.0, kernel 4.9.79-UBNT'],
      { version: 'v4.1.0' },
    ],
    [
      'an interface that got lost',
      ['failed lost nodes: wg4 is in config.boot, and not in the running configuration'],
      { savedWireguard: ['wg0', 'wg4'], lost: aRouter('interfaces wireguard wg4 mtu 1420') },
    ],
    [
      'an endpoint that got lost',
      [
        'failed lost nodes: wg0 peer CQkJCQkJ… endpoint srv.example.net:51820 is in config.boot, and not in the running configuration',
      ],
      { lost: aRouter(`interfaces wireguard wg0 peer ${key(9)} endpoint srv.example.net:51820`) },
    ],
    [
      'a change that nobody saved',
      ['failed saved configuration: differs from what runs: set system host-name other'],
      { drift: ['set system host-name other'] },
    ],
    [
      'an interface that the kernel has not',
      ['failed interfaces: wg0 is configured, and the kernel has no such interface'],
      { interfaces: new Map() },
    ],
    [
      'a key file that is gone',
      [
        'failed key files: private key of wg0, /config/auth/wg0.key: there is no /config/auth/wg0.key that this user can see',
      ],
      { keyFiles: new Map() },
    ],
    [
      'a key file that everybody reads',
      [
        'warning key files: private key of wg0, /config/auth/wg0.key: every user of the router can read the file: chmod 0640',
      ],
      { keyFiles: new Map([[keyFile.path, { ...keyFile, mode: '644:ubnt:vyattacfg' }]]) },
    ],
    [
      'a disk that is nearly full',
      ['failed disk space: /config has 2 of 195 MiB free'],
      { disks: [{ path: '/config', size: 200_000, free: 3000 }] },
    ],
    ['a clock that is behind', ['warning clock: is 2 min behind this machine'], { now: 1_799_999_880 }],
    ['a clock without a battery', ['failed clock: is 2 days behind this machine'], { now: 1_799_827_199 }],
  ];
  for (const [what, expected, ...patient] of cases)
    it(what, () => assert.deepEqual(told(...patient), expected));

  it('an endpoint by name, that resolved or not', () => {
    const named = [...lines, `interfaces wireguard wg0 peer ${key(9)} endpoint srv.example.net:51820`];
    assert.match(told({}, named).join(), /^failed endpoints: srv\.example\.net:51820, .* did not resolve$/);
    const up = new Map([['wg0', { ...live, peers: [{ ...peer, endpoint: '203.0.113.4:51820' }] }]]);
    assert.match(told({ interfaces: up }, named).join(), /^warning endpoints: .* is a name: when it doesn't/);
  });

  it('what the kernel has otherwise than the configuration', () => {
    const probes = [{ name: 'wg0 has fd00::1/64', ok: false, saw: 'no address' }];
    assert.deepEqual(told({}, lines, { probes }), [
      'failed interfaces: not so: wg0 has fd00::1/64 (saw no address)',
    ]);
  });

  it('no NTP server', () => {
    assert.deepEqual(told({}, lines.slice(1)), ['warning clock: no NTP server is configured']);
  });
});

describe('EdgeOS', () => {
  it('tells its generation by its version', () => {
    for (const [text, generation] of [
      ['v2.0.9-hotfix.7', 2],
      ['EdgeRouter.ER-e300.v2.0.9-hotfix.7.5622731.230615.1131', 2],
      ['v1.10.11', 1],
      ['v3.0.0', 3],
      ['VyOS 1.4', undefined],
      ['', undefined],
    ] as const)
      assert.equal(generationOf(text), generation, text);
  });

  it('takes the package of its board and generation', () => {
    const named = (version: string, board: string, model = '') => packageName({ version, board, model });
    assert.equal(named('v2.0.9', 'e301'), 'e300-v2');
    assert.equal(named('v1.10.11', 'e51'), 'e50-v1');
    assert.equal(named('v2.0.9', '', 'EdgeRouter X 5-Port'), 'e50-v2');
    assert.equal(named('v2.0.9', '', 'EdgeRouter 12'), 'e300-v2');
    assert.equal(named('v2.0.9', '', 'EdgeRouter Pro 8-Port'), 'e200-v2');
    assert.equal(named('v2.0.9', '', 'EdgeRouter Lite 3-Port'), 'e100-v2');
    assert.equal(named('v3.0.0', 'e300'), undefined);
    const router = { version: 'v2.0.9', board: 'e300', model: '' };
    assert.equal(fits('e300-v2-v1.0.20220627-v1.0.20210914.deb', router), true);
    assert.equal(fits('e300-v1-v1.0.20220627-v1.0.20210914.deb', router), false);
    assert.equal(fits('wireguard.deb', router), undefined);
  });
});
