// The script of the router that looks up the names of peers again: wg does it once, when an endpoint is committed or at boot
// (docs/edgeos.md 'Endpoints'). What it looks after stands in it, so that it needs nothing else; its file is named after its content, so that
// another content is another file, as with keys, and whoever reads the name knows whether the content is still ours.
import { createHash } from 'node:crypto';
import { parseEndpoint } from '../wireguard/endpoint.ts';
import { isKey } from '../wireguard/key.ts';

/** A peer whose endpoint is a name. */
export interface Watched {
  /** 44 characters of canonical base64. */
  readonly publicKey: string;
  /** `name:port`. */
  readonly endpoint: string;
}

export interface Helper {
  /** On the router. */
  readonly path: string;
  readonly content: string;
}

/** EdgeOS keeps what is below /config over a firmware upgrade (docs/edgeos.md 'Firmware upgrades'). */
const folder = '/config/scripts';

/** Digits of the SHA-256 of the content that stand in the name. */
const digits = 16;

/** `edgewg-resolve-wg4`: the name of the task, and with the digest behind it that of the file. */
export const taskOf = (tunnel: string): string => `edgewg-resolve-${tunnel}`;

/** The tunnel of a task that has such a name. */
export const tunnelOfTask = (task: string): string | undefined =>
  /^edgewg-resolve-(wg(?:0|[1-9]\d{0,2}))$/.exec(task)?.[1];

/** What the path of a helper says of it; undefined for any other path. */
export function partsOfHelper(
  path: string,
): { readonly tunnel: string; readonly digest: string } | undefined {
  const found = /^\/config\/scripts\/edgewg-resolve-(wg(?:0|[1-9]\d{0,2}))-([0-9a-f]{16})$/.exec(path);
  return found === null ? undefined : { tunnel: found[1] ?? '', digest: found[2] ?? '' };
}

/** Whether a file whose SHA-256 is `sum` is what its path says. */
export const isIntact = (path: string, sum: string): boolean =>
  partsOfHelper(path)?.digest === sum.slice(0, digits);

/** Undefined where there is nothing to look after, or what isn't a key and a name: these texts go to a shell. */
export function helperOf(tunnel: string, watched: readonly Watched[]): Helper | undefined {
  const lines = watched.map(lineOf).sort();
  if (lines.length === 0 || lines.includes('') || tunnelOfTask(taskOf(tunnel)) === undefined)
    return undefined;
  const content = `${script.replace('@tunnel@', tunnel)}${lines.join('')}wait\n`;
  const digest = createHash('sha256').update(content).digest('hex').slice(0, digits);
  return { path: `${folder}/${taskOf(tunnel)}-${digest}`, content };
}

/** Empty for what can't be looked after. */
function lineOf({ publicKey, endpoint }: Watched): string {
  const found = parseEndpoint(endpoint);
  if (found === undefined || found.family !== undefined || !isKey(publicKey)) return '';
  return `look '${publicKey}' ${found.host} ${found.port} &\n`;
}

/** For bash 4.2 (EdgeOS 1), by cron as root. */
const script = `#!/bin/bash
# Made by edgewg, and taken away by it with the last "resolve" of the tunnel: looks up where peers are whose endpoint is a name, and
# tells wg when that has changed. It saves nothing, and neither asks nor changes the configuration.
interface=@tunnel@
# Seconds without a handshake before a name is looked up: a session that is used has a new one every two minutes.
silence=180
LC_ALL=C; export LC_ALL
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
# cron would send it as mail
exec >/dev/null 2>&1 </dev/null

# Sets value to what wg shows behind a peer: wg makes a peer that it is told to set, so one that is gone must be left alone.
known() { # latest-handshakes|endpoints, key
  local key
  while read -r key value; do
    [ "$key" != "$2" ] || return 0
  done < <(wg show "$interface" "$1")
  return 1
}
# Sets all to the endpoints of a name, and first to the one of them that the resolver would take: what this router can't reach is last.
resolve() { # name, port
  local address kind rest
  first= all=' '
  while read -r address kind rest; do
    [ "$kind" = STREAM ] || continue
    case $address in *[!0-9a-f.:]* | 0.* | 127.* | :: | ::1) continue ;; *:*) address="[$address]" ;; esac
    [ -n "$first" ] || first=$address:$2
    all="$all$address:$2 "
  done < <(timeout -k 1 5 getent ahosts "$1")
  [ -n "$first" ]
}
tell() { logger -t edgewg -- "$interface: $*"; }
look() { # key, name, port
  local value first all now age
  known latest-handshakes "$1" || return 0
  printf -v now '%(%s)T' -1
  # a clock that was set back says nothing
  age=$((now - value))
  [ "$age" -gt "$silence" ] || [ "$age" -lt 0 ] || return 0
  resolve "$2" "$3" || { tell "$2 is silent, and its name has no address"; return 0; }
  known endpoints "$1" || return 0
  case $all in *" $value "*) return 0 ;; esac
  if wg set "$interface" peer "$1" endpoint "$first"; then tell "$2 is at $first now, was at $value"
  else tell "wg does not take $first for $2"
  fi
}
`;
