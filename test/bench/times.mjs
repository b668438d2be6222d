// CPU and wall time on the router's side by phase: looks at the processes of a lab's box again and again while a command runs. Strace would
// slow down what it follows. What a process took after the last look at it is found at who waited for it, so that the sum is whole, and a
// phase is right to about one look.
import { phaseOf } from './phases.mjs';
import { processesBelow, wordsOf } from './tree.mjs';

const lookMs = 20;
/** Logins, and what the lab is of itself. */
const rest = 'the rest';

/** Begins at once; `end()` gives `{ cpu, wall, phases: [{ phase, cpu, wall }] }` in seconds. */
export function takeTimes(pid) {
  const seen = new Map();
  const phases = new Map();
  const begun = performance.now();
  let readings = 0;
  for (const { pid: one, ...rest } of processesBelow(pid)) seen.set(one, { ...rest, phase: 'before' });

  const phaseAt = (one, parent) => {
    const known = seen.get(one)?.phase;
    const own = phaseOf(wordsOf(one));
    if (own === undefined) return known ?? inherited(parent);
    if (own !== 'read') return own;
    // the programs of a reading begin as copies of its shell
    const behind = known ?? inherited(parent);
    return behind.startsWith('read') ? behind : `read ${++readings}`;
  };
  const inherited = parent => {
    const phase = seen.get(parent)?.phase;
    return phase === undefined || phase === 'before' ? rest : phase;
  };
  const add = (phase, cpuMs, now, isThere) => {
    const sum = phases.get(phase) ?? { phase, cpu: 0, from: now, to: now };
    phases.set(phase, sum);
    sum.cpu += cpuMs / 1000;
    if (isThere) sum.to = now;
  };
  const look = () => {
    const now = performance.now();
    const there = processesBelow(pid);
    const alive = new Set(there.map(one => one.pid));
    // those that have ended, children first: whoever waited for them has their time from now on, of which this much is told already
    const told = new Map();
    for (const [one, { cpuMs, parent }] of [...seen].reverse()) {
      if (alive.has(one)) continue;
      told.set(parent, (told.get(parent) ?? 0) + cpuMs + (told.get(one) ?? 0));
      seen.delete(one);
    }
    for (const { pid: one, parent, cpuMs } of there) {
      const before = seen.get(one);
      const phase = before?.phase === 'before' ? 'before' : phaseAt(one, parent);
      const more = cpuMs - (before?.cpuMs ?? 0) - (told.get(one) ?? 0);
      add(phase === 'before' ? rest : phase, more, now, phase !== 'before');
      seen.set(one, { phase, cpuMs, parent });
    }
  };
  const timer = setInterval(look, lookMs);
  return {
    end() {
      clearInterval(timer);
      look();
      const all = [...phases.values()].map(({ phase, cpu, from, to }) => ({
        phase,
        cpu,
        wall: (to - from) / 1000,
      }));
      const cpu = all.reduce((sum, one) => sum + one.cpu, 0);
      return { cpu, wall: (performance.now() - begun) / 1000, phases: all };
    },
  };
}
