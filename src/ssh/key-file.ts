// One identity file: its public half at once, its private half when it is needed, with the passphrase from the environment
// or a person. What is wrong with it is reported as a problem, so that the next key gets its turn.

import type { Access, FileRead } from './access.ts';
import type { Credentials } from './credentials.ts';
import type { Hop } from './hop.ts';
import type { KeyOffer } from './key-offer.ts';
import { openPrivateKey, publicHalf } from './private-key.ts';
import { type Problem, ProblemError } from './problem.ts';
import type { ParsedKey } from './ssh2.ts';

const biggest = 1 << 20;

export async function readKeyFile(
  path: string,
  hop: Hop,
  access: Access,
  credentials: Credentials,
  problems: Problem[],
): Promise<KeyOffer | undefined> {
  try {
    const file = await access.files.read(path).catch((error: Error) => {
      throw unreadable(path, error.message);
    });
    const beside = await access.files.read(`${path}.pub`).catch(() => undefined);
    if (file === undefined && beside === undefined) {
      if (hop.identities.named) throw missing(path);
      return undefined;
    }
    if (file !== undefined && file.bytes.length > biggest) throw unusable(path, 'it is larger than 1 MiB');
    if (file !== undefined) checkRights(path, file, access.uid);
    const key = (beside && publicHalf(beside.bytes)) ?? (file && publicHalf(file.bytes));
    const open = () => credentials.opened(path, () => unlock(path, file?.bytes, hop, credentials));
    const isOpen = file !== undefined && openPrivateKey(file.bytes).kind === 'open';
    if (key !== undefined) return { ...offerOf(path, key, open), isOpen };
    const opened = await open(); // an encrypted key in old PEM has its public half nowhere in clear
    return offerOf(path, opened, async () => opened);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(error.problem);
    return undefined;
  }
}

/** As OpenSSH: a private key that others can read is not used. */
function checkRights(path: string, file: FileRead, uid: number | undefined): void {
  if (file.owner !== uid || (file.mode & 0o077) === 0 || holdsPublicKey(file.bytes)) return;
  const rights = file.mode.toString(8).padStart(4, '0');
  const what = `${path} can be read by others (${rights}) and is not used`;
  throw new ProblemError({ code: 'key-file-rights', what, hint: `run: chmod 600 ${path}` });
}

function holdsPublicKey(bytes: Buffer): boolean {
  return publicHalf(bytes) !== undefined && openPrivateKey(bytes).kind === 'unusable';
}

function offerOf(label: string, key: ParsedKey, open: () => Promise<ParsedKey>): KeyOffer {
  return {
    label,
    key,
    sign: async (data, hash) => {
      const signature: Buffer | Error = (await open()).sign(data, hash);
      if (signature instanceof Error) throw unusable(label, signature.message);
      return signature;
    },
  };
}

async function unlock(
  path: string,
  bytes: Buffer | undefined,
  hop: Hop,
  credentials: Credentials,
): Promise<ParsedKey> {
  if (bytes === undefined) throw onlyPublic(path);
  const first = openPrivateKey(bytes);
  if (first.kind === 'open') return first.key;
  if (first.kind === 'unusable') throw unusable(path, first.why);
  const given = await credentials.given('EDGEWG_KEY_PASSPHRASE');
  const opened = given && openPrivateKey(bytes, given);
  if (opened?.kind === 'open') return opened.key;
  let typed = false;
  for (let attempt = 0; attempt < hop.prompts; attempt++) {
    const answer = await credentials.ask(`Passphrase for ${path}: `);
    if (answer === undefined) break;
    typed = true;
    const tried = openPrivateKey(bytes, answer);
    if (tried.kind === 'open') return tried.key;
  }
  if (given === undefined && !typed) throw locked(path);
  const hint = given === undefined ? 'run the command again' : 'correct EDGEWG_KEY_PASSPHRASE';
  throw new ProblemError({ code: 'wrong-passphrase', what: `the passphrase for ${path} is wrong`, hint });
}

function unreadable(path: string, why: string): ProblemError {
  return new ProblemError({
    code: 'key-file-unreadable',
    what: `${path} can't be read: ${why}`,
    hint: 'make it readable for you',
  });
}

function missing(path: string): ProblemError {
  return new ProblemError({
    code: 'key-file-missing',
    what: `${path} doesn't exist`,
    hint: 'correct IdentityFile in ssh_config',
  });
}

function onlyPublic(path: string): ProblemError {
  const what = `${path} holds only the public key, and no agent has the private one`;
  return new ProblemError({
    code: 'key-file-missing',
    what,
    hint: 'add the private key to the ssh-agent: ssh-add',
  });
}

function unusable(path: string, why: string): ProblemError {
  const hint = 'use an ed25519, ecdsa or rsa key in OpenSSH or PEM format, or put it into an ssh-agent';
  return new ProblemError({ code: 'key-file-unusable', what: `${path} can't be used: ${why}`, hint });
}

function locked(path: string): ProblemError {
  const what = `${path} is encrypted, and its passphrase wasn't given`;
  return new ProblemError({
    code: 'passphrase-missing',
    what,
    hint: 'set EDGEWG_KEY_PASSPHRASE, or put the key into an ssh-agent',
  });
}
