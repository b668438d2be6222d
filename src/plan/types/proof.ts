// What an apply proves after its commit besides what every apply looks at, as data of a plan.
import type { SitePlace } from '../../site/site.ts';

export type Proof = HandshakeProof | PingProof | BgpProof | TcpProof | HttpProof | CommandProof;

interface Common {
  /** Seconds that it may take, from the new login after the commit on. */
  readonly within: number;
  /** The tunnel that it is about; absent where it is about none in particular. */
  readonly tunnel?: string;
  readonly source?: SitePlace;
}

/** Every peer of the tunnel that has an endpoint shakes hands anew. */
export interface HandshakeProof extends Common {
  readonly do: 'handshake';
  readonly tunnel: string;
}

/** The far tunnel addresses answer a ping of the tunnel's full MTU. */
export interface PingProof extends Common {
  readonly do: 'ping';
  readonly tunnel: string;
}

/** The session is established, a message has come since the commit, and so many prefixes. */
export interface BgpProof extends Common {
  readonly do: 'bgp';
  /** Canonical address. */
  readonly neighbor: string;
  /** What the site file calls it. */
  readonly name: string;
  readonly prefixes?: number;
}

export interface TcpProof extends Common {
  readonly do: 'tcp';
  readonly by: 'router' | 'client';
  readonly to: string;
}

export interface HttpProof extends Common {
  readonly do: 'http';
  readonly by: 'router' | 'client';
  readonly url: string;
  /** The one that must come; any of 200 to 399 where it is absent. */
  readonly status?: number;
}

export interface CommandProof extends Common {
  readonly do: 'command';
  /** The words of the command, as the site file writes them. */
  readonly run: string;
}

/** Whom a session is with. */
export const proofName = (proof: BgpProof): string =>
  proof.name === proof.neighbor ? proof.neighbor : `${proof.name} (${proof.neighbor})`;
