// The processes that a lab router starts, counted exactly: strace follows the lab's box, and this takes its log apart. A process is counted
// by what started it: a shell of edgewg's, or a program that such a shell runs. What the configuration system starts is its own, and what
// stands in for a program of the router in the lab (a script around `date`) counts as the one program that it is there.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { phaseOf } from './phases.mjs';

/** The words that run the lab under strace, which stands beside it, so that signals reach the lab; the log goes to `file`. */
export const traced = (file, words) => [
  'strace',
  ...['-D', '-f', '-q', '-ttt', '-s', '400', '--seccomp-bpf', '--decode-pids=pidns', '-e', 'signal=none'],
  ...['-e', 'trace=clone,clone3,fork,vfork,execve', '-o', file, ...words],
];

/** Whether strace is here and may be used. */
export async function canTrace() {
  const child = spawn('strace', ['-f', '--seccomp-bpf', '-e', 'trace=execve', '-o', '/dev/null', 'true'], {
    stdio: 'ignore',
  });
  return await new Promise(resolve => {
    child.once('error', () => resolve(false));
    child.once('close', code => resolve(code === 0));
  });
}

/** Programs of the configuration system: they and what they start are not edgewg's. */
const ofTheSystem = /\/(?:vyatta-(?:cfg|op)-cmd-wrapper|cli-shell-api|my_[a-z]+|vyatta-[a-z-]+\.pl)$/;
/** These start a child, on a router as in the lab. */
const withChild = /\/(?:sudo|sg|find)$/;

/** All processes of a log by their id: `{ parent, at, programs }`; threads are none. */
function processesOf(file) {
  const all = new Map();
  const of = id => {
    if (!all.has(id)) all.set(id, { parent: undefined, at: 0, programs: [] });
    return all.get(id);
  };
  const open = new Map();
  for (const raw of readFileSync(file, 'utf8').split('\n')) {
    const found = /^(\d+) +(\d+\.\d+) (.*)$/.exec(raw);
    if (found === null) continue;
    const [, id, time] = found;
    let line = found[3];
    if (line.endsWith('<unfinished ...>')) {
      open.set(id, line);
      continue;
    }
    if (line.startsWith('<... ')) line = (open.get(id) ?? '') + line;
    if (/^(?:clone3?|v?fork)\(/.test(line)) {
      const child = / = (\d+)(?: \/\* (\d+) in strace's PID NS \*\/)?$/.exec(line);
      if (child === null || line.includes('CLONE_THREAD')) continue;
      Object.assign(of(child[2] ?? child[1]), { parent: id, at: Number(time) });
    } else if (line.startsWith('execve(') && line.endsWith(' = 0')) {
      const words = /^execve\("([^"]*)", \[(.*?)\](?:\.\.\.)?, /.exec(line);
      if (words !== null) of(id).programs.push({ at: Number(time), path: words[1], words: words[2] });
    }
  }
  return all;
}

/** Whether it was a program at a time, rather than a shell of edgewg's, or one that starts a child on a router too. */
function isProgram({ programs }, at) {
  const path = programs.filter(one => one.at <= at).at(-1)?.path ?? '';
  return path !== '' && !/\/(?:v?ba|da)?sh$/.test(path) && !withChild.test(path);
}

/**
 * By phase, in the order of their first process: `{ phase, own, system, names }`, of the processes from `since` on (seconds since 1970).
 * Every reading is a phase of its own, with its number.
 */
export function countProcesses(file, since = 0, until = Number.POSITIVE_INFINITY) {
  const all = processesOf(file);
  const roles = new Map();
  let readings = 0;
  // what it counts as: { phase, kind } with kind `own`, `system`, or `inner` for what only the lab has
  const roleOf = id => {
    if (roles.has(id)) return roles.get(id);
    const one = all.get(id);
    const parent = one?.parent === undefined ? undefined : roleOf(one.parent);
    let phase = one?.programs.map(({ words }) => phaseOf(words)).find(found => found !== undefined);
    if (phase === 'read' && parent?.phase?.startsWith('read') === true) phase = undefined;
    else if (phase === 'read') phase = one.at < since ? 'before' : `read ${++readings}`;
    let kind = 'own';
    if (parent !== undefined && parent.kind !== 'own') kind = parent.kind === 'system' ? 'system' : 'inner';
    else if (one?.parent !== undefined && isProgram(all.get(one.parent), one.at)) kind = 'inner';
    if (one?.programs.some(({ path }) => ofTheSystem.test(path))) kind = kind === 'own' ? 'system' : kind;
    if (phase !== undefined && parent?.phase === undefined) kind = 'own';
    const role = { phase: phase ?? parent?.phase, kind };
    roles.set(id, role);
    return role;
  };
  const phases = new Map();
  for (const [id, one] of [...all].sort(([, a], [, b]) => a.at - b.at)) {
    const { phase, kind } = roleOf(id);
    if (phase === undefined || one.at < since || one.at >= until || kind === 'inner') continue;
    if (!phases.has(phase)) phases.set(phase, { phase, own: 0, system: 0, names: {} });
    const count = phases.get(phase);
    if (kind === 'system') {
      if (roleOf(one.parent).kind === 'system') continue;
      count.system += 1;
      continue;
    }
    count.own += 1;
    const name =
      one.programs
        .map(({ path }) => path.split('/').at(-1))
        .filter(path => !['unshare', 'env', 'setpriv', 'perl'].includes(path))
        .join('>') || '(fork)';
    count.names[name] = (count.names[name] ?? 0) + 1;
  }
  return [...phases.values()];
}
