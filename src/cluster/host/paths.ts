// Where the files of a host lie that its script reads.
export interface HostPaths {
  readonly key: string;
  readonly presharedKey: string;
  readonly nft: string;
  /** What `wg setconf` takes; where the script makes the link. */
  readonly conf?: string;
  /** The group that may read the key; by default only root may. */
  readonly group?: string;
}
