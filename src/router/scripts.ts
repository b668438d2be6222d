// The shell scripts that run on the router, as files beside the code so that they can be read and checked as what they are.
import { readFileSync } from 'node:fs';

const load = (name: string): string => readFileSync(new URL(`./scripts/${name}`, import.meta.url), 'utf8');

/** Reads a router; the same bytes in every run of a version. */
export const readScript = (): string => load('read.sh');

/** Takes the lock and unpacks what follows. */
export const startScript = (): string => load('start.sh');

/** The functions of a transaction and of its dead-man switch. */
export const transactionScript = (): string => load('key-files.sh') + load('transact.sh');

/** Makes key files outside of a transaction. */
export const makeKeysScript = (): string => load('key-files.sh') + load('make-keys.sh');
