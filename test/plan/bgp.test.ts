// The hops that a BGP neighbour may be away, where the site file leaves it open.
import assert from 'node:assert/strict';
import { makePlan } from '../../src/plan/make.ts';
import { renderCommands } from '../../src/report/commands.ts';
import type { Neighbor } from '../../src/site/site.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { aSite, aTunnel, placeOf } from '../support/builders.ts';

const running = parseCommands('set interfaces wireguard wg0 address 192.168.5.1/24\n');

/** What the plan says of hops, for a neighbour of AS 64513 through wg4 with these addresses. */
function hops(address: string[], more: Partial<Neighbor> = {}): string[] {
  const at = ['bgp', 'neighbors', '192.168.5.4'];
  const neighbor: Neighbor = {
    at,
    address: '192.168.5.4',
    family: 4,
    tunnel: 'wg4',
    remoteAsn: 64513,
    disable: false,
    accept: [],
    ...more,
  };
  const tunnels = [aTunnel('wg4', { address }), aTunnel('wg0')];
  const bgp = { at: ['bgp'], asn: 64512, neighbors: [neighbor] };
  const plan = makePlan({ site: aSite(tunnels, { bgp }), placeOf, running });
  return renderCommands(plan, false)
    .split('\n')
    .filter(line => line.includes('ebgp-multihop'))
    .map(line => line.replace(/.*neighbor /, ''));
}

describe('bgp: hops to a neighbour', () => {
  it('are two when a route leads to it, or its routes would stay inactive', () => {
    assert.deepEqual(hops(['192.168.5.14/32']), ['192.168.5.4 ebgp-multihop 2']);
    assert.deepEqual(hops(['fd00::14/64', '192.168.6.14/24']), ['192.168.5.4 ebgp-multihop 2']);
    const v6 = { address: 'fd00:5::4', family: 6 } as const;
    assert.deepEqual(hops(['fd00:5::14/128'], v6), ["'fd00:5::4' ebgp-multihop 2"]);
  });

  it('are left alone when it is in a network of the tunnel', () => {
    assert.deepEqual(hops(['192.168.5.14/24']), []);
    assert.deepEqual(hops(['192.168.6.14/32', '192.168.5.14/31', '192.168.5.1/28']), []);
    assert.deepEqual(hops(['fd00:5::14/64'], { address: 'fd00:5::4', family: 6 }), []);
  });

  it('are judged by the router where the file says no address', () => {
    assert.deepEqual(hops(['192.168.5.14/32'], { tunnel: 'wg0' }), []);
  });

  it('are left alone within an AS, and as the file says where it says', () => {
    assert.deepEqual(hops(['192.168.5.14/32'], { remoteAsn: 64512 }), []);
    assert.deepEqual(hops(['192.168.5.14/24'], { ebgpMultihop: 5 }), ['192.168.5.4 ebgp-multihop 5']);
    assert.deepEqual(hops(['192.168.5.14/32'], { ebgpMultihop: 1 }), ['192.168.5.4 ebgp-multihop 1']);
  });
});
