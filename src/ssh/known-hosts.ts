// known_hosts as sshd(8) describes it: who has which key. Pure: takes text, gives entries; reads no file, decides nothing.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { matchesList } from './pattern.ts';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Comma separated patterns, or one hashed name. */
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
}

/** Lines that are no entries (comments, other formats, nonsense) are skipped, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const entries: KnownHost[] = [];
  text.split('\n').forEach((line, index) => {
    const words = line.trim().split(/[ \t]+/, 5);
    if (words[0] === '' || words[0]?.startsWith('#')) return;
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
    const [names, type, base64] = words;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return;
    const key = keyBlob(type, base64);
    if (names === undefined || type === undefined || key === undefined) return;
    const kind =
      marker === '@revoked' ? 'revoked' : marker === '@cert-authority' ? 'cert-authority' : undefined;
    entries.push({ file, line: index + 1, marker: kind, names, type, key });
  });
  return entries;
}

/** The bytes of a public key when the text is one of that type. */
export function keyBlob(type: string | undefined, base64: string | undefined): Buffer | undefined {
  if (type === undefined || base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, 'base64');
  return keyType(key) === type ? key : undefined;
}

/** The type that a public key names itself, its first string (RFC 4253 6.6). */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length <= 64 && key.length >= 4 + length ? key.toString('latin1', 4, 4 + length) : undefined;
}

/** As ssh-keygen -l prints it: `SHA256:…` without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Whether an entry's names cover the host; `name` is lower case, `[host]:port` unless the port is 22. */
export function coversHost(entry: KnownHost, name: string): boolean {
  if (entry.names.startsWith('|')) return matchesHashed(entry.names, name);
  return matchesList(name, entry.names.toLowerCase().split(','));
}

function matchesHashed(hashed: string, name: string): boolean {
  const [, magic, salt, hash] = hashed.split('|');
  if (magic !== '1' || salt === undefined || hash === undefined) return false;
  const wanted = Buffer.from(hash, 'base64');
  const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return own.length === wanted.length && timingSafeEqual(own, wanted);
}

/** The name under which a host's key is filed. */
export function filedName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** One line for the end of a known_hosts file; a hashed name tells nobody which hosts are visited. */
export function formatKnownHost(name: string, key: Buffer, hashed: boolean): string {
  return `${hashed ? hashName(name) : name} ${keyType(key) ?? 'unknown'} ${key.toString('base64')}\n`;
}

function hashName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
