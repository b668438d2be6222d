// Checks that the machine which runs edgewg makes by itself, each again every second until it holds.
import { setTimeout } from 'node:timers/promises';
import type { CommandProof, HttpProof, TcpProof } from '../../plan/types/proof.ts';
import { scrub } from '../../vyatta/scrub.ts';
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import type { Check } from './check.ts';
import type { ClientChecks, ProofGiven } from './given.ts';

export interface ClientCheck extends Check {
  /** Tries until it holds, or nobody waits any more. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

type ClientProof = (TcpProof | HttpProof | CommandProof) & { readonly within: number };

export function clientCheck(proof: ClientProof, { client, now }: ProofGiven): ClientCheck {
  const name = nameOf(proof);
  let isOk = false;
  let saw = `no answer within ${proof.within} s`;
  return {
    within: proof.within,
    take: () => undefined,
    probes: () => [isOk ? { name, ok: true } : { name, ok: false, saw }],
    async run(signal) {
      const until = now() + proof.within * 1000;
      while (!isOk && !signal.aborted) {
        const left = until - now();
        if (left <= 0) return;
        const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(left))]);
        const problem = await tryOnce(proof, client, limit, left).catch((error: unknown) =>
          limit.aborted ? saw : reasonOf(error),
        );
        isOk = problem === undefined;
        saw = problem ?? saw;
        if (!isOk) await setTimeout(1000, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function nameOf(proof: ClientProof): string {
  if (proof.do === 'tcp') return `this machine reaches ${proof.to} by TCP`;
  return proof.do === 'http' ? `this machine gets ${proof.url}` : `${proof.run} ends with 0`;
}

/** Why it doesn't hold, or undefined. */
async function tryOnce(
  proof: ClientProof,
  client: ClientChecks,
  signal: AbortSignal,
  left: number,
): Promise<string | undefined> {
  switch (proof.do) {
    case 'tcp': {
      const place = parseEndpoint(proof.to);
      if (place !== undefined) await client.tcp(place.host, place.port, signal);
      return undefined;
    }
    case 'http': {
      const status = await client.http(proof.url, signal);
      const isWanted = proof.status === undefined ? status >= 200 && status < 400 : status === proof.status;
      return isWanted ? undefined : `status ${status}`;
    }
    case 'command':
      return await client.command(proof.run, Math.max(1, Math.floor(left / 1000)));
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return scrub(cause instanceof Error ? cause.message : String(cause)) || 'no connection';
}
