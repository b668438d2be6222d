// The text of `ip route show table all` as routes: both families, every table but the kernel's own `local`.
import { type Family, parsePrefix, printPrefix } from '../../wireguard/prefix.ts';

export interface KernelRoute {
  /** `main`, or the number of a policy table. */
  readonly table: string;
  /** Canonical. */
  readonly prefix: string;
  /** Packets end there: blackhole, unreachable, prohibit. */
  readonly isBlackhole: boolean;
  readonly hops: readonly { readonly out?: string; readonly via?: string }[];
  /** `zebra`, `static`, `kernel`, `boot`, … */
  readonly protocol: string;
  readonly metric: number;
}

const ends = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);
/** The kernel's own, of no network. */
const own = new Set(['local', 'broadcast', 'multicast', 'anycast', 'nat']);

/** Undefined when a line of it can't be read. */
export function parseRoutes(text: string): KernelRoute[] | undefined {
  const found: KernelRoute[] = [];
  const whole = text.replace(/\n[ \t]+(?=nexthop )/g, ' ');
  for (const line of whole.split('\n')) {
    const words = line.split(/[ \t]+/).filter(word => word !== '');
    const [first = ''] = words;
    if (first === '' || own.has(first)) continue;
    const isEnd = ends.has(first);
    const rest = words.slice(first === 'unicast' || isEnd ? 1 : 0);
    const after = (name: string): string | undefined =>
      rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined;
    const table = after('table') ?? 'main';
    if (table === 'local') continue;
    const prefix = prefixOf(rest[0] ?? '', familyOf(rest));
    if (prefix === undefined) return undefined;
    found.push({
      table: table === '254' ? 'main' : table,
      prefix,
      isBlackhole: isEnd,
      hops: isEnd ? [] : hopsOf(rest),
      protocol: after('proto') ?? 'boot',
      metric: Number(after('metric') ?? 0),
    });
  }
  return found;
}

/** IPv6 routes say `pref`, and every one of theirs has a metric; `default` alone tells nothing. */
function familyOf(words: readonly string[]): Family {
  return words.includes('pref') || words.some(word => word.includes(':')) ? 6 : 4;
}

function prefixOf(word: string, family: Family): string | undefined {
  if (word === 'default') return family === 4 ? '0.0.0.0/0' : '::/0';
  const size = word.includes(':') ? 128 : 32;
  const prefix = parsePrefix(word.includes('/') ? word : `${word}/${size}`);
  return prefix && printPrefix(prefix);
}

/** Of one way, or of several that share the packets. */
function hopsOf(words: readonly string[]): KernelRoute['hops'] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === 'nexthop') parts.push([]);
    parts.at(-1)?.push(word);
  }
  return (parts.length > 1 ? parts.slice(1) : parts).map(part => {
    const after = (name: string): string | undefined =>
      part.includes(name) ? part[part.indexOf(name) + 1] : undefined;
    const [out, via] = [after('dev'), after('via')];
    return { ...(out !== undefined && { out }), ...(via !== undefined && { via }) };
  });
}
