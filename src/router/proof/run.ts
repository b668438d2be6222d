// All proofs of a list at the same time, each within its own deadline: those of the router in one exec, those of this machine here.
import type { Probe } from '../../plan/types/outcome.ts';
import type { Proof } from '../../plan/types/proof.ts';
import { quote } from '../../vyatta/words.ts';
import { newNonce, RecordReader } from '../records.ts';
import { proofScript } from '../scripts.ts';
import { httpCheck, pingChecks, tcpCheck } from './asked.ts';
import { bgpCheck } from './bgp.ts';
import { type Check, holds, type RouterCheck } from './check.ts';
import { type ClientCheck, clientCheck } from './client.ts';
import type { ProofGiven } from './given.ts';
import { handshakeCheck } from './handshakes.ts';

/**
 * Resolves with a probe for each thing that a proof looks at, in the order of the proofs: as soon as all hold, or the first has failed at
 * its deadline; what was not decided by then is left out. Rejects when the line breaks, and with the signal's reason.
 */
export async function runProofs(proofs: readonly Proof[], given: ProofGiven): Promise<Probe[]> {
  const checks = checksOf(proofs, given);
  if (checks.length === 0) return [];
  const { signal, onProbe } = given;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const told = new Set<Check>();
  return await new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    const finish = (): void => {
      for (const timer of timers) clearTimeout(timer);
      over.abort();
    };
    const look = (): void => {
      for (const check of checks)
        if (!told.has(check) && holds(check)) {
          told.add(check);
          for (const probe of check.probes()) onProbe?.(probe);
        }
      if (told.size === checks.length) end();
    };
    const end = (): void => {
      finish();
      resolve(checks.filter(check => told.has(check)).flatMap(check => check.probes()));
    };
    const fail = (check: Check): void => {
      if (over.signal.aborted || told.has(check)) return;
      told.add(check);
      for (const probe of check.probes()) onProbe?.(probe);
      end();
    };
    const lost = (error: unknown): void => {
      if (over.signal.aborted) return;
      finish();
      reject(signal.aborted ? signal.reason : error);
    };
    signal.addEventListener('abort', () => lost(signal.reason), { once: true });
    if (signal.aborted) return lost(signal.reason);
    for (const check of checks) {
      timers.push(setTimeout(() => fail(check), check.within * 1000));
    }
    askRouter(checks.filter(isRouters), given, stop, look).catch(lost);
    for (const check of checks.filter(isClients)) check.run(stop).then(look, lost);
  });
}

const isRouters = (check: Check): check is RouterCheck => 'call' in check;
const isClients = (check: Check): check is ClientCheck => 'run' in check;

function checksOf(proofs: readonly Proof[], given: ProofGiven): Check[] {
  const { running, handshakesBefore, now, since } = given;
  const elapsed = (): number => Math.floor((now() - since) / 1000);
  let last = 0;
  const number = (): number => ++last;
  const checkOf = (proof: Proof): Check[] => {
    switch (proof.do) {
      case 'handshake':
        return [handshakeCheck(proof, running, handshakesBefore)];
      case 'ping':
        return pingChecks(proof, running, number);
      case 'bgp':
        return [bgpCheck(proof, elapsed, handshakesBefore === 'any')];
      case 'tcp':
        return [proof.by === 'router' ? tcpCheck(proof, number()) : clientCheck(proof, given)];
      case 'http':
        return [proof.by === 'router' ? httpCheck(proof, number()) : clientCheck(proof, given)];
      case 'command':
        return [clientCheck(proof, given)];
    }
  };
  return proofs.flatMap(checkOf);
}

/** Resolves when there is nothing to ask, or when the router's script has come to its end; every record is taken as it comes. */
async function askRouter(
  checks: readonly RouterCheck[],
  { connection }: ProofGiven,
  signal: AbortSignal,
  look: () => void,
): Promise<void> {
  if (checks.length === 0) return;
  const nonce = newNonce();
  const reader = new RecordReader(nonce, record => {
    for (const check of checks) check.take(record);
    look();
  });
  // what several need is asked for once, for the longest of them
  const calls = new Map<string, readonly string[]>();
  for (const { call, within } of checks) {
    const [does, name = ''] = call;
    const key = does === 'watch' ? name : call.join(' ');
    const before = calls.get(key);
    if (before === undefined) calls.set(key, call);
    else calls.set(key, together(before, call, within));
  }
  const lines = [...calls.values()].map(call => `${call.map(quote).join(' ')} &`);
  const slowest = Math.max(...checks.map(({ within }) => within));
  await connection.exec(`exec bash -c ${quote([proofScript(), ...lines, 'wait'].join('\n'))}`, {
    input: `${nonce}\n`,
    timeoutMs: (slowest + 60) * 1000,
    onStdout: chunk => reader.push(chunk),
    signal,
  });
}

/** `watch NAME BETWEEN SECONDS WHAT ARGUMENTS…` of two checks: the arguments of both. */
function together(a: readonly string[], b: readonly string[], within: number): readonly string[] {
  const seconds = Math.max(Number(a[3]), within);
  return [...a.slice(0, 3), String(seconds), ...a.slice(4), ...b.slice(5)];
}
