// Holds processes and all that they start to a share of one core, as a slow router would have: by a control group where one may be made,
// and by stopping and continuing them where not.
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesBelow } from './tree.mjs';

/** Short, so that a held process is slow rather than now quick and now still. */
const periodMs = 50;

/** The ways, best first: the folder of control groups, and what is written there to hold a group. */
const groups = [
  {
    name: 'control group (v1, cpu.cfs_quota_us)',
    folder: '/sys/fs/cgroup/cpu',
    limits: percent => ({
      'cpu.cfs_period_us': periodMs * 1000,
      'cpu.cfs_quota_us': periodMs * 10 * percent,
      // whatever else the machine does
      'cpu.shares': 262_144,
    }),
  },
  {
    name: 'control group (v2, cpu.max)',
    folder: '/sys/fs/cgroup',
    limits: percent => ({
      'cpu.max': `${periodMs * 10 * percent} ${periodMs * 1000}`,
      'cpu.weight': 10_000,
    }),
  },
];

/** Holds what runs below `pid` to `percent` of a core: `{ how, end() }`. What is started later is held as well. */
export function holdToShare(pid, percent) {
  for (const { name, folder, limits } of groups) {
    const group = join(folder, `edgewg-bench-${process.pid}-${pid}`);
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    const end = () => {
      for (const one of processesIn(group)) put(one, folder);
      rmdirSync(group);
    };
    try {
      // not made: a folder in which the kernel made no such files is no control group
      for (const [file, value] of Object.entries(limits(percent)))
        writeFileSync(join(group, file), `${value}`, { flag: 'r+' });
      for (const one of processesBelow(pid)) put(one.pid, group);
      if (processesIn(group).length > 0) return { how: name, end };
    } catch {
      // the next way
    }
    end();
  }
  return {
    how: `stopped and continued every ${periodMs} ms, so on each core`,
    end: stopAndContinue(pid, percent),
  };
}

function processesIn(group) {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function put(pid, group) {
  try {
    writeFileSync(join(group, 'cgroup.procs'), `${pid}`, { flag: 'r+' });
  } catch {
    // it has ended, or may not go there
  }
}

function stopAndContinue(pid, percent) {
  let timer;
  const signalAll = signal => {
    const told = new Set();
    // again, for what was started meanwhile
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const one of processesBelow(pid)) {
        if (told.has(one.pid)) continue;
        told.add(one.pid);
        isNew = true;
        try {
          process.kill(one.pid, signal);
        } catch {
          // it has ended
        }
      }
    }
  };
  const run = () => {
    signalAll('SIGCONT');
    timer = setTimeout(stop, (periodMs * percent) / 100);
  };
  const stop = () => {
    signalAll('SIGSTOP');
    timer = setTimeout(run, (periodMs * (100 - percent)) / 100);
  };
  stop();
  return () => {
    clearTimeout(timer);
    signalAll('SIGCONT');
  };
}
