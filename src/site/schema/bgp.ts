// `bgp`: the router's neighbours over the tunnels, such as MetalLB's or Calico's speakers.
import { type Grammar, wordGrammar } from '../grammar/grammar.ts';
import { interfaceName } from '../grammar/names.ts';
import { address, prefix } from '../grammar/net.ts';
import { description } from '../grammar/texts.ts';
import { flag, listOf, mapOf, whole, word } from './leaf.ts';
import { z } from './shape.ts';

const asn = (text: string) => whole(1, 4294967294, text);

const dottedQuad: Grammar = {
  pattern: /^\d{1,3}(\.\d{1,3}){3}$/,
  examples: ['192.168.2.1'],
  check: text =>
    text.includes(':')
      ? { message: 'is not an IPv4 address', hint: 'write 192.168.2.1' }
      : address.check(text),
};

/** An address, or an interface of any sort: it must not look like an option. */
const updateSource: Grammar = {
  pattern: /^([0-9A-Fa-f.:]+|[a-z]+\d*(\.\d{1,4})?)$/,
  examples: ['192.168.5.14', 'lo'],
  check: text =>
    text.includes(':') || /^\d/.test(text) ? address.check(text) : interfaceOfAnySort.check(text),
};

const interfaceOfAnySort = wordGrammar({
  pattern: /^[a-z]{2,10}\d{0,3}(\.\d{1,4})?$/,
  allowed: /[a-z0-9.]/,
  rule: 'write an address of the router, or an interface such as lo or wg4',
  examples: ['lo'],
});

const timers = z
  .strictObject({
    keepalive: whole(0, 65535, 'Seconds between keepalives.'),
    holdtime: whole(
      0,
      65535,
      'Seconds without a message after which the session is down; 0 for never, else 3 or more.',
    ),
  })
  .meta({ description: 'Timers of the session, in seconds.' });

const neighbor = z
  .strictObject({
    tunnel: word(interfaceName, 'The tunnel through which the neighbour is reached.'),
    remoteAsn: asn("The neighbour's AS number."),
    description: word(description, 'A text that the router keeps with the neighbour.').optional(),
    disable: flag('The session stays in the configuration, but down.').optional(),
    accept: listOf(
      word(prefix, 'A prefix, host bits zero.'),
      'Only these prefixes, and more specific ones, are taken from the neighbour. Default: none.',
    ).optional(),
    updateSource: word(updateSource, 'The address or interface that the session comes from.').optional(),
    ebgpMultihop: whole(
      1,
      255,
      'The most hops to a neighbour of another AS. Default: 2 where no network of the tunnel has its address.',
    ).optional(),
    softReconfiguration: flag(
      'Keep what the neighbour sent, so that a changed filter needs no new session.',
    ).optional(),
    timers: timers.optional(),
  })
  .meta({ description: 'A BGP neighbour.' });

export const bgp = z
  .strictObject({
    asn: asn("The router's own AS number."),
    routerId: word(dottedQuad, 'The identifier of the router, an IPv4 address.').optional(),
    maximumPaths: whole(1, 255, 'How many equal paths are used at once.').optional(),
    neighbors: mapOf(
      address,
      'The address of the neighbour.',
      neighbor,
      'The neighbours, by address.',
    ).optional(),
  })
  .meta({ description: "The router's BGP sessions over the tunnels." });
