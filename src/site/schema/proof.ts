// `proof`: what must hold after a commit, beyond what every apply looks at, before the router may save.
import type * as zod from 'zod';
import { commandLine } from '../grammar/keys.ts';
import { interfaceName } from '../grammar/names.ts';
import { httpUrl, neighborName, seconds, tcpPlace } from '../grammar/proof.ts';
import { choice, flag, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const within = word(seconds, 'How long it may take, once edgewg is logged in again: 30s, 5m.').optional();
const ofTunnel = word(
  interfaceName,
  'The tunnel that it is about: asked only when that one changes. Default: every apply.',
).optional();
const from = choice(
  ['router', 'client'],
  'Who asks: the router, or the machine that runs edgewg. Default: router.',
).optional();

/** `true`, or with options. */
const ofTunnels = (what: string, otherwise: string) =>
  z
    .union([
      flag('On every tunnel that the apply changes.'),
      z
        .strictObject({
          tunnels: listOf(
            word(interfaceName, 'wg0 to wg999.'),
            'On these, when the apply changes them.',
          ).optional(),
          within,
        })
        .meta({ description: 'With options.' }),
    ])
    .meta({ description: `${what} ${otherwise}` })
    .optional();

const oneOrMore = <V extends zod.ZodType>(item: V, description: string) =>
  z
    .union([item, listOf(item, 'Several.')])
    .meta({ description })
    .optional();

const tcp = z.union([
  word(tcpPlace, 'Host and port.'),
  z
    .strictObject({ to: word(tcpPlace, 'Host and port.'), from, within, tunnel: ofTunnel })
    .meta({ description: 'With options.' }),
]);

const http = z.union([
  word(httpUrl, 'The URL.'),
  z
    .strictObject({
      url: word(httpUrl, 'The URL.'),
      from,
      status: whole(
        100,
        599,
        'The status that must come. Default: any of 200 to 399; nothing is followed.',
      ).optional(),
      within,
      tunnel: ofTunnel,
    })
    .meta({ description: 'With options.' }),
]);

const command = z.union([
  word(commandLine, 'The words of the command; no shell reads them.'),
  z
    .strictObject({
      run: word(commandLine, 'The words of the command; no shell reads them.'),
      within,
      tunnel: ofTunnel,
    })
    .meta({ description: 'With options.' }),
]);

export const proof = z
  .strictObject({
    handshake: ofTunnels(
      'A new handshake with every peer that has an endpoint.',
      'Default within 135s: WireGuard makes keys anew after 120 s.',
    ),
    ping: ofTunnels("An answer of each such peer to a ping of the tunnel's full MTU.", 'Default within 10s.'),
    bgp: z
      .strictObject({
        established: listOf(
          word(neighborName, "A neighbour's address, its tunnel, or the name of a peer there."),
          'Sessions that must be established and have brought a message since the commit.',
        ).optional(),
        prefixes: mapOf(
          neighborName,
          "A neighbour's address, its tunnel, or the name of a peer there.",
          whole(1, 1000000, 'So many or more.'),
          'How many prefixes must have come from a neighbour of IPv4.',
        ).optional(),
        within: word(
          seconds,
          'How long it may take. Default: the hold time of the slowest, and the 120 s after which a router calls again.',
        ).optional(),
      })
      .meta({ description: 'Sessions of BGP, asked for whenever the apply changes something.' })
      .optional(),
    tcp: oneOrMore(tcp, 'Connections that must be accepted. Default within 10s.'),
    http: oneOrMore(http, 'Pages that must be answered. Default within 10s.'),
    command: oneOrMore(
      command,
      'Programs of the machine that runs edgewg that must end with 0; run only with --run-commands. Default within 30s.',
    ),
  })
  .meta({
    description:
      'What must hold after a commit besides what every apply proves; else the router is put back.',
  });
