// What is known of one host's key before it is dialled: by EDGEWG_HOST_KEY when that is set, else by known_hosts. Never by the
// site file, which a pull request can change together with the host.
import { NoAccess } from '../errors.ts';
import type { Access } from './access.ts';
import type { Hop } from './hop.ts';
import { coversHost, type KnownHost, parseKnownHosts } from './known-hosts.ts';
import { parsePinnedHostKeys, pinnedSource } from './pinned-host-keys.ts';

const biggest = 16 << 20;

export interface Trust {
  /** Keys that are right for this host. */
  readonly known: readonly KnownHost[];
  /** Keys filed without the port: right when they match, no contradiction when they don't (as OpenSSH). */
  readonly withoutPort: readonly KnownHost[];
  readonly revoked: readonly KnownHost[];
  readonly authorities: readonly KnownHost[];
  /** Of EDGEWG_HOST_KEY. */
  readonly fingerprints: readonly string[];
  readonly pinned: boolean;
}

export async function readTrust(hop: Hop, access: Access): Promise<Trust> {
  const filed: KnownHost[] = [];
  for (const path of [...hop.trust.userFiles, ...hop.trust.globalFiles])
    filed.push(...(await readKnownHosts(path, access)));
  const text = access.env[pinnedSource] ?? '';
  const pinned = text.trim() !== '';
  const pinnedKeys = parsePinnedHostKeys(text);
  const entries = pinned ? pinnedKeys.entries : filed;
  const exact = entries.filter(entry => coversHost(entry, hop.trust.filed));
  const { plain } = hop.trust;
  const without =
    plain === hop.trust.filed
      ? []
      : entries.filter(entry => !exact.includes(entry) && coversHost(entry, plain));
  const revoked = [...filed, ...pinnedKeys.entries].filter(({ marker }) => marker === 'revoked');
  return {
    known: exact.filter(({ marker }) => marker === undefined),
    withoutPort: without.filter(({ marker }) => marker === undefined),
    revoked: revoked.filter(entry => coversHost(entry, hop.trust.filed) || coversHost(entry, plain)),
    authorities: exact.filter(({ marker }) => marker === 'cert-authority'),
    fingerprints: pinnedKeys.fingerprints,
    pinned,
  };
}

async function readKnownHosts(path: string, access: Access): Promise<KnownHost[]> {
  const unreadable = (why: string) =>
    new NoAccess('known-hosts-unreadable', `${path} can't be read: ${why}`, 'make it readable for you');
  const file = await access.files.read(path).catch((error: Error) => {
    throw unreadable(error.message);
  });
  if (file === undefined) return [];
  if (file.bytes.length > biggest) throw unreadable('it is larger than 16 MiB');
  return parseKnownHosts(file.bytes.toString('latin1'), path);
}
