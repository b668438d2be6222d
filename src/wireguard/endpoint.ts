// A peer's endpoint: `host:port`, `192.0.2.1:port` or `[2001:db8::1]:port`.
import { type Family, parseAddress, printAddress } from './prefix.ts';

export interface Endpoint {
  /** A host name in lower case, or an address in its canonical form without brackets. */
  readonly host: string;
  readonly port: number;
  /** Undefined for a host name: it may have addresses of both families. */
  readonly family: Family | undefined;
}

/** One label: letters, digits and inner hyphens (RFC 1123). */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostName = new RegExp(`^(?=.{1,253}$)(?:${label}\\.)*(?!\\d+\\.?$)${label}\\.?$`);

/** Undefined when the text isn't an endpoint: EdgeOS itself checks nothing before `wg` does at commit (docs/edgeos.md 'Endpoints'). */
export function parseEndpoint(text: string): Endpoint | undefined {
  const found = /^(?:\[([^\]]+)\]|([^:[\]]+)):([1-9]\d{0,4})$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port > 65535) return undefined;
  const address = parseAddress(found[1] ?? found[2] ?? '');
  if (found[1] !== undefined)
    return address?.family === 6 ? { host: printAddress(6, address.address), port, family: 6 } : undefined;
  if (address !== undefined) return { host: printAddress(4, address.address), port, family: 4 };
  const host = (found[2] ?? '').toLowerCase();
  return hostName.test(host) ? { host, port, family: undefined } : undefined;
}

export function printEndpoint(endpoint: Endpoint): string {
  return endpoint.family === 6 ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/** The canonical text of an endpoint, or the text itself when it isn't one. */
export function canonicalEndpoint(text: string): string {
  const endpoint = parseEndpoint(text);
  return endpoint === undefined ? text : printEndpoint(endpoint);
}
