// What a router came up with, where not all of it could be read.
import assert from 'node:assert/strict';
import type { HeldApply } from '../../src/plan/types/facts.ts';
import { cameUpWith } from '../../src/router/after-restart.ts';
import type { Reading } from '../../src/router/read.ts';

const id = '20260101-000000-aaaa';
const held = { id, proven: 'new', before: 'old', saved: 'kept' } as HeldApply;
const reading = (facts: Partial<Reading['facts']>): Reading =>
  ({
    facts: {
      bootId: 'second',
      applies: `2026-01-01T00:00:00Z ${id} held 600`,
      digest: 'old',
      savedDigest: 'kept',
      isDriftKnown: true,
      drift: [],
      ...facts,
    },
  }) as unknown as Reading;
const found = (facts: Partial<Reading['facts']>, of = held) =>
  cameUpWith({ held: of, reading: reading({ bootId: 'first' }), replan: undefined }, reading(facts));

describe('what a router that restarted came up with', () => {
  it('is what was there before, where both configurations are', () => {
    assert.equal(found({}), 'before');
    assert.equal(found({ bootId: 'first' }), undefined);
    assert.equal(found({ savedDigest: 'other' }), 'neither');
  });

  it('is not before, where nobody could read one of them, then or now', () => {
    assert.equal(found({ savedDigest: '' }, { ...held, saved: '' }), 'neither');
    assert.equal(found({ digest: '' }, { ...held, before: '' }), 'neither');
  });

  it('is what was applied only where that is known to be saved', () => {
    assert.equal(found({ digest: 'new' }), 'applied');
    assert.equal(found({ digest: 'new', isDriftKnown: false }), 'neither');
    assert.equal(found({ digest: 'new', drift: ['set system host-name other'] }), 'neither');
  });

  it('is a stranger without the log of the apply', () => {
    assert.equal(found({ applies: '' }), 'stranger');
  });
});
