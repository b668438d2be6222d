// One route of a router, as its configuration says it. Knows nothing of how routes are chosen.
import type { Path } from '../../vyatta/tree.ts';
import type { Prefix } from '../../wireguard/prefix.ts';

/**
 * Who makes it. `interface`: a static route through one. `provider`: a default route by DHCP, PPPoE or router advertisement.
 * `allowedIPs`: `route-allowed-ips true`.
 * `kernel`: the router itself reported, where no configuration says it.
 */
export type Origin =
  | 'connected'
  | 'interface'
  | 'route'
  | 'blackhole'
  | 'gateway'
  | 'provider'
  | 'allowedIPs'
  | 'kernel';

export interface Entry {
  readonly prefix: Prefix;
  readonly origin: Origin;
  /** Among routes to one prefix the smallest wins; equal ones share the packets (Quagga's numbers; the kernel's own are 0). */
  readonly distance: number;
  /** The interface; undefined for a blackhole, and where the network of `via` isn't known. */
  readonly out: string | undefined;
  /** The next hop, where there is one. */
  readonly via?: string | undefined;
  /** The node that makes it. */
  readonly path: Path;
  readonly line?: number | undefined;
}

/** What a BGP neighbour may announce: `prefix`, and what lies in it up to the length `longest`. */
export interface Announced {
  readonly prefix: Prefix;
  readonly longest: number;
  readonly neighbor: string;
  /** The interface through which the neighbour is reached, where that is known. */
  readonly out: string | undefined;
  /** 20 for a neighbour of another AS, 200 for one of the same. */
  readonly distance: number;
  /** No prefix list limits it: it may announce anything. */
  readonly isOpen: boolean;
  readonly path: Path;
  readonly line?: number;
}
