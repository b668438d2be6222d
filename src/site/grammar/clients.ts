// Clients of a tunnel: addresses without negation, and the interfaces by which they come in.
import { matchAddress, parseMatchAddress } from './firewall.ts';
import { type Grammar, wordGrammar } from './grammar.ts';

const form = 'write an IPv4 address, a network or a range such as 192.168.1.20-192.168.1.29';

export const clientAddress: Grammar = {
  pattern: /^[0-9A-Fa-f.:]+(\/\d{1,3}|-[0-9A-Fa-f.:]+)?$/,
  examples: ['192.168.1.20', '192.168.1.20-192.168.1.29', '192.168.40.0/24'],
  check: text => {
    if (text.startsWith('!'))
      return { message: 'is negated', hint: 'name the clients that go through the tunnel', from: 0, to: 1 };
    const fault = matchAddress.check(text);
    if (fault !== undefined)
      return { ...fault, hint: fault.hint?.replace(', perhaps after a !', '') ?? form };
    return parseMatchAddress(text)?.family === 6
      ? {
          message: 'is an IPv6 address, and EdgeOS sends IPv4 alone by a table of its own',
          hint: 'name the IPv4 address; what becomes of IPv6 says `ipv6: drop` or `ipv6: wan`',
        }
      : undefined;
  },
};

/** Its kernel's name: `eth1`, `switch0.40`, `br0`, `wg0`. */
export const interfaceLink: Grammar = wordGrammar({
  pattern: /^[a-z]{2,8}\d{1,4}(\.\d{1,4})?$/,
  allowed: /[a-z0-9.]/,
  rule: 'write an interface as the router calls it: eth1, switch0, or switch0.40 for a VLAN',
  examples: ['eth1', 'switch0.40'],
});
