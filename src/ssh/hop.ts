// One SSH server on the way in, with every setting that decides how to get past it. A type alone.

export type Method = 'publickey' | 'keyboard-interactive' | 'password';

export interface Hop {
  /** As the person named it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Else it is the one who runs this, as with ssh. */
  readonly isUserSaid: boolean;
  /** 0: whatever the name resolves to. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | undefined;
  readonly connectTimeoutMs: number;
  readonly keepalive: { readonly intervalMs: number; readonly countMax: number };
  readonly trust: {
    /** The name its key is filed under. */
    readonly filed: string;
    /** Without the port: OpenSSH looks there too. */
    readonly plain: string;
    readonly userFiles: readonly string[];
    readonly globalFiles: readonly string[];
    readonly acceptNew: boolean;
    readonly hashNew: boolean;
  };
  readonly identities: {
    readonly files: readonly string[];
    /** Whether the files were named (a missing one is worth a word) or are ssh's usual ones. */
    readonly named: boolean;
    readonly only: boolean;
    readonly agent: string | undefined;
    readonly certificates: readonly string[];
  };
  readonly methods: readonly Method[];
  /** How often a person is asked for the same secret. */
  readonly prompts: number;
  readonly legacy: readonly string[];
}
