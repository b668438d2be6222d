// Where a host is, in one word: `[user@]host[:port]`, also as ssh:// URI; an IPv6 address in brackets.
import type { Target } from './contract.ts';

type Place = Pick<Target, 'host' | 'user' | 'port'>;

/** Undefined for anything else. */
export function parsePlace(text: string): Place | undefined {
  const plain = text.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const at = plain.lastIndexOf('@');
  const place = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(plain.slice(at + 1));
  const host = place?.groups?.['v6'] ?? place?.groups?.['host'];
  const port = place?.groups?.['port'];
  if (host === undefined || Number(port ?? 1) > 65535) return undefined;
  return { host, ...(at > 0 && { user: plain.slice(0, at) }), ...(port && { port: Number(port) }) };
}
