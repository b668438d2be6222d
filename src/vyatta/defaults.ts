// Values that EdgeOS sets by itself, and that a newer release prints where an older one said nothing. Saving them changes nothing.
import { parseCommands } from './commands.ts';
import { lookup } from './nodes.ts';
import { UnreadableText } from './source.ts';
import { leaves, type Path, startsWith } from './tree.ts';

/** Defaults of EdgeOS's own templates, beside those of the table of nodes; `*` is any word (docs/edgeos.md 'Defaults'). */
const printed: readonly string[] = [
  'firewall all-ping enable',
  'firewall broadcast-ping disable',
  'firewall ip-src-route disable',
  'firewall ipv6-receive-redirects disable',
  'firewall ipv6-src-route disable',
  'firewall log-martians enable',
  'firewall receive-redirects disable',
  'firewall send-redirects enable',
  'firewall source-validation disable',
  'firewall syn-cookies enable',
  'firewall name * rule * log disable',
  'firewall ipv6-name * rule * log disable',
  'interfaces ethernet * duplex auto',
  'interfaces ethernet * speed auto',
  'interfaces switch * mtu 1500',
  'service dhcp-server hostfile-update disable',
  'service dhcp-server static-arp disable',
  'service dhcp-server use-dnsmasq disable',
  'service gui http-port 80',
  'service gui https-port 443',
  'service gui older-ciphers enable',
  'service ssh port 22',
  'service ssh protocol-version v2',
];

const known: readonly Path[] = printed.map(line => line.split(' '));

/** The words of a `set` say a default. */
function isDefault(path: Path): boolean {
  const found = lookup(path.slice(0, -1));
  if (found?.node.kind === 'leaf' && found.node.value.default === path.at(-1)) return true;
  return known.some(
    words => words.length === path.length && words.every((word, i) => word === '*' || word === path[i]),
  );
}

/**
 * `set` and `delete` lines from one configuration to another, without those that say a default where nothing was said before. A
 * line that can't be read stays.
 */
export function withoutDefaults(lines: readonly string[]): string[] {
  const deleted = lines.flatMap(line => (line.startsWith('delete ') ? (wordsOf(line) ?? []) : []));
  return lines.filter(line => {
    const path = line.startsWith('set ') ? wordsOf(line)?.[0] : undefined;
    if (path === undefined || !isDefault(path)) return true;
    return deleted.some(other => startsWith(other, path.slice(0, -1)));
  });
}

function wordsOf(line: string): Path[] | undefined {
  try {
    return [...leaves(parseCommands(line.replace(/^delete /, 'set ')))].map(({ path }) => path);
  } catch (error) {
    if (error instanceof UnreadableText) return undefined;
    throw error;
  }
}
