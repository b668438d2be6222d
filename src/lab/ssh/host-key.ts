// The lab's own SSH host key: made once per folder, or the one it is given.
import { readFile, writeFile } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { Refused } from '../../errors.ts';

export interface HostKey {
  /** In OpenSSH's private key format. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`: the words of a known_hosts line after the host's name. */
  readonly publicKey: string;
}

export function hostKeyOf(privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || Array.isArray(key))
    throw new Refused(
      'lab-host-key',
      "the host key isn't a private key that ssh knows",
      'make one with `ssh-keygen -t ed25519`',
    );
  return { privateKey, publicKey: `${key.type} ${key.getPublicSSH().toString('base64')}` };
}

/** Reads the key at the path; makes it when there is none. */
export async function keptHostKey(path: string, type: 'ssh-ed25519' | 'ssh-rsa'): Promise<HostKey> {
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return hostKeyOf(kept);
  const made = newKey(type);
  await writeFile(path, made, { mode: 0o600 });
  return hostKeyOf(made);
}

/** Of 400 keys that ssh2 makes, about one is written so that ssh2 itself can't read it. */
function newKey(type: 'ssh-ed25519' | 'ssh-rsa'): string {
  for (;;) {
    const { private: made } =
      type === 'ssh-rsa'
        ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
        : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(made) instanceof Error)) return made;
  }
}
