// Which algorithms are offered: today's by default, an old sshd's only when the site file names them. Data and sorting.
import { Refused } from '../errors.ts';
import type { Kind, Offer } from './server-offer.ts';
import type { Trust } from './trust.ts';

const modern = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group14-sha256',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha1',
  ],
} as const satisfies Record<Kind, readonly string[]>;

const legacy = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa', 'ssh-dss'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
} as const;

/** What a site file may allow. */
export const legacyNames: readonly string[] = Object.values(legacy).flat();

export type Algorithms = Readonly<Record<Kind, string[]>>;

/**
 * What to offer a hop. Where a key of the host is known, only the types of those keys are asked for: a key of another type would prove
 * nothing, and looks like a changed one.
 */
export function chooseAlgorithms(allowed: readonly string[], trust: Trust): Algorithms {
  const modernNames: readonly string[] = Object.values(modern).flat();
  const wrong = allowed.find(name => !legacyNames.includes(name) && !modernNames.includes(name));
  if (wrong !== undefined) throw unknownName(wrong);
  const pick = (kind: Kind): string[] => ours(kind, allowed);
  const known = new Set([...trust.known, ...trust.withoutPort].map(({ type }) => type));
  const isKnown = (name: string): boolean => known.has(keyTypeOf(name));
  const hostKeys = pick('serverHostKey');
  const first = hostKeys.filter(isKnown);
  // a fingerprint doesn't say of which type its key is, and a key filed without the port is no contradiction to another one
  const isDecided = trust.known.length > 0 && trust.fingerprints.length === 0 && first.length > 0;
  return {
    kex: pick('kex'),
    serverHostKey: isDecided ? first : [...first, ...hostKeys.filter(name => !isKnown(name))],
    cipher: pick('cipher'),
    hmac: pick('hmac'),
  };
}

const ours = (kind: Kind, allowed: readonly string[]): string[] => [
  ...modern[kind],
  ...legacy[kind].filter(name => allowed.includes(name)),
];

/** The type of the key that a signature algorithm is of. */
const keyTypeOf = (name: string): string => (name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name);

/** A kind of which server and client have nothing in common. */
export interface Lacking {
  readonly kind: Kind;
  readonly offered: readonly string[];
  /** The best of the server's offer that the site file could allow. */
  readonly remedy: string | undefined;
}

/** Every kind that a hop would need another algorithm for, whatever is known of its host keys. */
export function lackingAmong(offer: Offer, allowed: readonly string[]): Lacking[] {
  // these ciphers bring their own message authentication (RFC 5647, and OpenSSH's PROTOCOL for the last)
  const isSealed = ours('cipher', allowed).some(
    name => /gcm|poly1305/.test(name) && offer.cipher.includes(name),
  );
  return (['kex', 'serverHostKey', 'cipher', 'hmac'] as const).flatMap(kind => {
    const has = ours(kind, allowed).some(name => offer[kind].includes(name));
    if (has || (kind === 'hmac' && isSealed)) return [];
    return { kind, offered: offer[kind], remedy: legacy[kind].find(name => offer[kind].includes(name)) };
  });
}

function unknownName(name: string): Refused {
  return new Refused(
    'legacy-algorithm',
    `legacyAlgorithms names '${name}', which edgewg doesn't have`,
    `it has ${legacyNames.join(', ')}`,
  );
}
