// What the proof of an apply says of a tunnel that was taken away, and from what.
import assert from 'node:assert/strict';
import { probeInterface } from '../../src/router/prove.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { someFacts } from '../support/builders.ts';

describe('the proof that a tunnel is gone', () => {
  const live = { publicKey: '', listenPort: 0, peers: [], mtu: 1420, addresses: [] };
  const proven = (facts: Parameters<typeof someFacts>[0]) =>
    probeInterface({ running: parseCommands(''), facts: someFacts(facts) }, 'wg4');

  it('is that neither wg nor the kernel shows it', () => {
    assert.deepEqual(proven({ links: ['lo', 'eth0', 'wg40'] }), [{ name: 'wg4 is gone', ok: true }]);
  });

  it('is none while one of them does', () => {
    const [byWg] = proven({ interfaces: new Map([['wg4', live]]) });
    assert.deepEqual(byWg, { name: 'wg4 is gone', ok: false, saw: 'wg still shows it' });
    const [byKernel] = proven({ links: ['lo', 'wg4'] });
    assert.deepEqual(byKernel, { name: 'wg4 is gone', ok: false, saw: 'ip addr still shows it' });
  });

  it('is none where nothing could be seen', () => {
    const [unseen] = proven({ links: [] });
    assert.deepEqual(unseen, { name: 'wg4 is gone', ok: false, saw: 'ip addr shows no interface at all' });
  });
});
