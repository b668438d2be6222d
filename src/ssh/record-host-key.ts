// Writes an accepted host key down where the next run, and ssh itself, will find it. Only ever adds a line.
import { NoAccess } from '../errors.ts';
import type { Access } from './access.ts';
import type { Hop } from './hop.ts';
import { describeKey } from './host-key.ts';
import { formatKnownHost } from './known-hosts.ts';

export async function recordHostKey(key: Buffer, hop: Hop, access: Access): Promise<void> {
  const path = hop.trust.userFiles[0];
  if (path === undefined) return access.notice(`accepted the host key of ${hop.name}: ${describeKey(key)}`);
  try {
    await access.files.append(path, formatKnownHost(hop.trust.filed, key, hop.trust.hashNew));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `the host key of ${hop.name} can't be written to ${path}: ${why}`;
    throw new NoAccess('known-hosts-unwritable', message, 'make it writable for you, or set EDGEWG_HOST_KEY');
  }
  access.notice(`accepted the host key of ${hop.name} and wrote it to ${path}: ${describeKey(key)}`);
}
