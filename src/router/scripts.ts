// The shell scripts that run on the router, as files beside the code so that they can be read and checked as what they are.
import { readFileSync } from 'node:fs';
import { shippedFile } from '../shipped.ts';

const load = (name: string): string => readFileSync(shippedFile(`dist/src/router/scripts/${name}`), 'utf8');

/** Reads a router; the same bytes in every run of a version. */
export const readScript = (): string =>
  ['say.sh', 'secrets.sh', 'evidence.sh', 'read.sh'].map(load).join('\n');

/** Takes the lock and unpacks what follows. */
export const startScript = (): string => ['say.sh', 'home.sh', 'start.sh'].map(load).join('\n');

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
    'transact.sh',
    'keep-record.sh',
    'switch.sh',
    'answer.sh',
    'main.sh',
  ]
    .map(load)
    .join('\n');

/** Makes key files outside of a transaction. */
export const makeKeysScript = (): string => ['say.sh', 'key-files.sh', 'make-keys.sh'].map(load).join('\n');

/** Takes key files away under the lock of an apply. */
export const forgetKeysScript = (): string =>
  ['say.sh', 'home.sh', 'start.sh', 'secrets.sh', 'evidence.sh', 'session.sh', 'forget-keys.sh']
    .map(load)
    .join('\n');
