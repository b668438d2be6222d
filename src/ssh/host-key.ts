// Decides on the key that a server shows: known, new, or refused with the reason and a way out. Pure.
import { NoAccess } from '../errors.ts';
import type { Hop } from './hop.ts';
import { fingerprint, type KnownHost, keyType } from './known-hosts.ts';
import { pinnedSource } from './pinned-host-keys.ts';
import type { Trust } from './trust.ts';

/** 'new' when nothing is known of this host's keys. Throws NoAccess for a key that is revoked, or another than the known ones. */
export function judgeHostKey(key: Buffer, trust: Trust, hop: Hop): 'known' | 'new' {
  const isShown = (entry: KnownHost) => entry.key.equals(key);
  const revoked = trust.revoked.find(isShown);
  if (revoked !== undefined) throw revokedKey(key, revoked, hop);
  if (trust.known.some(isShown) || trust.withoutPort.some(isShown)) return 'known';
  if (trust.fingerprints.includes(fingerprint(key))) return 'known';
  if (trust.pinned) throw unpinnedKey(key, trust, hop);
  if (trust.known.some(({ type }) => type === keyType(key))) throw changedKey(key, trust.known, hop);
  if (trust.known.length > 0) throw otherTypes(hop, trust, describeKey(key));
  return 'new';
}

/** `ssh-ed25519 SHA256:…` */
export function describeKey(key: Buffer): string {
  return `${keyType(key) ?? 'key'} ${fingerprint(key)}`;
}

function revokedKey(key: Buffer, entry: KnownHost, hop: Hop): NoAccess {
  const message = `the host key of ${hop.name} is revoked: ${describeKey(key)} (${entry.file}:${entry.line})`;
  return new NoAccess(
    'host-key-revoked',
    message,
    'give the host a new key and file that one in known_hosts',
  );
}

function changedKey(key: Buffer, known: readonly KnownHost[], hop: Hop): NoAccess {
  const before = known.map(entry => `${describeKey(entry.key)} (${entry.file}:${entry.line})`).join(', ');
  const message = `the host key of ${hop.name} has changed: it shows ${describeKey(key)}, known is ${before}`;
  const forget = `ssh-keygen -R '${hop.trust.filed}' -f ${known[0]?.file ?? 'known_hosts'}`;
  const hint = `somebody may be in the way; if the key was changed on purpose, run: ${forget}`;
  return new NoAccess('host-key-changed', message, hint);
}

/** None of the types of key is shown that are known of the host: neither the known key nor a changed one was seen. */
export function otherTypes(hop: Hop, trust: Trust, shown: string, cause?: unknown): NoAccess {
  const known = trust.known
    .map(entry => `${describeKey(entry.key)} (${entry.file}:${entry.line})`)
    .join(', ');
  const message = `${hop.name} shows no host key of a type that is known of it: known is ${known}, it has ${shown}`;
  const hint = trust.pinned
    ? `compare its key with the one on the router, then change ${pinnedSource}`
    : `compare its key with the one on the router, then run: ssh-keygen -R '${hop.trust.filed}' -f ${trust.known[0]?.file ?? 'known_hosts'}, and add --accept-new-host-key`;
  return new NoAccess('host-key-other-type', message, hint, cause);
}

function unpinnedKey(key: Buffer, trust: Trust, hop: Hop): NoAccess {
  const pinnedKeys = [...trust.fingerprints, ...trust.known.map(entry => describeKey(entry.key))];
  const pinned = pinnedKeys.length === 0 ? 'names no key for it' : `allows ${pinnedKeys.join(', ')}`;
  const message = `the host key of ${hop.name} isn't the expected one: it shows ${describeKey(key)}, ${pinnedSource} ${pinned}`;
  const hint =
    `somebody may be in the way; if the key was changed on purpose, change ${pinnedSource}; ` +
    'if the fingerprint is of another type of key, give the public key itself';
  return new NoAccess('host-key-changed', message, hint);
}

/** The refusal of a key of which nothing is known, when nobody asked to accept it. */
export function unknownKey(key: Buffer, trust: Trust, hop: Hop): NoAccess {
  const accept =
    'compare the fingerprint with the one on the router (its console: ssh-keygen -lf on the .pub files in /etc/ssh), ' +
    'then add --accept-new-host-key, or in CI set EDGEWG_HOST_KEY';
  const shown = `it shows ${describeKey(key)}`;
  const authority = trust.authorities[0];
  if (authority === undefined) {
    return new NoAccess('host-key-unknown', `the host key of ${hop.name} is unknown: ${shown}`, accept);
  }
  const place = `${authority.file}:${authority.line}`;
  const message = `${place} trusts ${hop.name} by a certificate authority, which edgewg can't check: ${shown}`;
  return new NoAccess('host-key-certificate', message, accept);
}
