// Traffic between machines: pings, and TCP connections with a load.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.ts';

const ends = fileURLToPath(new URL('ends.js', import.meta.url));

/** Whether an answer came, trying for so many seconds. */
export function pings(from: Machine, to: string, seconds = 120, ...options: string[]): boolean {
  return (
    from.try(['ping', '-n', '-q', '-c', '1', '-i', '0.2', '-w', String(seconds), ...options, to]).exit === 0
  );
}

/** A server for everybody on the machine, until the machine stops. */
export async function serve(machine: Machine, port: number, bytes: number): Promise<void> {
  const server = machine.spawn([process.execPath, ends, 'serve', String(port), String(bytes)]);
  const failed = once(server, 'exit').then(() => {
    throw new Error(`no server on ${machine.name}:${port}`);
  });
  failed.catch(() => undefined);
  if (server.stdout !== null) await Promise.race([once(server.stdout, 'data'), failed]);
}

/** A server on an address of the machine that tells each who asks by which address it comes, until the machine stops. */
export async function tellSources(machine: Machine, port: number, address: string): Promise<void> {
  const server = machine.spawn([process.execPath, ends, 'tell', String(port), address]);
  if (server.stdout !== null) await once(server.stdout, 'data');
}

/** By which address such a server sees a packet from there; undefined where no answer came in time. */
export function seenAs(
  from: Machine,
  host: string,
  port: number,
  { protocol = 'tcp', seconds = 60 }: { protocol?: 'tcp' | 'udp'; seconds?: number } = {},
): string | undefined {
  const ran = from.try([process.execPath, ends, `ask-${protocol}`, host, String(port)], undefined, seconds);
  return ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as { seen: string }).seen;
}

export interface Fetched {
  readonly received?: number;
  readonly from?: string;
  readonly error?: string;
}

/** Sends so many bytes and gives what came back; undefined when it did not end in time. */
export function fetch(
  from: Machine,
  host: string,
  port: number,
  bytes: number,
  seconds = 120,
): Fetched | undefined {
  const ran = from.try(
    [process.execPath, ends, 'fetch', host, String(port), String(bytes)],
    undefined,
    seconds,
  );
  return ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as Fetched);
}

export function probeUdp(from: Machine, host: string, ports: string): void {
  from.run([process.execPath, ends, 'probe-udp', host, ports]);
}

export function connectAll(
  from: Machine,
  host: string,
  ports: string,
): { open: number[]; outcomes: Record<string, number> } {
  return JSON.parse(from.run([process.execPath, ends, 'connect', host, ports], undefined, 120));
}
