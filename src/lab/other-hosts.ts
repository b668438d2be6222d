// What names mean on a lab router that nobody told: each an address of its own, so that a tunnel to a name comes up at once and two ends stay
// apart. Nothing is asked of a real resolver, which may not know them, and may be far from here.
import { createHash } from 'node:crypto';

/** An address of 198.18.0.0/15, which is for tests (RFC 2544), the same for a name every time; none below .invalid (RFC 6761). */
export function otherHost(name: string): string | undefined {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (/(^|\.)invalid$/.test(host)) return undefined;
  const [second = 0, third = 0, fourth = 0] = createHash('sha256').update(host).digest();
  return `198.${18 + (second & 1)}.${third}.${fourth}`;
}
