// What runs and isn't saved was committed since the proof only where what was proven is otherwise.
import assert from 'node:assert/strict';
import type { Reading } from '../../src/router/read.ts';
import { isUnsavedSince } from '../../src/router/unsaved-since.ts';
import { aRouter, someFacts } from '../support/builders.ts';

const port = 'interfaces wireguard wg4 listen-port 51824';
const description = "interfaces ethernet eth2 description 'Guest / spare'";
const proven: Reading = { running: aRouter(port, description), facts: someFacts() };
const isSince = (drift: readonly string[], isDriftKnown = true): boolean =>
  isUnsavedSince(proven, { ...proven, facts: { ...someFacts(), drift, isDriftKnown } });

describe('what runs and is not saved', () => {
  it('was committed since the proof where that had it otherwise', () => {
    assert.equal(isSince([]), true);
    assert.equal(isSince(['set system host-name other']), true);
    assert.equal(isSince(['set interfaces ethernet eth2 description other']), true);
    assert.equal(isSince([`delete ${description}`, 'delete interfaces wireguard wg4']), true);
  });

  it('was there at the proof where that had it too, so that it was not saved', () => {
    assert.equal(isSince([`set ${port}`]), false);
    assert.equal(isSince(['set system host-name other', `set ${description}`]), false);
    assert.equal(isSince(['delete system host-name other']), false);
  });

  it('is not known where the router could not compare', () => {
    assert.equal(isSince([], false), false);
    assert.equal(isSince(['something else']), false);
  });
});
