// One form for values that can be written in several, by the type that the node table gives them. Both sides of a
// comparison come through here; what goes to the router is never rewritten.
import { canonicalEndpoint } from '../wireguard/endpoint.ts';
import { canonicalInterfaceAddress, canonicalPrefix } from '../wireguard/prefix.ts';
import type { Value } from './node.ts';

/** The values that one written value stands for: `10.0.0.1/24,10.1.0.0/16` in `allowed-ips` is two prefixes. */
export function canonicalValues(value: Value, text: string): string[] {
  switch (value.type) {
    case 'ipOrNetList':
      return text.split(',').map(canonicalPrefix);
    case 'ipv4net':
    case 'ipv6net':
      return [canonicalPrefix(text)];
    case 'ipnet':
      return [canonicalInterfaceAddress(text)];
    case 'endpoint':
      return [canonicalEndpoint(text)];
    case 'u32':
    case 'port':
      return [/^\d+$/.test(text) ? String(Number(text)) : text];
    case 'key':
      return [Buffer.from(text, 'base64').toString('base64')];
    default:
      return [text];
  }
}
