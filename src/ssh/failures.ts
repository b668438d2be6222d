// Why a link didn't come about, from what ssh2 says and how far it came: one sentence and a way out for each case.
import { NoAccess } from '../errors.ts';
import { legacyAmong } from './algorithms.ts';
import type { Hop } from './hop.ts';
import { printable } from './printable.ts';
import { closedEarly, where } from './socket.ts';

export interface LinkState {
  phase: 'greeting' | 'key exchange' | 'login';
  /** What the server offered, by ssh2's names for the kinds. */
  readonly offered: Record<string, string[]>;
}

type Ssh2Error = Error & { level?: string; code?: unknown };

/** `error` is undefined when the server just closed. */
export function explainLink(error: Ssh2Error | undefined, state: LinkState, hop: Hop): NoAccess {
  const text = error?.message ?? '';
  if (/^Handshake failed: no matching/.test(text)) return noCommonAlgorithm(text, state, hop, error);
  if (text === 'Keepalive timeout') return lost(`${where(hop)} fell silent`, error);
  if (text === 'password expired') {
    return new NoAccess(
      'password-expired',
      `${hop.name} wants a new password for ${hop.user} first`,
      `run: ssh ${hop.user}@${hop.host}`,
      error,
    );
  }
  if (text === 'endless banner') return notSsh(`${where(hop)} sends a banner without end`, error);
  if (state.phase === 'greeting') return duringGreeting(error, hop);
  if (state.phase === 'key exchange') {
    const message = `${where(hop)} broke off the key exchange${text && `: ${printable(text)}`}`;
    return new NoAccess(
      'key-exchange',
      message,
      'see the log of its sshd; `ssh -v` shows the same exchange',
      error,
    );
  }
  if (/too many authentication failures/i.test(text)) {
    const message = `${hop.name} broke off after too many tries to log in as ${hop.user}`;
    const hint = 'set IdentitiesOnly yes and the one IdentityFile for this host in ssh_config';
    return new NoAccess('too-many-tries', message, hint, error);
  }
  const message = `${where(hop)} closed the connection during the login${text && `: ${printable(text)}`}`;
  return new NoAccess('login-broken-off', message, 'see the log of its sshd', error);
}

function duringGreeting(error: Ssh2Error | undefined, hop: Hop): NoAccess {
  const text = error?.message ?? '';
  if (/^(Invalid identification|Invalid header|Header line|Max greeting|Protocol version)/.test(text)) {
    return notSsh(`what answers at ${where(hop)} is no SSH server`, error);
  }
  return closedEarly(hop, error);
}

function notSsh(message: string, error: Ssh2Error | undefined): NoAccess {
  return new NoAccess('not-ssh', message, 'check the host and the port', error);
}

function lost(message: string, error: Ssh2Error | undefined): NoAccess {
  return new NoAccess('connection-lost', message, 'check the network and try again', error);
}

const kinds: readonly { readonly test: RegExp; readonly ssh2: string; readonly name: string }[] = [
  { test: /key exchange/, ssh2: 'KEX method', name: 'key exchange' },
  { test: /host key/, ssh2: 'Host key format', name: 'host key' },
  { test: /C->S cipher/, ssh2: 'C->S cipher', name: 'cipher' },
  { test: /S->C cipher/, ssh2: 'S->C cipher', name: 'cipher' },
  { test: /C->S MAC/, ssh2: 'C->S MAC', name: 'MAC' },
  { test: /S->C MAC/, ssh2: 'S->C MAC', name: 'MAC' },
];

function noCommonAlgorithm(text: string, state: LinkState, hop: Hop, error: Ssh2Error | undefined): NoAccess {
  const kind = kinds.find(({ test }) => test.test(text));
  const offered = (kind && state.offered[kind.ssh2]) ?? [];
  const allowed = legacyAmong(offered);
  const message = `${where(hop)} has no ${kind?.name ?? 'algorithm'} that is safe by today's measure: it offers ${printable(offered.join(', ')) || 'none'}`;
  const hint =
    allowed.length === 0
      ? 'update the sshd of this host'
      : `update the router, or allow it in the site file: router.legacyAlgorithms: [${allowed.join(', ')}]`;
  return new NoAccess('old-algorithms', message, hint, error);
}
