// Private keys as files hold them: which public key they belong to, and how they are opened. Asks nobody.
import { createPrivateKey } from 'node:crypto';
import type { Secret } from '../secret.ts';
import { type ParsedKey, parseKey } from './ssh2.ts';

export type Opened =
  | { readonly kind: 'open'; readonly key: ParsedKey }
  | { readonly kind: 'locked' }
  | { readonly kind: 'unusable'; readonly why: string };

/** Opens a private key; `locked` when it is encrypted and the passphrase is missing or wrong. */
export function openPrivateKey(bytes: Buffer, passphrase?: Secret): Opened {
  const text = bytes.toString('latin1');
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return openPkcs8(text, passphrase);
  const encrypted = parse(bytes);
  if (!(encrypted instanceof Error)) return usable(encrypted);
  if (!/no passphrase given/.test(encrypted.message)) return { kind: 'unusable', why: encrypted.message };
  if (passphrase === undefined) return { kind: 'locked' };
  const key = parse(bytes, passphrase.reveal());
  return key instanceof Error ? { kind: 'locked' } : usable(key);
}

/** The public half without a passphrase: from a .pub text, an open private key, or the header of an encrypted one. */
export function publicHalf(bytes: Buffer): ParsedKey | undefined {
  const key = parse(bytes);
  if (!(key instanceof Error)) return key;
  const header = headerKey(bytes.toString('latin1'));
  const inHeader = header && parse(header);
  return inHeader instanceof Error ? undefined : inHeader;
}

function usable(key: ParsedKey): Opened {
  return key.isPrivateKey() ? { kind: 'open', key } : { kind: 'unusable', why: 'it holds no private key' };
}

function parse(bytes: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const parsed: ParsedKey | ParsedKey[] | Error = parseKey(bytes, passphrase);
    return (Array.isArray(parsed) ? parsed[0] : parsed) ?? new Error('it is empty');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** ssh2 can't read PKCS#8, which ssh-keygen -m PKCS8 and openssl write; Node can. */
function openPkcs8(text: string, passphrase?: Secret): Opened {
  if (text.includes('BEGIN ENCRYPTED') && passphrase === undefined) return { kind: 'locked' };
  try {
    const key = createPrivateKey({ key: text, ...(passphrase && { passphrase: passphrase.reveal() }) });
    const type = key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs1';
    const parsed = parse(Buffer.from(key.export({ type, format: 'pem' })));
    return parsed instanceof Error ? { kind: 'unusable', why: parsed.message } : usable(parsed);
  } catch (error) {
    if (text.includes('BEGIN ENCRYPTED')) return { kind: 'locked' };
    return { kind: 'unusable', why: error instanceof Error ? error.message : String(error) };
  }
}

/** OpenSSH's format has the public key in clear: magic, cipher, kdf, kdf options, count, public key (PROTOCOL.key). */
function headerKey(text: string): Buffer | undefined {
  const match = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text);
  const blob = Buffer.from(match?.[1] ?? '', 'base64');
  const magic = 'openssh-key-v1\0';
  if (blob.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  for (let strings = 0; strings < 3; strings++) {
    if (at + 4 > blob.length) return undefined;
    at += 4 + blob.readUInt32BE(at);
  }
  at += 4;
  if (at + 4 > blob.length) return undefined;
  const length = blob.readUInt32BE(at);
  return at + 4 + length <= blob.length ? blob.subarray(at + 4, at + 4 + length) : undefined;
}
