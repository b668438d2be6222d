import assert from 'node:assert/strict';
import { otherHost } from '../../src/lab/other-hosts.ts';

describe('names on a lab router', () => {
  it('mean an address for tests, the same every time, and one of their own', () => {
    const [one, two] = [otherHost('vpn.example.net'), otherHost('vpn.example.org')];
    assert.match(one ?? '', /^198\.1[89]\.\d+\.\d+$/);
    assert.equal(otherHost('VPN.example.net.'), one);
    assert.notEqual(two, one);
  });

  it('mean nothing below .invalid', () => {
    assert.equal(otherHost('gone.invalid'), undefined);
    assert.equal(otherHost('invalid'), undefined);
    assert.notEqual(otherHost('valid.example'), undefined);
  });
});
