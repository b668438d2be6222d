// A process that runs one case after the other: labs and clients need more than one thread, and a case that goes wrong takes no other
// with it.
import { type Reference, runCase } from './case.ts';
import type { Case } from './cases.ts';

process.on('message', ({ one, good }: { one: Case; good: Reference }) => {
  runCase(one, good).then(
    row => process.send?.({ row }),
    error => process.send?.({ error: String(error) }),
  );
});
