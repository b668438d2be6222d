// The judges of the models: Python in a network namespace of its own, with real packets through the real kernel. One job a line, one answer a line.
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Packets, states } from '../../src/model/firewall/packets.ts';
import { only, span } from '../../src/model/firewall/ranges.ts';
import { parseAddress } from '../../src/wireguard/prefix.ts';
import type { Datagram } from './traffic.ts';

/** What was seen of one packet, in order; the first is its state. */
export type Said = (string | true)[];

export interface Judge {
  ask(job: Readonly<Record<string, unknown>>): Promise<Said[]>;
  stop(): void;
}

export function packetOf(datagram: Datagram, state: keyof typeof states): Packets {
  const address = (text: string): bigint => parseAddress(text)?.address ?? assert.fail(text);
  return {
    state: only(states[state]),
    protocol: only(datagram.protocol),
    source: only(address(datagram.source)),
    destination: only(address(datagram.destination)),
    sourcePort: only(datagram.sourcePort),
    destinationPort: only(datagram.destinationPort),
    tcpFlags: only(datagram.flags),
    icmp: span(datagram.type * 256 + datagram.code, datagram.type * 256 + datagram.code),
  };
}

type Wire = [number, string, string, number, number, number, number, number, Wire | null];

export const wire = (d: Datagram): Wire => [
  d.protocol,
  d.source,
  d.destination,
  d.sourcePort,
  d.destinationPort,
  d.flags,
  d.type,
  d.code,
  d.quoted ? wire(d.quoted) : null,
];

/** `script`: a file beside this one. */
export async function startJudge(script: string): Promise<Judge> {
  const path = fileURLToPath(new URL(`../../../test/support/${script}`, import.meta.url));
  const child: ChildProcessWithoutNullStreams = spawn('unshare', ['-n', 'python3', path]);
  let problems = '';
  child.stderr.on('data', chunk => {
    problems += chunk;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    return done ? assert.fail(`${script} ended: ${problems}`) : value;
  };
  assert.equal(await next(), 'ready');
  return {
    async ask(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const reply: Said[] | { error: string } = JSON.parse(await next());
      return Array.isArray(reply) ? reply : assert.fail(reply.error);
    },
    stop: () => void child.stdin.end(),
  };
}
