// Who may log in to the lab: a password or a public key per user, compared in constant time.
import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import type { Account } from '../box/accounts.ts';

export interface Access {
  /** Undefined for a name the router doesn't know. */
  account(name: string): Promise<Account | undefined>;
  password(account: Account): string | undefined;
  /** Lines of authorized_keys. */
  authorizedKeys(account: Account): Promise<readonly string[]>;
}

const offered = ['publickey', 'password'] as const;

export interface Proven {
  readonly account: Account;
  /** What the key's line has run in place of whatever is asked for. */
  readonly forced: string | undefined;
}

/** The account that has proven who it is; undefined (and the client told what else it may try) otherwise. */
export async function authenticate(context: AuthContext, access: Access): Promise<Proven | undefined> {
  const account = await access.account(context.username);
  const by = account && (await proof(context, account, access));
  if (account && by !== undefined) return { account, forced: forcedCommand(by) };
  context.reject([...offered]);
  return undefined;
}

/** The line of authorized_keys that lets in, or an empty one for a password. */
async function proof(context: AuthContext, account: Account, access: Access): Promise<string | undefined> {
  if (context.method === 'password') {
    const password = access.password(account);
    const isRight = password !== undefined && same(Buffer.from(context.password), Buffer.from(password));
    return isRight ? '' : undefined;
  }
  if (context.method !== 'publickey') return undefined;
  for (const line of await access.authorizedKeys(account)) {
    const key = parse(line);
    if (key && same(key.getPublicSSH(), context.key.data)) return signs(context, key) ? line : undefined;
  }
  return undefined;
}

/** Of the options before the key; sshd knows one escape there, a quote. */
function forcedCommand(line: string): string | undefined {
  return /(?:^|,)command="((?:\\"|[^"])*)"/.exec(line)?.[1]?.replaceAll('\\"', '"');
}

/** Without a signature the client only asks whether the key would do. */
function signs({ blob, signature, hashAlgo }: PublicKeyAuthContext, key: ParsedKey): boolean {
  return signature === undefined || (blob !== undefined && key.verify(blob, signature, hashAlgo) === true);
}

/** The key of an authorized_keys line, with or without options in front; undefined for a comment or what isn't a key. */
function parse(line: string): ParsedKey | undefined {
  const bare = line.replace(/"(?:\\"|[^"])*"/g, '');
  const key = ssh2.utils.parseKey(/(?:ssh|ecdsa)-[\w@.-]+ [\w+/=]+/.exec(bare)?.[0] ?? '');
  return key instanceof Error || Array.isArray(key) ? undefined : key;
}

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
