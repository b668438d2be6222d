// One route as `ip route` prints it, with the recordings' routing daemon (transcript transaction, interactive/05).
import type { ActiveRoute } from './kernel.ts';

/** `isNamed`: among routes of other tables, which each tell theirs. With the blank that iproute2 leaves at the end. IPv4 addresses of a full-length prefix are printed bare. */
export function printRoute(route: ActiveRoute, isNamed = false): string {
  const isIPv6 = route.prefix.includes(':');
  const target = route.prefix
    .replace(/^(0\.0\.0\.0|::)\/0$/, 'default')
    .replace(isIPv6 ? /\/128$/ : /\/32$/, '');
  const words = [target];
  if (route.isBlackhole) words.unshift('blackhole');
  else if (route.nexthop > 0) words.push('nhid', String(route.nexthop));
  if (route.gateway !== undefined) words.push('via', route.gateway);
  if (route.device !== undefined) words.push('dev', route.device);
  if (isNamed && route.table !== undefined) words.push('table', route.table);
  if (route.protocol !== 'boot' || isIPv6) words.push('proto', route.protocol);
  if (!isIPv6 && route.gateway === undefined && route.protocol !== 'static') words.push('scope', 'link');
  if (route.source !== undefined) words.push('src', route.source);
  if (route.protocol === 'static') words.push('metric', '20');
  else if (isIPv6) words.push('metric', route.protocol === 'kernel' ? '256' : '1024');
  if (isIPv6) words.push('pref', 'medium');
  return `${words.join(' ')} `;
}
