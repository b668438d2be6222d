// WireGuard keys: 32 bytes in base64. A private key is a Secret; what may be shown of it is its public half.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { Secret } from '../secret.ts';

/** What the router's own check accepts: 43 characters of base64 and `=` (docs/edgeos.md 'WireGuard nodes'). */
const shape = /^[0-9A-Za-z+/]{43}=$/;

/** 32 bytes in the one base64 text that `wg` prints: the two spare bits of the last character are zero. */
export function isKey(text: string): boolean {
  return shape.test(text) && Buffer.from(text, 'base64').toString('base64') === text;
}

/** PKCS#8 (RFC 8410) around a raw X25519 key. */
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The public key, in base64, of a private key in base64. Throws a RangeError (without the text) when it isn't a key. */
export function publicKeyOf(privateKey: Secret): string {
  const text = privateKey.reveal();
  if (!shape.test(text)) throw new RangeError('not a WireGuard private key');
  const der = Buffer.concat([pkcs8, Buffer.from(text, 'base64')]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}

/** What may be known of a key by those who mustn't have it. */
export interface KeyIdentity {
  /** A private key's public half; `sha256:…` for a preshared key, which has none. */
  readonly shown: string;
  /** What `wg pubkey` makes of the key, whichever it is: tells whether a file on the router holds the same one. */
  readonly publicKey: string;
  /** Where a key of that identity lies on the router: see {@link keyFileOf}. */
  readonly path: string;
}

/** `sha256:` and 16 hex digits. Only for preshared keys, which have the entropy that makes it safe to show. */
export function fingerprintOf(presharedKey: Secret): string {
  return `sha256:${createHash('sha256').update(presharedKey.reveal()).digest('hex').slice(0, 16)}`;
}

/** Where a key of that identity lies on the router: another key is another path, so that the router sees a change. */
export function keyFileOf(interfaceName: string, shown: string): string {
  const mark = shown.replace(/^sha256:/, '').replaceAll(/[^0-9A-Za-z]/g, '');
  return `/config/auth/edgewg-${interfaceName}-${mark.slice(0, 12)}.key`;
}

/** A new key pair, as `wg genkey` and `wg pubkey` would make it. */
export function generateKeyPair(): { privateKey: Secret; publicKey: string } {
  const { privateKey } = generateKeyPairSync('x25519');
  const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const secret = new Secret(clamp(raw).toString('base64'));
  return { privateKey: secret, publicKey: publicKeyOf(secret) };
}

/** A new preshared key, as `wg genpsk` would make it. */
export function generatePresharedKey(): Secret {
  return new Secret(randomBytes(32).toString('base64'));
}

/** The bits that X25519 ignores, set as `wg genkey` sets them (RFC 7748 section 5). */
function clamp(raw: Buffer): Buffer {
  const key = Buffer.from(raw);
  key.writeUInt8(key.readUInt8(0) & 248, 0);
  key.writeUInt8((key.readUInt8(31) & 127) | 64, 31);
  return key;
}
