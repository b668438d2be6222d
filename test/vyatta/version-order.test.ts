import assert from 'node:assert/strict';
import { byVersion } from '../../src/vyatta/tree.ts';

/** Neighbours as real routers print them. */
const lists = [
  ['10', '20', '100', '5010'],
  ['SOURCE_ROUTE', 'balance'],
  ['http-port', 'https-port', 'older-ciphers'],
  [
    'ipv6-name',
    'ipv6-receive-redirects',
    'ipv6-src-route',
    'ip-src-route',
    'log-martians',
    'name',
    'options',
  ],
  ['ADDR-WHITELIST', 'ADDR-OPENDNS-BYPASS'],
  ['iot-video', 'iot-non-video'],
  ['eth0', 'eth1', 'eth10'],
  ['mss-clamp', 'mss-clamp6'],
  ['interface-route', 'interface-route6', 'route', 'route6', 'table'],
];

describe('the order of nodes', () => {
  for (const list of lists)
    it(list.join(', '), () => {
      assert.deepEqual([...list].reverse().sort(byVersion), list);
    });
});
