// What a site file wants proven after a commit. Types alone.
import type { Endpoint } from '../wireguard/endpoint.ts';
import type { SitePath } from './place.ts';

export interface ProofWish {
  readonly handshake?: TunnelProof;
  readonly ping?: TunnelProof;
  readonly bgp?: BgpProof;
  readonly tcp: readonly TcpProof[];
  readonly http: readonly HttpProof[];
  readonly command: readonly CommandProof[];
}

interface Placed {
  readonly at: SitePath;
  /** Seconds; undefined where the file leaves it to the default. */
  readonly within?: number;
}

export interface TunnelProof extends Placed {
  /** Undefined: all that the apply changes. */
  readonly tunnels?: readonly string[];
}

export interface BgpProof extends Placed {
  /** Names as they are written; `neighborsNamed` of rules/proof.ts finds whom they mean. */
  readonly established: readonly string[];
  readonly prefixes: ReadonlyMap<string, number>;
}

/** Asked at every apply, or only when this tunnel changes. */
interface OfTunnel extends Placed {
  readonly tunnel?: string;
}

interface Asked extends OfTunnel {
  readonly from: 'router' | 'client';
}

export interface TcpProof extends Asked {
  readonly to: Endpoint;
}

export interface HttpProof extends Asked {
  readonly url: string;
  readonly status?: number;
}

export interface CommandProof extends OfTunnel {
  /** Its words as they are written. */
  readonly run: string;
}
