// The keys that may open a hop, in the order OpenSSH offers them: named files that the agent holds, the agent's other keys,
// then files. A key is only opened (and its passphrase asked for) when the server has said that it would take it.
import type { Access } from './access.ts';
import type { Hop } from './hop.ts';
import { openPrivateKey, publicHalf } from './private-key.ts';
import { OpenSSHAgent, type ParsedKey } from './ssh2.ts';
import type { Vault } from './vault.ts';

export interface KeyOffer {
  /** For messages: `agent key comment` or the file's path. */
  readonly label: string;
  readonly key: ParsedKey;
  /** Rejects with a Problem when the key can't be opened or the agent says no. */
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}

export interface FoundKeys {
  readonly offers: readonly KeyOffer[];
  readonly problems: readonly Problem[];
}

/** Why a way in wasn't taken; what the final refusal tells. */
export interface Problem {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.what);
    this.problem = problem;
  }
}

const agentPatienceMs = 10_000;

export async function findKeys(hop: Hop, access: Access, vault: Vault): Promise<FoundKeys> {
  const problems: Problem[] = [];
  const agent = hop.identities.agent === undefined ? [] : await agentKeys(hop.identities.agent, problems);
  const files: KeyOffer[] = [];
  for (const path of hop.identities.files) {
    const offer = await fileKey(path, hop, access, vault, problems);
    if (offer !== undefined) files.push(offer);
  }
  const same = (a: KeyOffer) => (b: KeyOffer) => a.key.getPublicSSH().equals(b.key.getPublicSSH());
  const held = files.flatMap(file => agent.find(same(file)) ?? []);
  const otherAgent = hop.identities.only ? [] : agent.filter(key => !held.some(same(key)));
  return { offers: [...held, ...otherAgent, ...files.filter(file => !held.some(same(file)))], problems };
}

function agentKeys(path: string, problems: Problem[]): Promise<KeyOffer[]> {
  const agent = new OpenSSHAgent(path);
  return new Promise(resolve => {
    const give = (offers: KeyOffer[], problem?: Problem) => {
      clearTimeout(timer);
      if (problem !== undefined) problems.push(problem);
      resolve(offers);
    };
    const unreachable: Problem = {
      code: 'agent-unreachable',
      what: `no ssh-agent answers at ${path}`,
      hint: 'start one (eval "$(ssh-agent)") or unset SSH_AUTH_SOCK',
    };
    const timer = setTimeout(() => give([], unreachable), agentPatienceMs);
    agent.getIdentities((error, keys) => {
      if (error || keys === undefined) return give([], unreachable);
      if (keys.length === 0) {
        return give([], {
          code: 'agent-empty',
          what: 'the ssh-agent holds no keys',
          hint: 'add one: ssh-add ~/.ssh/id_ed25519',
        });
      }
      give(keys.flatMap(key => ('getPublicSSH' in key ? agentKey(agent, key) : [])));
    });
  });
}

function agentKey(agent: InstanceType<typeof OpenSSHAgent>, key: ParsedKey): KeyOffer {
  const label = `agent key ${key.comment || key.type}`;
  return {
    label,
    key,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        const options = hash === 'sha256' || hash === 'sha512' ? { hash } : {};
        agent.sign(key, data, options as { hash?: 'sha256' | 'sha512' }, (error, signature) => {
          if (signature !== undefined && !error) return resolve(signature);
          reject(
            new ProblemError({
              code: 'agent-refused',
              what: `the ssh-agent didn't sign with ${label}`,
              hint: 'see what the agent asks',
            }),
          );
        });
      }),
  };
}

async function fileKey(
  path: string,
  hop: Hop,
  access: Access,
  vault: Vault,
  problems: Problem[],
): Promise<KeyOffer | undefined> {
  const complain = (code: string, what: string, hint: string) => {
    problems.push({ code, what, hint });
    return undefined;
  };
  const read = (name: string) => access.files.read(name).catch((error: Error) => error);
  const file = await read(path);
  if (file instanceof Error)
    return complain(
      'key-file-unreadable',
      `${path} can't be read: ${file.message}`,
      'make it readable for you',
    );
  const beside = await read(`${path}.pub`);
  const publicFile = beside instanceof Error ? undefined : beside;
  if (file === undefined && publicFile === undefined) {
    return hop.identities.named
      ? complain('key-file-missing', `${path} doesn't exist`, 'correct IdentityFile in ssh_config')
      : undefined;
  }
  if (
    file !== undefined &&
    file.owner === access.uid &&
    (file.mode & 0o077) !== 0 &&
    !holdsPublicKey(file.bytes)
  ) {
    const rights = file.mode.toString(8).padStart(4, '0');
    return complain(
      'key-file-rights',
      `${path} can be read by others (${rights}) and is not used`,
      `run: chmod 600 ${path}`,
    );
  }
  const key = (publicFile && publicHalf(publicFile.bytes)) ?? (file && publicHalf(file.bytes));
  const bytes = file?.bytes;
  if (key === undefined && bytes !== undefined) return unlockFirst(path, bytes, hop, vault, problems);
  if (key === undefined) return undefined;
  return lazily(path, key, () => unlock(path, bytes, hop, vault));
}

function holdsPublicKey(bytes: Buffer): boolean {
  const key = publicHalf(bytes);
  return key !== undefined && openPrivateKey(bytes).kind === 'unusable';
}

/** A key whose public half stands nowhere in clear (old PEM) must be opened before it can be offered. */
async function unlockFirst(
  path: string,
  bytes: Buffer,
  hop: Hop,
  vault: Vault,
  problems: Problem[],
): Promise<KeyOffer | undefined> {
  try {
    const key = await unlock(path, bytes, hop, vault);
    return lazily(path, key, async () => key);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(error.problem);
    return undefined;
  }
}

function lazily(path: string, key: ParsedKey, open: () => Promise<ParsedKey>): KeyOffer {
  let opened: Promise<ParsedKey> | undefined;
  return {
    label: path,
    key,
    sign: async (data, hash) => {
      opened ??= open();
      const signature: Buffer | Error = (await opened).sign(data, hash);
      if (signature instanceof Error) throw signature;
      return signature;
    },
  };
}

async function unlock(path: string, bytes: Buffer | undefined, hop: Hop, vault: Vault): Promise<ParsedKey> {
  const missing = {
    code: 'key-file-missing',
    what: `${path} holds only the public key, and no agent has the private one`,
    hint: 'add it: ssh-add',
  };
  if (bytes === undefined) throw new ProblemError(missing);
  const first = openPrivateKey(bytes);
  if (first.kind === 'open') return first.key;
  if (first.kind === 'unusable') {
    const hint = 'use an ed25519, ecdsa or rsa key in OpenSSH or PEM format, or put it into an ssh-agent';
    throw new ProblemError({ code: 'key-file-unusable', what: `${path} can't be used: ${first.why}`, hint });
  }
  const given = await vault.given('EDGEWG_KEY_PASSPHRASE');
  const byEnvironment = given && openPrivateKey(bytes, given);
  if (byEnvironment?.kind === 'open') return byEnvironment.key;
  let typed = false;
  for (let attempt = 0; attempt < hop.prompts; attempt++) {
    const answer = await vault.ask(`Passphrase for ${path}: `);
    if (answer === undefined) break;
    typed = true;
    const opened = openPrivateKey(bytes, answer);
    if (opened.kind === 'open') return opened.key;
  }
  if (given === undefined && !typed) {
    const what = `${path} is encrypted, and its passphrase wasn't given`;
    throw new ProblemError({
      code: 'passphrase-missing',
      what,
      hint: 'set EDGEWG_KEY_PASSPHRASE, or put the key into an ssh-agent',
    });
  }
  const what = `the passphrase for ${path} is wrong`;
  throw new ProblemError({
    code: 'wrong-passphrase',
    what,
    hint: given ? 'correct EDGEWG_KEY_PASSPHRASE' : 'try again',
  });
}
