// Sessions of BGP: the tables of ZebOS and Quagga, and what status says of the neighbours of the site file.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { neighborStatus } from '../../src/health/neighbor-status.ts';
import type { RouterFacts } from '../../src/plan/types/facts.ts';
import { neighborBlock } from '../../src/report/neighbors.ts';
import { parseSessions } from '../../src/router/sessions.ts';
import type { Neighbor } from '../../src/site/site.ts';
import { aSite, someFacts } from '../support/builders.ts';

const zebos = `BGP router identifier 10.5.0.1, local AS number 64512
BGP table version is 7
2 BGP AS-PATH entries
0 BGP community entries

Neighbor                 V   AS   MsgRcv    MsgSen TblVer   InQ   OutQ    Up/Down   State/PfxRcd
10.5.0.4                 4 64513   26         25       7      0      0  00:11:33               5
10.5.0.5                 4 64513    0          0       0      0      0     never          Active
10.5.0.6                 4 64513    0          0       0      0      0  03w6d21h    Idle (Admin)
FD00:5:0::7              4 4200000001 9       9       7      0      0  1d02h03m               0

Total number of neighbors 4

Total number of Established sessions 2
`;
const quagga = `BGP router identifier 10.5.0.1, local AS number 64512
RIB entries 5, using 560 bytes of memory
Peers 2, using 9136 bytes of memory

Neighbor        V         AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.5.0.4        4      64513     125     127        0    0    0 02:03:04        2
2001:db8:ffff:ffff::4
                4      64513       0       0        0    0    0 never    Connect

Total number of neighbors 2
`;
const short = (text: string) =>
  parseSessions(text)?.map(({ address, state, prefixes, since }) => [address, state, prefixes, since]);

describe('the table of sessions', () => {
  it('is read as ZebOS prints it', () => {
    assert.deepEqual(short(zebos), [
      ['10.5.0.4', 'Established', 5, '00:11:33'],
      ['10.5.0.5', 'Active', undefined, 'never'],
      ['10.5.0.6', 'Idle (Admin)', undefined, '03w6d21h'],
      ['fd00:5::7', 'Established', 0, '1d02h03m'],
    ]);
    assert.equal(parseSessions(zebos)?.at(-1)?.remoteAsn, 4200000001);
  });

  it('is read as Quagga prints it, with a long address on a line of its own', () => {
    assert.deepEqual(short(quagga.replaceAll('\n', '\r\n')), [
      ['10.5.0.4', 'Established', 2, '02:03:04'],
      ['2001:db8:ffff:ffff::4', 'Connect', undefined, 'never'],
    ]);
  });

  it('may have nobody in it, and anything else is no such table', () => {
    assert.deepEqual(parseSessions('No IPv4 neighbor is configured\n'), []);
    for (const text of ['', '  Invalid command: show ip bgp [summary]\n', zebos.replace('64513', 'what')])
      assert.equal(parseSessions(text), undefined);
  });
});

describe('status of the neighbours', () => {
  const neighbor = (address: string, more: Partial<Neighbor> = {}): Neighbor => ({
    at: ['bgp', 'neighbors', address],
    address,
    family: address.includes(':') ? 6 : 4,
    tunnel: 'wg4',
    remoteAsn: 64513,
    disable: false,
    accept: [],
    ...more,
  });
  const of = (sessions: RouterFacts['sessions'], ...neighbors: Neighbor[]) => {
    const facts = someFacts(sessions === undefined ? {} : { sessions });
    return neighborStatus(aSite([], { bgp: { at: ['bgp'], asn: 64512, neighbors } }), facts);
  };
  const all = ['10.5.0.4', '10.5.0.5', '10.5.0.9', 'fd00:5::8'].map(address => neighbor(address));

  it('fails where a session is not established, or is another one', () => {
    const found = of(parseSessions(zebos), ...all, neighbor('fd00:5::7'));
    assert.deepEqual(
      found.map(({ state, failed }) => [state, ...failed]),
      [
        ['Established'],
        ['Active', 'no session with 10.5.0.5: Active'],
        ['missing', 'no session with 10.5.0.9: missing'],
        ['unknown'],
        ['Established', 'fd00:5::7 is configured as AS 4200000001, not 64513'],
      ],
    );
    const text = neighborBlock(found, new Chalk({ level: 0 }));
    assert.match(
      text,
      /^BGP\n {4}10\.5\.0\.4 +wg4 +AS 64513 +Established +for 00:11:33 +5 prefixes received\n/,
    );
    assert.match(text, /10\.5\.0\.5 +wg4 +AS 64513 +Active +never up\n/);
    assert.match(text, /failed: no session with 10\.5\.0\.5: Active/);
  });

  it('fails where the router has no BGP, and not where it is switched off', () => {
    assert.deepEqual(of(undefined, neighbor('10.5.0.4'))[0]?.failed, ['no session with 10.5.0.4: missing']);
    const [off] = of(parseSessions(zebos), neighbor('10.5.0.6', { disable: true }));
    assert.deepEqual([off?.state, off?.failed], ['disabled', []]);
  });

  it("says that it doesn't know, where the table can't be read", () => {
    const found = of('unreadable', ...all);
    assert.ok(found.every(({ state, failed }) => state === 'unknown' && failed.length === 0));
    assert.match(neighborBlock(found, new Chalk({ level: 0 })), /can't be read: see show ip bgp summary$/);
  });
});
