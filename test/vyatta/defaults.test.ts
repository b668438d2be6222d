import assert from 'node:assert/strict';
import { withoutDefaults } from '../../src/vyatta/defaults.ts';

describe('defaults that a newer release prints', () => {
  it('are no difference, where nothing was said before', () => {
    assert.deepEqual(
      withoutDefaults([
        'set firewall ipv6-src-route disable',
        'set interfaces ethernet eth0 duplex auto',
        'set interfaces wireguard wg0 mtu 1420',
        'set service dhcp-server hostfile-update disable',
        'set service dhcp-server static-arp disable',
        'set service dhcp-server use-dnsmasq disable',
        'set service ssh port 22',
      ]),
      [],
    );
  });

  it('are one where somebody had said something else, or says it', () => {
    const lines = [
      'delete interfaces wireguard wg0 mtu 1400',
      'set interfaces wireguard wg0 mtu 1420',
      'set interfaces wireguard wg1 mtu 1400',
      'set service dhcp-server use-dnsmasq enable',
      'set service ssh port 2222',
      "set system host-name 'unclosed",
    ];
    assert.deepEqual(withoutDefaults(lines), lines);
  });
});
