// Addresses, prefixes and endpoints, with the way out for the usual slips.
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import {
  covers,
  type InterfaceAddress,
  last,
  parseAddress,
  parseInterfaceAddress,
  parsePrefix,
  printAddress,
  printPrefix,
} from '../../wireguard/prefix.ts';
import { type Fault, type Grammar, strangeCharacter } from './grammar.ts';

const characters = /[0-9A-Fa-f.:/]/;
const form = 'write an IPv4 or IPv6 prefix such as 10.42.4.0/24 or fd00:42::/48';

/** What is no address of a host: `this` network, loopback, multicast, reserved; link-local needs a zone. */
const nobody = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/128', '::1/128', 'ff00::/8'].map(parsed);
const linkLocal = ['169.254.0.0/16', 'fe80::/10'].map(parsed);

function parsed(text: string) {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new TypeError(text);
  return prefix;
}

const within = (list: typeof nobody, text: string): boolean => {
  const address = parsePrefix(text);
  return address !== undefined && list.some(prefix => covers(prefix, address));
};

/** The text with its parts, or why it isn't an address with a prefix length. */
function withLength(text: string): InterfaceAddress | Fault {
  if (text === '') return { message: 'is empty', hint: form };
  const strange = strangeCharacter(text, characters, form);
  if (strange !== undefined) return strange;
  const found = parseInterfaceAddress(text);
  const slash = text.indexOf('/');
  if (found === undefined && slash !== -1 && parseAddress(text.slice(0, slash)) !== undefined)
    return {
      message: 'has a wrong prefix length',
      hint: '0 to 32 for IPv4, 0 to 128 for IPv6',
      from: slash + 1 === text.length ? slash : slash + 1,
      to: text.length,
    };
  if (found === undefined) return { message: 'is neither an IPv4 nor an IPv6 address', hint: form };
  if (slash !== -1) return found;
  const whole = `${text}/${found.length}`;
  return { message: 'has no prefix length', hint: `write ${whole} for the one address` };
}

const isFault = (result: object): result is Fault => 'message' in result;

/** A network: what a route or AllowedIPs names. Host bits are an error, since nobody can know which of the two was meant. */
export const prefix: Grammar = {
  pattern: /^[0-9A-Fa-f.:]+\/\d{1,3}$/,
  examples: ['10.42.4.0/24', 'fd00:42::/48'],
  check: text => {
    const found = withLength(text);
    if (isFault(found)) return found;
    if (found.address === found.first) return undefined;
    const size = found.family === 4 ? 32 : 128;
    const corrected = `write ${printPrefix(found)}, or ${text.split('/')[0]}/${size} for the one address`;
    return { message: 'has bits behind its prefix length', hint: corrected };
  },
};

/** The address of an interface, with the length of its network. */
export const interfaceAddress: Grammar = {
  pattern: /^[0-9A-Fa-f.:]+\/\d{1,3}$/,
  examples: ['192.168.5.14/32', 'fd00:5::14/64'],
  check: text => {
    const found = withLength(text);
    if (isFault(found)) return found;
    if (within(nobody, printAddress(found.family, found.address)))
      return { message: 'is no address that an interface can have', hint: 'take one of a private range' };
    if (
      found.family === 4 &&
      found.length < 31 &&
      (found.address === found.first || found.address === last(found))
    )
      return {
        message: "is the network's own or its broadcast address",
        hint: 'take an address between the two',
      };
    return undefined;
  },
};

/** One address, without a length. */
export const address: Grammar = {
  pattern: /^[0-9A-Fa-f.:]{2,45}$/,
  examples: ['192.168.5.4', 'fd00:5::4'],
  check: text => {
    const hint = 'write an IPv4 or IPv6 address, without a prefix length';
    const strange = strangeCharacter(text, /[0-9A-Fa-f.:]/, hint);
    if (strange !== undefined) return strange;
    if (parseAddress(text) === undefined) return { message: 'is neither an IPv4 nor an IPv6 address', hint };
    return within(nobody, text) ? { message: 'is no address of a host', hint } : undefined;
  },
};

const endpointForm = 'write host.example.net:51820, 192.0.2.1:51820 or "[2001:db8::1]:51820"';

/** Where a peer is reached: EdgeOS checks nothing of it before `wg` does at commit (docs/edgeos.md 'Endpoints'). */
export const endpoint: Grammar = {
  pattern: /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/,
  examples: ['[2001:db8::1]:51820', '192.0.2.1:51820', 'srv4.example.net:51820'],
  check: text => {
    if (text === '') return { message: 'is empty', hint: endpointForm };
    const strange = strangeCharacter(text, /[A-Za-z0-9.:[\]-]/, endpointForm);
    if (strange !== undefined) return strange;
    const found = parseEndpoint(text);
    if (found === undefined) return endpointFault(text);
    if (found.family === undefined) return undefined;
    if (within(nobody, found.host) || within(linkLocal, found.host))
      return {
        message: 'is an address that no peer can be reached at',
        hint: 'take a public address of the peer',
      };
    return undefined;
  },
};

function endpointFault(text: string): Fault {
  const bare = parseAddress(text);
  if (bare?.family === 6)
    return { message: 'has no port', hint: `write "[${text}]:51820" with the peer's port` };
  const colon = text.lastIndexOf(':');
  if (colon === -1 || text.endsWith(']'))
    return { message: 'has no port', hint: `write ${text}:51820 with the peer's port` };
  const port = text.slice(colon + 1);
  const at = { from: colon + 1, to: text.length };
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535)
    return {
      message: 'has a wrong port',
      hint: 'a port is 1 to 65535, without leading zeros',
      ...(port === '' ? {} : at),
    };
  if (parseAddress(text.slice(0, colon))?.family === 6)
    return {
      message: 'has an IPv6 address without brackets',
      hint: `write "[${text.slice(0, colon)}]:${port}"`,
    };
  return { message: 'is neither a host name nor an address with a port', hint: endpointForm };
}
