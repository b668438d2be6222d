// SSH keys for tests.
import ssh2 from 'ssh2';

export interface Sealed {
  readonly passphrase: string;
  readonly cipher: string;
  readonly rounds: number;
}

/** An Ed25519 key as `ssh-keygen` writes it. Of 400 that ssh2 makes, about one is written so that ssh2 itself can't read it. */
export function newSshKey(sealed?: Sealed): { readonly private: string; readonly public: string } {
  for (;;) {
    const made =
      sealed === undefined
        ? ssh2.utils.generateKeyPairSync('ed25519')
        : ssh2.utils.generateKeyPairSync('ed25519', sealed);
    if (!(ssh2.utils.parseKey(made.private, sealed?.passphrase) instanceof Error)) return made;
  }
}
