// What comparing the kernel with its configuration yields. Types alone.

/** One thing looked at in the kernel. */
export interface Seen {
  /** What should be there: `route 10.42.4.0/24 through wg4`. */
  readonly what: string;
  /** `unknown`: it could not be told; that fails nothing, and proves nothing. */
  readonly is: 'there' | 'wrong' | 'unknown';
  /** What was found in its place, or why it isn't known. */
  readonly saw?: string;
}

/** What a router told of its kernel, as its programs print it; undefined where it wasn't asked, or couldn't say. */
export interface KernelText {
  /** `ip -4 route show table all` and the same of `-6`. */
  readonly routes?: string | undefined;
  /** `iptables-save`. */
  readonly filter4?: string | undefined;
  /** `ip6tables-save`. */
  readonly filter6?: string | undefined;
  /** `ip -4 rule show`. */
  readonly rules?: string | undefined;
  /** A line for each interface: its name and its rp_filter. */
  readonly sources?: string | undefined;
}
