// `at`, `atq` and `atrm`: jobs that run once, later, as whoever asked. They are lost with a reboot, which the router's own
// use of it (commit-confirm) never survives either.
import { quote } from '../vyatta/words.ts';
import type { Answer, Call } from './call.ts';
import type { Clock } from './clock.ts';

interface Job {
  readonly id: number;
  readonly due: Date;
  readonly user: string;
  readonly script: string;
}

export interface AtDaemon {
  /** Answers the three programs; undefined for any other. */
  call(call: Call): Answer | undefined;
  /** A job of the router's own: `act` is what the script stands for. */
  schedule(due: Date, script: string, act: () => void): { readonly id: number; cancel(): void };
  /** A reboot loses them all. */
  clear(): void;
}

export function atDaemon(clock: Clock, run: (script: string, as: Call) => Promise<unknown>): AtDaemon {
  const jobs = new Map<number, { job: Job; cancel: () => void }>();
  let last = 0;
  const put = (due: Date, user: string, script: string, act: () => void) => {
    const id = ++last;
    const cancel = clock.at(due, () => {
      jobs.delete(id);
      act();
    });
    jobs.set(id, { job: { id, due, user, script }, cancel });
    return {
      id,
      cancel() {
        cancel();
        jobs.delete(id);
      },
    };
  };
  const print = (call: Call): Answer => {
    const job = jobs.get(Number(call.args[1]))?.job;
    const missing = `Cannot find jobid ${call.args[1] ?? ''}\n`;
    return job === undefined
      ? { stdout: '', stderr: missing, exit: 1 }
      : { stdout: `#!/bin/sh\n${job.script}`, stderr: '', exit: 0 };
  };
  const add = (call: Call): Answer => {
    const words = call.args.filter(word => !/^-[mMqv]$/.test(word));
    const due = dueOf(words.join(' '), clock.now());
    if (!due)
      return {
        stdout: '',
        stderr: `syntax error. Last token seen: ${words.at(-1) ?? ''}\nGarbled time\n`,
        exit: 1,
      };
    const script = call.stdin?.toString() ?? '';
    const { id } = put(due, call.user, script, () => {
      run(`cd ${quote(call.cwd)} || cd /\n${script}`, call).catch(() => undefined);
    });
    const note = 'warning: commands will be executed using /bin/sh\n';
    return { stdout: '', stderr: `${note}job ${id} at ${dateOf(due)}\n`, exit: 0 };
  };
  const remove = (call: Call): Answer => {
    const unknown = call.args.filter(word => !jobs.has(Number(word)));
    for (const word of call.args) {
      jobs.get(Number(word))?.cancel();
      jobs.delete(Number(word));
    }
    const stderr = unknown.map(word => `Cannot find jobid ${word}\n`).join('');
    return { stdout: '', stderr, exit: unknown.length ? 1 : 0 };
  };
  const list = (call: Call): Answer => {
    const visible = [...jobs.values()].filter(({ job }) => call.user === 'root' || call.user === job.user);
    const stdout = visible.map(({ job }) => `${job.id}\t${dateOf(job.due)} a ${job.user}\n`).join('');
    return { stdout, stderr: '', exit: 0 };
  };
  return {
    call(call) {
      if (call.program === 'atq' || (call.program === 'at' && call.args[0] === '-l')) return list(call);
      if (call.program === 'atrm') return remove(call);
      if (call.program === 'at' && call.args[0] === '-c') return print(call);
      return call.program === 'at' ? add(call) : undefined;
    },
    schedule: (due, script, act) => put(due, 'root', script, act),
    clear() {
      for (const { cancel } of jobs.values()) cancel();
      jobs.clear();
    },
  };
}

/** The times that scripts use: `now`, `now + N minutes` (or hours, days; of whole minutes, as atd does), `HH:MM`. */
function dueOf(text: string, now: Date): Date | undefined {
  const minute = 60_000;
  const start = Math.floor(now.getTime() / minute) * minute;
  if (text === 'now') return now;
  const [, count, unit] = /^now ?\+ ?(\d+) ?(minute|hour|day)s?$/.exec(text) ?? [];
  const minutes = { minute: 1, hour: 60, day: 1440 }[unit ?? ''];
  if (minutes) return new Date(start + Number(count) * minutes * minute);
  const [, hour, ofHour] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const due = new Date(start);
  due.setHours(Number(hour), Number(ofHour));
  return due < now ? new Date(due.getTime() + 1440 * minute) : due;
}

/** `Mon Nov 20 11:41:00 2026`. */
function dateOf(date: Date): string {
  const [day = '', month = '', number = '', year = '', time = ''] = date.toString().split(' ');
  return `${day} ${month} ${String(Number(number)).padStart(2)} ${time} ${year}`;
}
