// What the read exec tells about a router beside its configuration. Everything is optional knowledge: a plan against a
// saved configuration has none of it.

export interface KeyFile {
  readonly path: string;
  /** Permission bits, `0640`. */
  readonly mode: string;
  /** Undefined when the file holds no WireGuard key. */
  readonly publicKey: string | undefined;
}

export interface RouterFacts {
  /** `v2.0.9-hotfix.7`; undefined when `show version` said nothing of the kind. */
  readonly version: string | undefined;
  readonly model: string | undefined;
  /** Version of the package `wireguard`; undefined when dpkg knows none (EdgeOS 3 brings its own). */
  readonly wireguardPackage: string | undefined;
  /** Templates that the firmware knows, by the probe's name (src/router/read.ts). */
  readonly probes: ReadonlyMap<string, boolean>;
  /** Files below /config/auth, by path. */
  readonly keyFiles: ReadonlyMap<string, KeyFile>;
  /** Saved against active configuration, as `set` and `delete` lines without secrets; empty when they agree. */
  readonly drift: readonly string[];
  /** `wireguard` nodes that stand in config.boot. */
  readonly savedWireguard: readonly string[];
  /** The SSH session as the router sees it. */
  readonly session:
    | { readonly from: string; readonly fromPort: number; readonly to: string; readonly toPort: number }
    | undefined;
  /** SHA-256, hex, of the active configuration without secret leaves. */
  readonly digest: string;
}
