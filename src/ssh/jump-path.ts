// The way to a target: through which jump hosts, in the order they are dialled. Contacts nobody.
import { NoAccess } from '../errors.ts';
import type { Access } from './access.ts';
import type { ConfigLine } from './config-files.ts';
import type { Target } from './contract.ts';
import { expand } from './expand.ts';
import type { Hop } from './hop.ts';
import { parsePlace } from './place.ts';
import { type Settings, settingsFor } from './settings.ts';
import { namesOf, toHop } from './to-hop.ts';

const deepest = 8;

/** Jump hosts first, the target last. Rejects ProxyCommand, which would start a program: better no way in than another one. */
export function findJumpPath(target: Target, lines: readonly ConfigLine[], access: Access, depth = 0): Hop[] {
  if (depth > deepest) throw loop(target.host);
  const look = (to: Target) =>
    settingsFor(lines, { host: to.host, user: to.user, localUser: access.localUser, notice: access.notice });
  const settings = look(target);
  const hop = toHop(target, settings, access);
  refuseUnsupported(settings, hop, access);
  const [first, ...others] = jumpsOf(settings, hop, target, access);
  if (first === undefined) return [hop];
  const between = others.map(other => {
    const theirs = look(other);
    const one = toHop(other, theirs, access);
    refuseUnsupported(theirs, one, access);
    return one;
  });
  return [...findJumpPath(first, lines, access, depth + 1), ...between, hop];
}

/**
 * What would let in less, or lead another way, is refused where edgewg can't do it; what would let in more is passed over, and said.
 */
function refuseUnsupported(settings: Settings, { name }: Hop, { notice }: Access): void {
  const isSet = (keyword: string): boolean =>
    !['none', 'no'].includes(settings.first(keyword.toLowerCase())?.toLowerCase() ?? 'none');
  const refused = Object.keys(instead).find(isSet);
  if (refused !== undefined)
    throw new NoAccess(
      'ssh-config-unsupported',
      `ssh_config has ${refused} for ${name}, which edgewg can't do`,
      instead[refused],
    );
  const passedOver = ['CanonicalizeHostname', 'KnownHostsCommand', 'VerifyHostKeyDNS'].filter(isSet);
  for (const keyword of passedOver) notice(`ssh_config: ${keyword} is passed over for ${name}`);
}

const instead: Readonly<Record<string, string>> = {
  RevokedHostKeys:
    'write those keys into known_hosts as @revoked lines, and RevokedHostKeys none for this host',
  BindInterface: "write that interface's address as BindAddress, and BindInterface none for this host",
};

/**
 * As with ssh, the first jump host may have jump hosts of its own, and none may jump through itself. Of ProxyJump and ProxyCommand the
 * first counts, though a ProxyJump of `none` leaves it to the other (as ssh -G shows).
 */
function jumpsOf(settings: Settings, hop: Hop, target: Target, access: Access): Target[] {
  const jump = settings.first('proxyjump') ?? 'none';
  if (jump.toLowerCase() === 'none' || settings.earliest(['proxyjump', 'proxycommand']) === 'proxycommand') {
    const command = settings.words('proxycommand')?.join(' ') ?? 'none';
    if (command.toLowerCase() === 'none') return [];
    throw noProxyCommand(hop.name, command);
  }
  const jumps = jump.split(',').map(text => parseJump(expand(text.trim(), namesOf(hop, access))));
  if (jumps.some(({ host, port }) => host === target.host && (port ?? hop.port) === hop.port))
    throw loop(hop.name);
  return jumps;
}

function parseJump(text: string): Target {
  const place = parsePlace(text);
  if (place === undefined)
    throw new NoAccess(
      'ssh-config-value',
      `ssh_config: ProxyJump '${text}' names no host`,
      'write user@host:port',
    );
  return { ...place, legacyAlgorithms: [] };
}

function loop(host: string): NoAccess {
  const message = `ProxyJump leads in a circle at ${host}`;
  return new NoAccess('jump-loop', message, 'correct ProxyJump in ssh_config (`Host !jump *`)');
}

function noProxyCommand(host: string, command: string): NoAccess {
  return new NoAccess(
    'proxy-command',
    `ssh_config has ProxyCommand '${command}' for ${host}, and edgewg starts no ssh or other program to connect`,
    'use ProxyJump for this host',
  );
}
