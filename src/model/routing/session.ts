// How long a BGP session takes to come back.
import { type Tree, value, values } from '../../vyatta/tree.ts';

/**
 * Where the timers say nothing: a session is given up after 180 s without a message, and called again after 120 s (RFC 4271 section 10;
 * Quagga's and ZebOS's hold time is twice the RFC's). One that the change broke must first be given up, then called again.
 */
const usualTimers = { holdtime: 180, connect: 120 };

/** How long a session may take to be there again at the worst: its hold time, and the time until it is called again. */
export function sessionSeconds(after: Tree, address: string): number {
  const [asn = ''] = values(after, ['protocols', 'bgp']);
  const bgp = ['protocols', 'bgp', asn];
  const configured = (name: 'holdtime' | 'connect'): number => {
    const own = value(after, [...bgp, 'neighbor', address, 'timers', name]);
    return Number(own ?? value(after, [...bgp, 'timers', name]) ?? usualTimers[name]);
  };
  // 0: a session that is never given up; then only one that is called anew is waited for
  return configured('holdtime') + configured('connect');
}
