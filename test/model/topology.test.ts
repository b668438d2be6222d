// What a drawing says of the networks behind a peer: by which route they are reached, or by none.
import assert from 'node:assert/strict';
import { topology } from '../../src/model/routing/topology.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';

const key = 'GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=';
const base = `set interfaces wireguard wg4 address 192.168.5.14/32
set interfaces wireguard wg4 peer ${key} allowed-ips 10.42.4.0/24
`;
const neighbor = `set protocols static interface-route 192.168.5.4/32 next-hop-interface wg4
set protocols bgp 64512 neighbor 192.168.5.4 remote-as 64513
`;
const limited = `${neighbor}set protocols bgp 64512 neighbor 192.168.5.4 prefix-list import L
set policy prefix-list L rule 10 action permit
set policy prefix-list L rule 10 prefix 10.42.0.0/16
set policy prefix-list L rule 10 le 32
`;

function networksOf(lines: string): readonly string[] {
  const said = lines.includes('route-allowed-ips')
    ? ''
    : 'set interfaces wireguard wg4 route-allowed-ips false\n';
  const tree = parseCommands(`${base}${said}${lines}`);
  return topology('router', tree, tree).nodes.find(({ kind }) => kind === 'networks')?.lines ?? [];
}

describe('the networks of a drawing', () => {
  const route = 'set protocols static interface-route';
  const cases: [string, string, string][] = [
    ['a route of their own', `${route} 10.42.4.0/24 next-hop-interface wg4\n`, '10.42.4.0/24'],
    ['a route that covers them', `${route} 10.42.0.0/16 next-hop-interface wg4\n`, '10.42.4.0/24'],
    ['allowed IPs', 'set interfaces wireguard wg4 route-allowed-ips true\n', '10.42.4.0/24'],
    ['BGP', limited, '10.42.4.0/24 (by BGP from 192.168.5.4)'],
    ['BGP, unlimited', neighbor, '10.42.4.0/24 (unless by BGP from 192.168.5.4: no route)'],
    [
      'another interface',
      `set interfaces wireguard wg5 address 192.168.5.15/32\n${route} 10.42.4.0/24 next-hop-interface wg5\n`,
      '10.42.4.0/24 (routed to wg5)',
    ],
    ['nothing', '', '10.42.4.0/24 (no route)'],
    [
      'nothing but the default route',
      'set interfaces ethernet eth0 address 192.0.2.2/24\nset protocols static route 0.0.0.0/0 next-hop 192.0.2.1\n',
      '10.42.4.0/24 (no route)',
    ],
  ];
  for (const [what, lines, expected] of cases)
    it(`are reached by ${what}`, () => assert.deepEqual(networksOf(lines), [expected]));
});
