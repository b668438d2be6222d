// Probes that cost time, for those who ask for them: a handshake newer than the commit, a ping at the tunnel's full MTU.

import { setTimeout } from 'node:timers/promises';
import { peer } from '../objects/peer.ts';
import { tunnel } from '../objects/tunnel.ts';
import type { Probe } from '../plan/types/outcome.ts';
import type { Plan } from '../plan/types/plan.ts';
import type { Connection } from '../ssh/connection.ts';
import type { Tree } from '../vyatta/tree.ts';
import { quote } from '../vyatta/words.ts';
import { parsePrefix, printAddress } from '../wireguard/prefix.ts';
import type { AskedProbes } from './apply-input.ts';
import { touchedInterfaces } from './prove.ts';
import { type Reading, readAgain } from './read.ts';
import { newNonce, readRecords } from './records.ts';

export interface FurtherProbes {
  /** Seconds to wait for a handshake; undefined: none is asked for. */
  readonly handshake: number | undefined;
  readonly ping: boolean;
}

/** `now`: milliseconds of a clock that never jumps. */
export function furtherProbes(
  plan: Plan,
  asked: FurtherProbes,
  now: () => number,
): (given: AskedProbes) => Promise<Probe[]> {
  return async given => {
    const { connection, reading } = given;
    const names = touchedInterfaces(plan).filter(name => tunnel.has(reading.running, name));
    const { handshake } = asked;
    return [
      ...(handshake === undefined ? [] : await handshakes(given, names, { seconds: handshake, now })),
      ...(asked.ping ? await pings(connection, reading.running, names) : []),
    ];
  };
}

/**
 * Peers with an endpoint: the others can't be called, only call. A handshake is new when the router reports another time for it than it told
 * just before the commit, whatever its clock says now. An interruption, or the end of the window, ends the wait.
 */
async function handshakes(
  { connection, reading: first, handshakesBefore, signal }: AskedProbes,
  names: string[],
  { seconds, now }: { readonly seconds: number; readonly now: () => number },
): Promise<Probe[]> {
  const expected = names.flatMap(name =>
    peer
      .names(first.running, name)
      .filter(key => peer.says(first.running, 'endpoint', name, key))
      .map(key => ({ name, key })),
  );
  const before = parseHandshakes(handshakesBefore);
  const isNew = (reading: Reading, { name, key }: { name: string; key: string }): boolean => {
    const there = reading.facts.interfaces.get(name)?.peers.find(peer => peer.publicKey === key);
    const latest = there?.latestHandshake ?? 0;
    return before !== undefined && latest !== 0 && latest !== before.get(`${name} ${key}`);
  };
  let reading = first;
  const until = now() + seconds * 1000;
  while (before !== undefined && expected.some(peer => !isNew(reading, peer)) && now() < until) {
    await setTimeout(1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    reading = await readAgain(connection, first.facts, signal);
  }
  const none =
    before === undefined
      ? 'the router did not tell those from before the commit'
      : `none within ${seconds} s`;
  return expected.map(peer => {
    const name = `${peer.name} has a new handshake with ${peer.key.slice(0, 8)}…`;
    return isNew(reading, peer) ? { name, ok: true } : { name, ok: false, saw: none };
  });
}

/** Lines of interface, peer and seconds, by the first two. */
function parseHandshakes(text: string | undefined): Map<string, number> | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n').map(line => line.split('\t'));
  return new Map(lines.map(([name, key, time]) => [`${name} ${key}`, Number(time)]));
}

/** The first single address of each peer that can be called: the far tunnel addresses. A phone may be asleep. */
function farAddresses(running: Tree, name: string): string[] {
  const called = peer
    .names(running, name)
    .filter(key => peer.says(running, 'endpoint', name, key) && !peer.says(running, 'disable', name, key));
  return called.flatMap(key =>
    peer
      .values(running, 'allowedIPs', name, key)
      .flatMap(text => text.split(','))
      .map(parsePrefix)
      .filter(prefix => prefix !== undefined)
      .filter(({ family, length }) => length === (family === 4 ? 32 : 128))
      .map(({ family, first }) => printAddress(family, first))
      .slice(0, 1),
  );
}

async function pings(connection: Connection, running: Tree, names: string[]): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const name of names) {
    const mtu = Number(tunnel.value(running, 'mtu', name) ?? 1420);
    const far = farAddresses(running, name);
    if (far.length === 0)
      probes.push({
        name: `a far address of ${name} answers a ping`,
        ok: false,
        saw: 'no peer with an endpoint and a single address among its allowed IPs',
      });
    for (const address of far) probes.push(await ping(connection, name, address, mtu));
  }
  return probes;
}

/** With don't-fragment, so that the MTU is what is proven: 28 or 48 bytes are the headers of IP and ICMP. */
async function ping(connection: Connection, name: string, address: string, mtu: number): Promise<Probe> {
  const size = mtu - (address.includes(':') ? 48 : 28);
  const nonce = newNonce();
  const command = `ping -c 3 -i 0.3 -W 2 -M do -s ${size} -I ${quote(name)} ${quote(address)}`;
  const script = `out=$(${command} 2>&1 </dev/null | tail -n 4); case $out in *' 0 received'*) code=1;; *[0-9]' received'*) code=0;; *) code=1;; esac; printf '%s ping %s %s\\n%s end 0 -\\n' ${nonce} $code "$(printf '%s' "$out" | base64 -w0)" ${nonce}`;
  const { stdout } = await connection.exec(script, { timeoutMs: 30_000 });
  const answer = readRecords(stdout, nonce).get('ping');
  const probe = `${address} answers a ping of ${mtu} bytes through ${name}`;
  if (answer?.exit === 0) return { name: probe, ok: true };
  return { name: probe, ok: false, saw: seen(answer?.output ?? '') };
}

/** What ping said that tells most: that it can't send, or how many came back. */
function seen(output: string): string {
  const lines = output.split('\n').map(line => line.trim());
  const telling = lines.find(line => / received/.test(line)) ?? lines.findLast(line => line !== '');
  return telling ?? 'no answer';
}
