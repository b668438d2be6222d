// The cases of the fault matrix: what goes wrong, and when. A moment is a step of the lab (`set:3`, `commit`, `exec:2`), a byte of the
// router's output, or a line that the client prints.
import type { ChildProcess } from 'node:child_process';
import { parseFault } from '../../src/lab/faults.ts';
import type { Lab } from '../../src/lab/lab.ts';

export interface Case {
  readonly moment: string;
  readonly fault: string;
  /** Before the client starts. */
  readonly arm?: (lab: Lab) => void;
  /** When the client prints a line that matches; once. */
  readonly when?: { readonly line: RegExp; readonly act: (lab: Lab, client: ChildProcess) => void };
  /** Somebody else commits, or saves: what they do survives. */
  readonly isForeign?: true;
}

const armed = (moment: string, fault: string): Case => ({
  moment,
  fault,
  arm: lab => lab.faults.add(`${moment}=${fault}`),
  ...(fault.startsWith('foreign') ? { isForeign: true as const } : {}),
});

/** What the client prints on its way, in order. */
const lines: Record<string, RegExp> = {
  'key made': /key of/,
  armed: /armed:/,
  set: /set \d+ of/,
  committed: /committed/,
  proving: /proving/,
  'login proven': /ok: login/,
  confirming: /confirming/,
};

const atLine = (moment: string, fault: string, act: NonNullable<Case['when']>['act']): Case => ({
  moment,
  fault,
  when: { line: lines[moment] ?? /$^/, act },
});

const foreign = 'foreign:set system host-name foreign';
const now = (fault: string) => (lab: Lab) => void lab.now(parseFault(`now=${fault}`)).catch(() => undefined);

function* all(): Generator<Case> {
  for (const exec of ['exec:1', 'exec:2', 'exec:3', 'exec:4'])
    for (const fault of ['drop', 'silence', 'close', 'refuse', 'stall:1500', 'reboot'])
      yield armed(exec, fault);
  for (const auth of ['auth:1', 'auth:2'])
    for (const fault of ['drop', 'silence', 'refuse']) yield armed(auth, fault);
  for (const set of ['set:1', 'set:2', 'set:5', 'set:9', 'set:14', 'set:19'])
    for (const fault of ['drop', 'silence', 'close', 'fail', 'reboot', foreign, 'stall:1500'])
      yield armed(set, fault);
  for (const commit of ['commit', 'commit:after'])
    for (const fault of ['drop', 'silence', 'close', 'fail', 'reboot', foreign, 'stall:1500', 'lock:2000'])
      if (commit === 'commit' || !/^(fail|lock)/.test(fault)) yield armed(commit, fault);
  for (const priority of [210, 450, 459, 460, 920]) yield armed(`commit:subtree:${priority}`, 'fail');
  for (const fault of ['drop', 'silence', 'fail', 'full', 'reboot', foreign]) yield armed('save', fault);
  for (const moment of Object.keys(lines)) {
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      yield atLine(moment, `client ${signal}`, (_, client) => void client.kill(signal));
    for (const fault of ['drop', 'silence', 'reboot', 'clock:600', 'clock:-600'])
      yield atLine(moment, fault, now(fault));
    yield { ...atLine(moment, 'foreign commit', now(foreign)), isForeign: true };
  }
}

/** Bytes of the router's output, every `step`th: the line dies there, the first time that a channel comes so far. */
function* bytes(step: number, most: number): Generator<Case> {
  for (let byte = 1; byte <= most; byte += step)
    for (const fault of ['drop', 'close']) yield armed(`output:${byte}`, fault);
}

export const cases: readonly Case[] = [...all(), ...bytes(150, 11_000)];

/** The same `count` cases for the same seed, spread over all. */
export function sample(count: number, seed: number): readonly Case[] {
  const weight = (i: number): number => Math.imul(i + 1, 2654435761 ^ seed) >>> 0;
  return cases
    .map((value, i) => ({ value, weight: weight(i) }))
    .sort((a, b) => a.weight - b.weight)
    .slice(0, count)
    .map(({ value }) => value);
}
