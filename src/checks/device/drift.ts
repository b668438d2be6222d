// What was committed but never saved: the save at the end of an apply would make it last, unseen. What was saved and got lost is
// told by EW021, where whole interfaces are gone: there a save is no way out.

import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import { lostLeaves } from '../../plan/lost-leaves.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { withoutDefaults } from '../../vyatta/defaults.ts';

/** Who applies at the moment, from edgewg's own files on the router (read.sh, `applies`). */
function atWork(applies: string): string | undefined {
  const state = applies.split(/^== /m).find(part => /^\S+\.state alive$/m.test(part));
  if (state === undefined) return undefined;
  const word = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(state)?.[1] ?? 'unknown';
  return `${word('who')} since ${word('since')}, apply ${word('id')}, ${word('state')}`;
}

export const drift: Check = {
  explanations: {
    EW025: {
      title: 'running and saved configuration differ',
      why: `Somebody committed something and never saved it. An apply ends with a save, which would make that change last
      without anybody having meant it; and if the router rebooted now, the change would be gone. Whoever made it may still
      be trying it out.`,
      way: `Ask who is at work, then save the change on the router or take it back (configure; load; commit), and plan again.
      --allow drift applies all the same, and saves both.`,
    },
  },
  find({ facts, running }) {
    if (facts === undefined) return [];
    if (!facts.isDriftKnown) return [notCompared];
    // what an apply that is held leaves unsaved is told of by EW027
    if (facts.held.length > 0) return [];
    const there = tunnelKind.names(running);
    const gone = facts.savedWireguard.filter(name => !there.includes(name));
    // what a newer release prints of itself, a save may keep
    const others = withoutDefaults(facts.drift).filter(line => !isOfGone(line, gone));
    if (others.length === 0) return [];
    const shown = others.slice(0, 5).join('; ');
    const more = others.length > 5 ? `; and ${others.length - 5} more` : '';
    return [
      {
        code: 'EW025',
        severity: 'error',
        message: `running and saved configuration differ, and the save of an apply would make that last: ${shown}${more}`,
        hint: wayOut(facts, running, gone),
        allow: 'drift',
      },
    ];
  },
};

export const notCompared: Finding = {
  code: 'EW025',
  severity: 'error',
  message:
    'the router could not compare running and saved configuration: whether they agree is unknown, and the save of an apply would bury the difference',
  hint: 'look at /config/config.boot on the router, and save there what is meant to last',
  allow: 'drift',
};

/** The line says of whole interfaces that they are saved and not there: `delete interfaces wireguard wg4`. */
function isOfGone(line: string, gone: readonly string[]): boolean {
  const all = `delete ${tunnelKind.tag().join(' ')}`;
  return gone.length > 0 && (line === all || gone.some(name => `${line} `.startsWith(`${all} ${name} `)));
}

function wayOut(facts: RouterFacts, running: CheckInput['running'], gone: readonly string[]): string {
  const other = atWork(facts.applies);
  if (other !== undefined)
    return `another edgewg is at work on this router: ${other}; wait until it has saved or put back`;
  const isLost = lostLeaves(running, facts.lost).some(path => !gone.includes(path[2] ?? ''));
  const heal = isLost ? 'where something got lost at boot, edgewg doctor --heal loads it back; else ' : '';
  return `${heal}save or undo it on the router first`;
}

/** For a heal: what else differs from config.boot, line by line, and the save at its end would make last. */
export function driftBesides(others: readonly string[]): Finding[] {
  if (others.length === 0) return [];
  const more = others.length > 5 ? `; and ${others.length - 5} more` : '';
  return [
    {
      code: 'EW025',
      severity: 'error',
      message: `running and saved configuration also differ in other things, and the save would make that last: ${others.slice(0, 5).join('; ')}${more}`,
      hint: 'save or undo it on the router first',
      allow: 'drift',
    },
  ];
}
