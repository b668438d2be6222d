// What the rest of edgewg may rely on about a way into the router. Types alone.

/** The router as the site file names it. */
export interface Target {
  /** A name, an address, or an alias of ssh_config. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Algorithms of an old sshd that are off unless named here. */
  readonly legacyAlgorithms: readonly string[];
}

export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** undefined when the channel closed without telling one: that is no success. */
  readonly exit: number | undefined;
  /** Such as `SIGKILL`. */
  readonly signal: string | undefined;
}

export interface ExecOptions {
  /** Written to the command's stdin, which is then closed. */
  readonly input?: string | Buffer;
  readonly timeoutMs: number;
  /** Of stdout and stderr together; 64 MiB unless told. */
  readonly maxBytes?: number;
  /** Sees stdout as it comes, so that what arrived before a line died isn't lost. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

export interface Connection {
  /**
   * Runs a command in a channel of its own, without a pty. Rejects with NoAccess: `connection-lost`, `exec-timeout`,
   * `output-too-long`, `exec-refused`; with the signal's reason when aborted. A command's own failure is no rejection.
   */
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** The key that the router proved to have. */
  readonly hostKey: { readonly type: string; readonly fingerprint: string };
  /** The host as dialled (after ssh_config), its port, and the user. */
  readonly remote: { readonly host: string; readonly port: number; readonly user: string };
  /** Our own address of the TCP connection; with jump hosts that to the first of them. */
  readonly localAddress: string | undefined;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  /** Says goodbye, and resolves when that is on its way; never rejects. */
  close(): Promise<void>;
}

/** A target whose ssh_config, host keys and identities have been read; what a person typed once is kept for the next dial. */
export interface Dialer {
  /** For messages: `ubnt@192.168.2.1` or `ubnt@router port 2222 through jump`. */
  readonly name: string;
  /**
   * Rejects with NoAccess (exit 4) or Refused (exit 3); the codes stand in docs/access.md. `commands`: how many are sure to come; their
   * channels are opened at once, as far as the server opens them, so that none waits for its own.
   */
  dial(signal?: AbortSignal, commands?: number): Promise<Connection>;
}
