// The processes below one, from /proc.
import { readFileSync } from 'node:fs';

const textOf = path => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

/** Of one process: `{ pid, parent, cpuMs }`, with the time of the children that it has waited for; undefined when it has ended. */
function statOf(pid) {
  const text = textOf(`/proc/${pid}/stat`);
  // the name stands in parentheses, and may have any in it
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 16) return undefined;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), cpuMs: ticks * 10 };
}

/** All below `pid`, parents before their children. */
export function processesBelow(pid) {
  const found = [];
  const queue = [pid];
  while (queue.length > 0) {
    const one = queue.shift();
    for (const child of textOf(`/proc/${one}/task/${one}/children`).split(' ').filter(Boolean).map(Number)) {
      const stat = statOf(child);
      if (stat === undefined) continue;
      found.push(stat);
      queue.push(child);
    }
  }
  return found;
}

/** The words that a process was started with, as a log of strace shows them. */
export const wordsOf = pid =>
  textOf(`/proc/${pid}/cmdline`)
    .split('\0')
    .map(word => `"${word}"`)
    .join(', ');
