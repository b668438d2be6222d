// What brings back the WireGuard nodes that config.boot has and the running configuration hasn't: after a firmware upgrade, when the
// package is installed again, or when a name didn't resolve at boot. A plan like any other, whose only wish is the saved configuration.

import { driftBesides, notCompared } from '../checks/device/drift.ts';
import { lostWireguard } from '../checks/device/firmware.ts';
import { appliesHeld } from '../checks/device/held.ts';
import { confirmsPending } from '../checks/device/pending-confirm.ts';
import { goneWithFile } from '../checks/keys/named-keys.ts';
import { unhealable } from '../checks/keys/unrestorable.ts';
import { difference } from '../plan/difference.ts';
import { lostLeaves } from '../plan/lost-leaves.ts';
import { summarize } from '../plan/make.ts';
import { applied, commitsOf } from '../plan/order.ts';
import type { RouterFacts } from '../plan/types/facts.ts';
import { type Finding, formatVersion, type KeyStep, type Operation, type Plan } from '../plan/types/plan.ts';
import { parseCommands } from '../vyatta/commands.ts';
import { isHidden, isLiteral, isSecretLeaf, redacted, shownOf } from '../vyatta/redact.ts';
import { UnreadableText } from '../vyatta/source.ts';
import { leaves, type Path, startsWith, type Tree } from '../vyatta/tree.ts';
import { keyFileOf } from '../wireguard/key.ts';

interface Reading {
  readonly running: Tree;
  readonly facts: RouterFacts;
}

/** Empty when nothing is lost. Refused while the package is missing, or when a save would make other people's changes last. */
export function planHeal({ running, facts }: Reading, router: string): Plan {
  const lost = lostLeaves(running, facts.lost);
  const diagnostics: Finding[] = [];
  const keys: KeyStep[] = [];
  const sets: Operation[] = [];
  for (const path of lost) {
    const { word, found, step } = answerKey(path, facts);
    if (found !== undefined) diagnostics.push(found);
    if (step !== undefined) keys.push(step);
    sets.push({ op: 'set', path: [...path.slice(0, -1), word] });
  }
  const found = difference(running, applied(running, sets), () => 'ours');
  const commits = commitsOf(running, found);
  return {
    format_version: formatVersion,
    router,
    changes: found.changes,
    keys,
    commits,
    diagnostics: [
      ...confirmsPending(facts),
      ...appliesHeld(facts),
      ...lostWireguard(running, facts).filter(({ code }) => code === 'EW020' || lost.length === 0),
      ...diagnostics,
      // what was not compared may well be lost
      ...(facts.isDriftKnown ? driftBesides(otherLines(facts.drift, lost)) : [notCompared]),
    ],
    running_digest: facts.digest,
    summary: summarize(found.changes, commits),
  };
}

interface Answer {
  /** What stands in the configuration at the leaf. */
  readonly word: string;
  readonly found?: Finding;
  readonly step?: KeyStep;
}

/** A literal key moves into a file, as in every other plan: no plan and no record holds one. A file that is gone can't be healed. */
function answerKey(path: Path, { keyFiles }: RouterFacts): Answer {
  const word = path.at(-1) ?? '';
  const leaf = path.slice(0, -1);
  if (word === redacted && isHidden(leaf)) return { word, found: unhealable(leaf) };
  if (!isSecretLeaf(leaf)) return { word };
  const [, , tunnel = ''] = path;
  const isPrivate = leaf.length === 4;
  if (isLiteral(word)) {
    const shown = shownOf(word);
    const own = `/config/auth/${tunnel}.key`;
    const there = keyFiles.get(own);
    const isFree = isPrivate && (there === undefined || there.publicKey === shown);
    const file = isFree ? own : keyFileOf(tunnel, shown);
    return { word: file, step: { tunnel, do: 'move', path: file, from: leaf } };
  }
  if (keyFiles.get(word)?.publicKey !== undefined) return { word };
  return { word, found: goneWithFile(leaf, word) };
}

/** Lines of the drift that are about something else than what was lost. */
export function otherLines(drift: readonly string[], lost: readonly Path[]): string[] {
  return drift.filter(line => !isOfLoss(line, lost));
}

/** `delete PATH`: from the saved to the running configuration something went, all of which the heal brings back. */
function isOfLoss(line: string, lost: readonly Path[]): boolean {
  if (!line.startsWith('delete ')) return !line.startsWith('set ');
  try {
    const [leaf] = leaves(parseCommands(line.replace(/^delete/, 'set')));
    return leaf !== undefined && lost.some(path => startsWith(path, leaf.path));
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    return false;
  }
}
