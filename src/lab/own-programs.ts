// The programs inside that are about the lab and the machine, not about its configuration: reboot, at, and `edgewg-lab`,
// by which a user of the lab arranges mishaps over SSH.
import { EdgewgError } from '../errors.ts';
import type { AtDaemon } from './at.ts';
import type { Answer, Call } from './call.ts';
import { type Faults, kinds, parseFault } from './faults.ts';
import type { Mishaps } from './mishaps.ts';

export interface OwnPrograms {
  readonly at: AtDaemon;
  readonly faults: Faults;
  readonly mishaps: Mishaps;
  reboot(): void;
  /** The other end of a peer is there, or no longer. */
  setPeerUp(link: string, publicKey: string, isUp: boolean): void;
}

const said = (stdout: string, exit = 0): Answer => ({ stdout, stderr: '', exit });
const complained = (stderr: string, exit = 1): Answer => ({ stdout: '', stderr, exit });

/** Undefined when the program is the engine's. */
export function ownProgram(call: Call, own: OwnPrograms): Promise<Answer> | undefined {
  switch (call.program) {
    case 'reboot':
    case 'shutdown':
      return Promise.resolve(goDown(call, own));
    case 'edgewg-lab':
      return control(call.args, own);
    default: {
      const answer = own.at.call(call);
      return answer && Promise.resolve(answer);
    }
  }
}

function goDown(call: Call, { reboot }: OwnPrograms): Answer {
  if (call.user !== 'root') return complained(`${call.program}: must be superuser.\n`);
  reboot();
  return said('');
}

async function control([command, ...words]: readonly string[], own: OwnPrograms): Promise<Answer> {
  const { faults } = own;
  if (command === 'fault' && words.length > 0) return arm(words, own);
  if (command === 'faults') {
    const list = (title: string, of: Faults['armed']) =>
      of
        .map(
          ({ step, kind, argument }) =>
            `${title} ${step}=${kind}${argument === undefined ? '' : `:${argument}`}\n`,
        )
        .join('');
    return said(list('armed', faults.armed) + list('fired', faults.fired));
  }
  if (command === 'clear') {
    faults.clear();
    return said('');
  }
  const [state, link, key] = words;
  if (command === 'peer' && (state === 'up' || state === 'down') && link && key) {
    own.setPeerUp(link, key, state === 'up');
    return said('');
  }
  return complained(usage, 2);
}

/** A fault at `now` happens before the answer, which may therefore never come. */
async function arm(words: readonly string[], { faults, mishaps }: OwnPrograms): Promise<Answer> {
  try {
    for (const fault of words.map(parseFault)) {
      if (fault.step === 'now') await mishaps.perform(fault);
      else faults.add(fault);
    }
    return said('');
  } catch (error) {
    if (!(error instanceof EdgewgError)) throw error;
    return complained(`edgewg-lab: ${error.message}; ${error.hint}\n`, 2);
  }
}

const usage = `usage: edgewg-lab fault STEP=WHAT...      let something go wrong, once, at a step
       edgewg-lab faults                  what is still to happen, and what has
       edgewg-lab clear                   let nothing go wrong
       edgewg-lab peer up|down wgN KEY    the other end of a peer

STEP  auth[:N] exec[:N] output:BYTE set[:N] delete[:N] commit commit:subtree:PRIORITY commit:after save load now
WHAT${Object.entries(kinds)
  .map(([kind, does]) => `  ${kind.padEnd(10)} ${does}`)
  .join('\n    ')}
`;
