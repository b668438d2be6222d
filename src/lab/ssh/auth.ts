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

/** The account that has proven who it is; undefined (and the client told what else it may try) otherwise. */
export async function authenticate(context: AuthContext, access: Access): Promise<Account | undefined> {
  const account = await access.account(context.username);
  if (account && (await proves(context, account, access))) return account;
  context.reject([...offered]);
  return undefined;
}

async function proves(context: AuthContext, account: Account, access: Access): Promise<boolean> {
  if (context.method === 'password') {
    const password = access.password(account);
    return password !== undefined && same(Buffer.from(context.password), Buffer.from(password));
  }
  if (context.method !== 'publickey') return false;
  for (const line of await access.authorizedKeys(account)) {
    const key = parse(line);
    if (key && same(key.getPublicSSH(), context.key.data)) return signs(context, key);
  }
  return false;
}

/** Without a signature the client only asks whether the key would do. */
function signs({ blob, signature, hashAlgo }: PublicKeyAuthContext, key: ParsedKey): boolean {
  return signature === undefined || (blob !== undefined && key.verify(blob, signature, hashAlgo) === true);
}

/** The key of an authorized_keys line, with or without options in front; undefined for a comment or what isn't a key. */
function parse(line: string): ParsedKey | undefined {
  const key = ssh2.utils.parseKey(/(?:ssh|ecdsa)-[\w@.-]+ [\w+/=]+/.exec(line)?.[0] ?? '');
  return key instanceof Error || Array.isArray(key) ? undefined : key;
}

const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
