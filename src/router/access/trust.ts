// Whether a shown host key is the right one: by EDGEWG_HOST_KEY when it is set, else by known_hosts. Never by the site file,
// which a pull request can change together with the host. Decides on values; the files are read once, beforehand.
import { NoAccess, Refused } from '../../errors.ts';
import type { Access } from './access.ts';
import type { Hop } from './hop.ts';
import {
  coversHost,
  filedName,
  fingerprint,
  type KnownHost,
  keyBlob,
  keyType,
  parseKnownHosts,
} from './known-hosts.ts';

const biggest = 16 << 20;

export interface Trust {
  /** known_hosts lines about this host, with those of EDGEWG_HOST_KEY in their place when it is set. */
  readonly entries: readonly KnownHost[];
  /** Fingerprints of EDGEWG_HOST_KEY. */
  readonly fingerprints: readonly string[];
  readonly pinned: boolean;
}

/** What is known of one hop's key before anybody is asked. */
export async function readTrust(hop: Hop, access: Access): Promise<Trust> {
  const entries: KnownHost[] = [];
  for (const path of [...hop.trust.userFiles, ...hop.trust.globalFiles]) {
    const file = await access.files.read(path).catch((error: Error) => {
      throw new NoAccess(
        'known-hosts-unreadable',
        `${path} can't be read: ${error.message}`,
        'make it readable for you',
      );
    });
    if (file === undefined) continue;
    if (file.bytes.length > biggest)
      throw new NoAccess('known-hosts-unreadable', `${path} is larger than 16 MiB`, 'tidy it up');
    entries.push(
      ...parseKnownHosts(file.bytes.toString('latin1'), path).filter(entry => concerns(entry, hop)),
    );
  }
  const pins = access.env['EDGEWG_HOST_KEY'];
  if (pins === undefined || pins.trim() === '') return { entries, fingerprints: [], pinned: false };
  const pinned = readPins(pins, hop);
  const revoked = entries.filter(({ marker }) => marker === 'revoked');
  return { entries: [...revoked, ...pinned.entries], fingerprints: pinned.fingerprints, pinned: true };
}

/** The entry's names cover the host, with its port or, as OpenSSH allows, without. */
function concerns(entry: KnownHost, hop: Hop): boolean {
  return (
    coversHost(entry, hop.trust.filed) ||
    (hop.trust.plain !== hop.trust.filed && coversHost(entry, hop.trust.plain))
  );
}

/** A pin is `SHA256:…`, a public key line, or a known_hosts line that holds for the hosts it names alone. */
function readPins(text: string, hop: Hop): { entries: KnownHost[]; fingerprints: string[] } {
  const entries: KnownHost[] = [];
  const fingerprints: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) return;
    const [first, second] = words.split(/\s+/);
    const key = keyBlob(first, second);
    const named = parseKnownHosts(words, 'EDGEWG_HOST_KEY')[0];
    if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(words)) fingerprints.push(words.replace('=', ''));
    else if (key !== undefined && first !== undefined)
      entries.push({
        file: 'EDGEWG_HOST_KEY',
        line: index + 1,
        marker: undefined,
        names: hop.trust.filed,
        type: first,
        key,
      });
    else if (named === undefined) throw badPin(index + 1);
    else if (concerns(named, hop)) entries.push({ ...named, line: index + 1 });
  });
  return { entries, fingerprints };
}

function badPin(line: number): Refused {
  const hint = 'give one public key (`ssh-ed25519 AAAA…`) or fingerprint (`SHA256:…`) a line';
  return new Refused(
    'host-key-pin',
    `EDGEWG_HOST_KEY, line ${line}, is neither a public key nor a fingerprint`,
    hint,
  );
}

/** 'known', or 'new' when nothing at all is known of this host. Throws NoAccess for a changed, revoked or unpinned key. */
export function judgeHostKey(key: Buffer, trust: Trust, hop: Hop): 'known' | 'new' {
  const same = trust.entries.filter(entry => entry.key.equals(key));
  const revoked = same.find(({ marker }) => marker === 'revoked');
  if (revoked !== undefined) throw revokedKey(key, revoked, hop);
  if (same.some(({ marker }) => marker === undefined)) return 'known';
  if (trust.fingerprints.includes(fingerprint(key))) return 'known';
  if (trust.pinned) throw unpinnedKey(key, trust, hop);
  const others = trust.entries.filter(({ marker }) => marker === undefined);
  if (others.length > 0) throw changedKey(key, others, hop);
  const authority = trust.entries.find(({ marker }) => marker === 'cert-authority');
  if (authority !== undefined) throw certifiedHost(key, authority, hop);
  return 'new';
}

export function describeKey(key: Buffer): string {
  return `${keyType(key) ?? 'key'} ${fingerprint(key)}`;
}

function revokedKey(key: Buffer, entry: KnownHost, hop: Hop): NoAccess {
  const message = `the host key of ${hop.name} is revoked: ${describeKey(key)} (${entry.file}:${entry.line})`;
  return new NoAccess(
    'host-key-revoked',
    message,
    'give the host a new key, and remove the revoked one from known_hosts',
  );
}

function changedKey(key: Buffer, known: readonly KnownHost[], hop: Hop): NoAccess {
  const before = known.map(entry => `${describeKey(entry.key)} (${entry.file}:${entry.line})`).join(', ');
  const message = `the host key of ${hop.name} has changed: it shows ${describeKey(key)}, known is ${before}`;
  const entry = known[0];
  const hint = `somebody may be in the way; if the key was changed on purpose, run: ssh-keygen -R '${hop.trust.filed}' -f ${entry?.file ?? 'known_hosts'}`;
  return new NoAccess('host-key-changed', message, hint);
}

function unpinnedKey(key: Buffer, trust: Trust, hop: Hop): NoAccess {
  const pins = [
    ...trust.fingerprints,
    ...trust.entries.filter(({ marker }) => marker === undefined).map(entry => describeKey(entry.key)),
  ];
  const pinned = pins.length === 0 ? 'names no key for it' : `allows ${pins.join(', ')}`;
  const message = `the host key of ${hop.name} isn't the expected one: it shows ${describeKey(key)}, EDGEWG_HOST_KEY ${pinned}`;
  const hint =
    'somebody may be in the way; if the key was changed on purpose, or is of another type, change EDGEWG_HOST_KEY';
  return new NoAccess('host-key-changed', message, hint);
}

function certifiedHost(key: Buffer, entry: KnownHost, hop: Hop): NoAccess {
  const message = `${entry.file}:${entry.line} trusts ${hop.name} by a certificate authority, which edgewg can't check; it shows ${describeKey(key)}`;
  const hint = `compare the fingerprint, then add the key itself to known_hosts as ${filedName(hop.host, hop.port)}, or set EDGEWG_HOST_KEY`;
  return new NoAccess('host-key-certificate', message, hint);
}

/** The refusal of a key of which nothing is known, when nobody asked to accept it. */
export function unknownKey(key: Buffer, hop: Hop): NoAccess {
  const hint =
    'compare the fingerprint with the one on the router (its console: ssh-keygen -lf on the .pub files in /etc/ssh), ' +
    'then add --accept-new-host-key, or in CI set EDGEWG_HOST_KEY';
  return new NoAccess(
    'host-key-unknown',
    `the host key of ${hop.name} is unknown: it shows ${describeKey(key)}`,
    hint,
  );
}
