// EDGEWG_HOST_KEY: host keys for a machine without known_hosts, such as a CI runner. Text to values.
import { Refused } from '../errors.ts';
import { type KnownHost, keyBlob, parseKnownHosts } from './known-hosts.ts';

export interface PinnedHostKeys {
  /** Public keys; their names are `*` unless the line names hosts. */
  readonly entries: readonly KnownHost[];
  /** `SHA256:…` */
  readonly fingerprints: readonly string[];
}

export const pinnedSource = 'EDGEWG_HOST_KEY';

/** A line is `SHA256:…`, a public key, or a known_hosts line, which holds for the hosts it names alone. Throws Refused. */
export function parsePinnedHostKeys(text: string): PinnedHostKeys {
  const entries: KnownHost[] = [];
  const fingerprints: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) return;
    const [type, base64] = words.split(/\s+/);
    const key = keyBlob(type, base64);
    const named = key === undefined ? parseKnownHosts(words, pinnedSource)[0] : undefined;
    const place = { file: pinnedSource, line: index + 1 };
    if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(words)) fingerprints.push(words.replace('=', ''));
    else if (key !== undefined && type !== undefined)
      entries.push({ ...place, marker: undefined, names: '*', type, key });
    else if (named !== undefined) entries.push({ ...named, ...place });
    else throw notAHostKey(index + 1);
  });
  return { entries, fingerprints };
}

function notAHostKey(line: number): Refused {
  const hint = 'give one public key (`ssh-ed25519 AAAA…`) or fingerprint (`SHA256:…`) a line';
  return new Refused(
    'host-key-pin',
    `${pinnedSource}, line ${line}, is neither a public key nor a fingerprint`,
    hint,
  );
}
