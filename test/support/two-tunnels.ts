// The site file of the end-to-end suites, and what a run of the program should have ended with.
import assert from 'node:assert/strict';
import type { Ran } from './run-cli.ts';
import type { RouterUnderTest } from './under-test.ts';

/** Tunnels wg904 and wg905: numbers that nobody has. */
export const twoTunnels = (
  router: Pick<RouterUnderTest, 'site'>,
  tunnels: readonly number[],
  more = '',
): string => `version: 1
router: ${router.site}
uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg904-wg905], firewallRules: { WAN_LOCAL: [9904-9905], WANv6_LOCAL: [9904-9905] } }
mssClamp: { ipv4: off, ipv6: off }
${more}
tunnels:${tunnels.length === 0 ? ' {}' : ''}
${tunnels
  .map(
    n => `  wg90${n}:
    description: edgewg test ${n}
    address: [192.0.2.${n}/32, "2001:db8:90${n}::1/64"]
    listenPort: 5990${n}
    openPort: { rule: 990${n} }
    unfiltered: a test
    peers:
      far:
        publicKey: ${Buffer.alloc(32, n).toString('base64')}
        endpoint: "[2001:db8::${n}]:51820"
        allowedIPs: [198.18.${n}.0/24]
    routes:
      198.18.${n}.0/24: { description: edgewg-test, guard: true }`,
  )
  .join('\n')}
`;

/** Fails with all that the program said. */
export const ok = (ran: Ran, exit = 0): Ran => {
  assert.equal(ran.exit, exit, `${ran.stdout}\n${ran.stderr}`);
  return ran;
};
