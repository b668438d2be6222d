// Checks that a script on the router repeats until they hold: a ping, a connection, a page.
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { HttpProof, PingProof, TcpProof } from '../../plan/types/proof.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import type { Check, RouterCheck } from './check.ts';
import { farAddresses } from './handshakes.ts';

/** Seconds that one try may take: within them anything that works has answered. */
const tryFor = (within: number): string => String(Math.min(within, 30));

export function pingChecks({ tunnel, within }: PingProof, running: Tree, number: () => number): Check[] {
  const mtu = Number(tunnelKind.value(running, 'mtu', tunnel) ?? 1420);
  const far = farAddresses(running, tunnel);
  if (far.length === 0)
    return [
      failing(
        `a far address of ${tunnel} answers a ping`,
        'no peer with an endpoint and a single address among its allowed IPs',
      ),
    ];
  return far.map(address => {
    const size = String(mtu - (address.includes(':') ? 48 : 28));
    const name = `${address} answers a ping of ${mtu} bytes through ${tunnel}`;
    return asked(number(), name, within, ['ping_far', tunnel, address, size], seen);
  });
}

export function tcpCheck({ to, within }: TcpProof, number: number): Check {
  const place = parseEndpoint(to);
  const call = ['tcp', place?.host ?? '', String(place?.port ?? 0), tryFor(within)];
  return asked(number, `the router reaches ${to} by TCP`, within, call, connectionSaid);
}

export function httpCheck({ url, status, within }: HttpProof, number: number): Check {
  const call = ['http', tryFor(within), status === undefined ? 'any' : String(status), url];
  return asked(number, `the router gets ${url}`, within, call, pageSaid);
}

/** At once: nothing that comes later can help. */
function failing(name: string, saw: string): Check {
  return { within: 0, take: () => undefined, probes: () => [{ name, ok: false, saw }] };
}

function asked(
  number: number,
  name: string,
  within: number,
  call: readonly string[],
  said: (output: string, exit: number) => string,
): RouterCheck {
  let isOk = false;
  let saw = `no answer within ${within} s`;
  return {
    within,
    call: ['until_ok', String(number), String(within), ...call],
    take(record) {
      if (record.name !== `check:${number}` || isOk) return;
      isOk = record.exit === 0;
      saw = said(record.output, record.exit) || saw;
    },
    probes: () => [isOk ? { name, ok: true } : { name, ok: false, saw }],
  };
}

/** What ping said that tells most: that it can't send, or how many came back. */
function seen(output: string): string {
  const lines = output.split('\n').map(line => line.trim());
  return lines.find(line => / received/.test(line)) ?? lines.findLast(line => line !== '') ?? '';
}

/** `bash: connect: Connection refused`, with more before it. */
function connectionSaid(output: string, exit: number): string {
  if (exit === 124) return 'no answer';
  const last =
    output
      .trim()
      .split('\n')
      .find(line => line.includes('connect:')) ?? output.trim().split('\n').at(-1);
  return last?.replace(/^.*connect: /, '') ?? '';
}

function pageSaid(output: string): string {
  return (
    output
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^curl: \(\d+\) /, '') ?? ''
  );
}
