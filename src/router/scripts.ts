// The shell scripts that run on the router, as files beside the code so that they can be read and checked as what they are.
import { readFileSync } from 'node:fs';
import { filterMark } from '../plan/types/origin.ts';
import { shippedFile } from '../shipped.ts';
import { probedNodes } from '../vyatta/probed-nodes.ts';
import { lists } from '../vyatta/shown-names.ts';

/** A file of these, as it is sent: without comments on lines of their own and without indentation: nobody reads them on the router, and a forced command must be short. */
export function script(name: string): string {
  const text = readFileSync(shippedFile(`dist/src/router/scripts/${name}`), 'utf8');
  return text
    .replace(/^ *#.*\n|^ +|^\n/gm, '')
    .replace(/@(boxes|shows|hides)@/g, (_, list: keyof typeof lists) => lists[list].join(' '))
    .replaceAll('@filter@', filterMark)
    .replaceAll('@probes@', probedNodes);
}

/** Reads a router; the same bytes in every run of a version. What is in it counts against the length of a forced command. */
export const readScript = (): string => ['secrets.sh', 'evidence.sh', 'read.sh'].map(script).join('\n');

/** Reads again what an apply changes, and parts of the kernel. */
export const readAgainScript = (): string => `${script('read-again.sh')}\n${readScript()}`;

/** Takes the lock and unpacks what follows. */
export const startScript = (): string => ['say.sh', 'home.sh', 'start.sh'].map(script).join('\n');

/** A transaction and its dead-man switch: functions, and in the last lines which of them is called. */
export const transactionScript = (): string =>
  [
    'say.sh',
    'home.sh',
    'secrets.sh',
    'evidence.sh',
    'session.sh',
    'belongs.sh',
    'undo.sh',
    'key-files.sh',
    'helper-files.sh',
    'transact.sh',
    'keep-record.sh',
    'window.sh',
    'switch.sh',
    'answer.sh',
    'main.sh',
  ]
    .map(script)
    .join('\n');

/** Checks after a commit, each a line behind it. */
export const proofScript = (): string => script('proof.sh');

/** Makes key files outside of a transaction. */
export const makeKeysScript = (): string => ['say.sh', 'key-files.sh', 'make-keys.sh'].map(script).join('\n');

/** Takes key files away under the lock of an apply. */
export const forgetKeysScript = (): string =>
  ['say.sh', 'home.sh', 'start.sh', 'secrets.sh', 'evidence.sh', 'session.sh', 'forget-keys.sh']
    .map(script)
    .join('\n');
