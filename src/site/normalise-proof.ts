// `proof` in the form that the program uses: lists in place of single entries, options in place of short forms, seconds as numbers.
import { parseEndpoint } from '../wireguard/endpoint.ts';
import { defined } from './defined.ts';
import { parseSeconds } from './grammar/proof.ts';
import type * as P from './proof.ts';
import type { Written } from './schema/site.ts';
import type { SitePath } from './site.ts';

type WrittenProof = NonNullable<Written['proof']>;

export function normaliseProof(written: WrittenProof): P.ProofWish {
  const { bgp } = written;
  return defined({
    handshake: ofTunnels(written.handshake, 'handshake'),
    ping: ofTunnels(written.ping, 'ping'),
    bgp:
      bgp &&
      defined({
        at: ['proof', 'bgp'],
        within: timeOf(bgp.within),
        established: bgp.established ?? [],
        prefixes: new Map(Object.entries(bgp.prefixes ?? {})),
      }),
    tcp: each(written.tcp, 'tcp').flatMap(({ at, item }): P.TcpProof[] => {
      const { to, from = 'router', within, tunnel } = typeof item === 'string' ? { to: item } : item;
      const place = parseEndpoint(to);
      return place === undefined ? [] : [defined({ at, to: place, from, within: timeOf(within), tunnel })];
    }),
    http: each(written.http, 'http').map(({ at, item }): P.HttpProof => {
      const {
        url,
        from = 'router',
        status,
        within,
        tunnel,
      } = typeof item === 'string' ? { url: item } : item;
      return defined({ at, url, from, status, within: timeOf(within), tunnel });
    }),
    command: each(written.command, 'command').map(({ at, item }): P.CommandProof => {
      const { run, within, tunnel } = typeof item === 'string' ? { run: item } : item;
      return defined({ at, run, within: timeOf(within), tunnel });
    }),
  });
}

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseSeconds(text);

function ofTunnels(written: WrittenProof['handshake'], key: string): P.TunnelProof | undefined {
  if (written === undefined || written === false) return undefined;
  const { tunnels, within } = written === true ? {} : written;
  return defined({ at: ['proof', key], tunnels, within: timeOf(within) });
}

function each<T extends string | object>(
  written: T | readonly T[] | undefined,
  key: string,
): { at: SitePath; item: T }[] {
  if (written === undefined) return [];
  const list: readonly T[] | undefined = Array.isArray(written) ? written : undefined;
  if (list === undefined) return [{ at: ['proof', key], item: written as T }];
  return list.map((item, i) => ({ at: ['proof', key, i], item }));
}
