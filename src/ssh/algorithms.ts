// Which algorithms are offered: today's by default, an old sshd's only when the site file names them. Data and sorting.
import { Refused } from '../errors.ts';
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
} as const;

const legacy = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa', 'ssh-dss'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-md5', 'hmac-sha1-96', 'hmac-md5-96'],
} as const;

export type Kind = keyof typeof modern;
export type Algorithms = Readonly<Record<Kind, string[]>>;

/** What to offer a hop, host keys of known types first: else another one is negotiated and looks like a changed key. */
export function chooseAlgorithms(allowed: readonly string[], trust: Trust): Algorithms {
  const every: readonly string[] = Object.values(legacy).flat();
  const modernNames: readonly string[] = Object.values(modern).flat();
  const wrong = allowed.find(name => !every.includes(name) && !modernNames.includes(name));
  if (wrong !== undefined) throw unknownName(wrong, every);
  const pick = (kind: Kind) => [...modern[kind], ...legacy[kind].filter(name => allowed.includes(name))];
  const known = new Set([...trust.known, ...trust.withoutPort].map(({ type }) => type));
  const isKnown = (name: string) => known.has(name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name);
  const hostKeys = pick('serverHostKey');
  return {
    kex: pick('kex'),
    serverHostKey: [...hostKeys.filter(isKnown), ...hostKeys.filter(name => !isKnown(name))],
    cipher: pick('cipher'),
    hmac: pick('hmac'),
  };
}

/** Those of a server's offer that the site file could allow. */
export function legacyAmong(offered: readonly string[]): string[] {
  const every: readonly string[] = Object.values(legacy).flat();
  return offered.filter(name => every.includes(name));
}

function unknownName(name: string, every: readonly string[]): Refused {
  return new Refused(
    'legacy-algorithm',
    `legacyAlgorithms names '${name}', which edgewg doesn't have`,
    `it has ${every.join(', ')}`,
  );
}
