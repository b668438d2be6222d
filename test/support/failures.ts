// For an engine that a test makes itself: the failures that are asked of the lab, at the engine's own steps.
import type { Faults } from '../../src/lab/engine/faults.ts';
import type { Lab } from '../../src/lab/lab.ts';

export const failuresOf = (lab: () => Lab | undefined): Faults => ({
  async at(step) {
    const fault = lab()?.faults.reach(step, ['fail']);
    return fault && { fail: fault.argument ?? 'it failed on purpose' };
  },
});
