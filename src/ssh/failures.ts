// Why a link didn't come about, from what ssh2 says and how far it came: one sentence and a way out for each case.
import { NoAccess } from '../errors.ts';
import { lackingAmong } from './algorithms.ts';
import type { Hop } from './hop.ts';
import { otherTypes } from './host-key.ts';
import type { PreparedHop } from './prepared-hop.ts';
import { printable } from './printable.ts';
import type { Kind, Offer } from './server-offer.ts';
import { closedEarly, where } from './socket.ts';
import type { Trust } from './trust.ts';

export interface LinkState {
  phase: 'greeting' | 'key exchange' | 'login';
  /** What the server offered, once it has. */
  offer?: Offer;
}

type Ssh2Error = Error & { level?: string; code?: unknown };

/** `error` is undefined when the server just closed. */
export function explainLink(
  error: Ssh2Error | undefined,
  state: LinkState,
  { hop, trust }: Pick<PreparedHop, 'hop' | 'trust'>,
): NoAccess {
  const text = error?.message ?? '';
  if (/^Handshake failed: no matching/.test(text)) return noCommonAlgorithm(state, hop, trust, error);
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

const kindNames: Readonly<Record<Kind, string>> = {
  kex: 'key exchange',
  serverHostKey: 'host key',
  cipher: 'cipher',
  hmac: 'MAC',
};

function noCommonAlgorithm(state: LinkState, hop: Hop, trust: Trust, error: Ssh2Error | undefined): NoAccess {
  const { offer } = state;
  const lacking = offer === undefined ? [] : lackingAmong(offer, hop.legacy);
  if (offer !== undefined && lacking.length === 0) return noKnownKey(offer, hop, trust, error);
  const names = lacking.map(({ kind }) => kindNames[kind]).join(' and no ') || 'algorithm';
  const offered = printable(lacking.map(one => one.offered.join(', ')).join('; '), 400);
  const message = `${where(hop)} has no ${names} that is safe by today's measure: it offers ${offered || 'none'}`;
  const remedies = lacking.flatMap(({ remedy }) => remedy ?? []);
  const hint =
    remedies.length < lacking.length || lacking.length === 0
      ? 'update the sshd of this host'
      : `update the router, or allow it in the site file: router.legacyAlgorithms: [${[...hop.legacy, ...remedies].join(', ')}]`;
  return new NoAccess('old-algorithms', message, hint, error);
}

/** It has keys, and none that is known of it can be checked. */
function noKnownKey(offer: Offer, hop: Hop, trust: Trust, error: Ssh2Error | undefined): NoAccess {
  const known = [...new Set(trust.known.map(({ type }) => type))];
  const old = offer.serverHostKey.find(name => known.includes(name));
  const offers = printable(offer.serverHostKey.join(', '), 200);
  if (old !== undefined)
    return new NoAccess(
      'old-algorithms',
      `${where(hop)} signs with the key that is known of it by ${old} alone, which is not safe by today's measure`,
      `allow it in the site file: router.legacyAlgorithms: [${[...hop.legacy, old].join(', ')}]; or file another key of it, compared with the router's own: it has ${offers}`,
      error,
    );
  return otherTypes(hop, trust, offers, error);
}
