// What passes on an interface, as tcpdump sees it.
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, until } from './machine.ts';

export interface Packets {
  /** tcpdump's lines for the packets that match, without times. */
  matching(filter: string): string[];
}

export interface Recording {
  /** What has matched until now. */
  sofar(filter: string): string[];
  stop(): Promise<Packets>;
}

/** Records until `stop`, which first sends datagrams to port 9 of `marker`, so that all before them has been recorded. */
export async function record(machine: Machine, interface_: string, marker: string): Promise<Recording> {
  const file = join(mkdtempSync(join(tmpdir(), 'edgewg-capture-')), 'packets');
  const words = [
    '-i',
    interface_,
    '-s',
    '256',
    '-B',
    '131072',
    '-U',
    '--immediate-mode',
    '-Z',
    'root',
    '-w',
    file,
  ];
  const tcpdump = machine.spawn(['tcpdump', '-n', ...words]);
  let said = '';
  tcpdump.stderr?.on('data', (text: Buffer) => {
    said += text;
  });
  await until(
    `tcpdump listens on ${interface_}`,
    () => (said.includes('listening on') ? true : undefined),
    () => said,
  );
  const matching = (filter: string): string[] =>
    // the file grows while it is read: a last packet that is cut off makes an error after the ones before it
    machine
      .try(['tcpdump', '-n', '-t', '-v', '-Z', 'root', '-r', file, filter])
      .stdout.replace(/\n\s+/g, ' ')
      .split('\n')
      .filter(line => line !== '');
  const stop = async (): Promise<Packets> => {
    await until('the marker has passed', () => {
      machine.run(['bash', '-c', `echo marker >/dev/udp/${marker}/9`]);
      return matching('udp dst port 9').length > 0 ? true : undefined;
    });
    // its sums come after its end
    const end = once(tcpdump, 'close');
    tcpdump.kill('SIGINT');
    await end;
    if (!/\n0 packets dropped by kernel/.test(said)) throw new Error(`tcpdump lost packets: ${said}`);
    return { matching: filter => matching(`(${filter}) and not (udp port 9 or icmp[8:4] = 0)`) };
  };
  return { sofar: matching, stop };
}

/** The MSS in the SYNs that match. */
export function sizes(packets: Packets, filter: string): number[] {
  const lines = packets.matching(`(${filter}) and (tcp[13] & 2 != 0 or (ip6[6] = 6 and ip6[53] & 2 != 0))`);
  return [...new Set(lines.map(line => Number(/mss (\d+)/.exec(line)?.[1])))];
}

export const fragments = '(ip[6:2] & 0x3fff != 0) or (ip6 and ip6[6] = 44)';
