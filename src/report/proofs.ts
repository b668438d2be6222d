// What an apply proves after its commit, for a person: the site file's own proofs. What every apply proves is not repeated in each plan.
import { type Proof, proofName } from '../plan/types/proof.ts';
import { visible } from './visible.ts';

/** `every peer of wg4 with an endpoint shakes hands anew, within 135 s`. */
export function proofLine(proof: Proof): string {
  return `${visible(does(proof))}, within ${proof.within} s`;
}

function does(proof: Proof): string {
  switch (proof.do) {
    case 'handshake':
      return `every peer of ${proof.tunnel} with an endpoint shakes hands anew`;
    case 'ping':
      return `the far addresses of ${proof.tunnel} answer a ping of its full MTU`;
    case 'bgp': {
      const { prefixes = 0 } = proof;
      return `BGP with ${proofName(proof)} is established${prefixes > 0 ? ` and brings ${prefixes} or more prefixes` : ''}`;
    }
    case 'tcp':
      return `${whoOf(proof.by)} reaches ${proof.to} by TCP`;
    case 'http':
      return `${whoOf(proof.by)} gets ${proof.url}${proof.status === undefined ? '' : ` with status ${proof.status}`}`;
    case 'command':
      return `${proof.run} ends with 0 on this machine (--run-commands)`;
  }
}

const whoOf = (by: 'router' | 'client'): string => (by === 'router' ? 'the router' : 'this machine');
