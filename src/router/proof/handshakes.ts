// A handshake is new when the router reports another time for it than it told just before the commit, whatever its clock says now.
import { peer } from '../../objects/peer.ts';
import type { Probe } from '../../plan/types/outcome.ts';
import type { HandshakeProof } from '../../plan/types/proof.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { parsePrefix, printAddress } from '../../wireguard/prefix.ts';
import type { RouterCheck } from './check.ts';

/** WireGuard uses no key that is older (its paper, section 6.1, Reject-After-Time). */
const oldest = 180;

/** Peers with an endpoint: the others can't be called, only call. */
const called = (running: Tree, tunnel: string): string[] =>
  peer
    .names(running, tunnel)
    .filter(
      key => peer.says(running, 'endpoint', tunnel, key) && !peer.says(running, 'disable', tunnel, key),
    );

/** The first single address of each peer that can be called: the far tunnel addresses. A phone may be asleep. */
export function farAddresses(running: Tree, tunnel: string, keys = called(running, tunnel)): string[] {
  return keys.flatMap(key =>
    peer
      .values(running, 'allowedIPs', tunnel, key)
      .flatMap(text => text.split(','))
      .map(parsePrefix)
      .filter(prefix => prefix !== undefined)
      .filter(({ family, length }) => length === (family === 4 ? 32 : 128))
      .map(({ family, first }) => printAddress(family, first))
      .slice(0, 1),
  );
}

export function handshakeCheck(
  { tunnel, within }: HandshakeProof,
  running: Tree,
  told: string | undefined | 'any',
): RouterCheck {
  const keys = called(running, tunnel);
  const before = told === undefined ? undefined : parseHandshakes(told === 'any' ? '' : told);
  let latest = new Map<string, number>();
  let clock = 0;
  const isNew = (key: string): boolean => {
    const time = latest.get(`${tunnel} ${key}`) ?? 0;
    if (before === undefined || time === 0) return false;
    return told === 'any' ? clock - time <= oldest : time !== before.get(`${tunnel} ${key}`);
  };
  const quiet = keys.filter(key => !peer.says(running, 'persistentKeepalive', tunnel, key));
  return {
    within,
    call: ['watch', 'handshakes', '1', String(within), 'handshakes', ...farAddresses(running, tunnel, quiet)],
    take({ name, output }) {
      if (name !== 'handshakes') return;
      clock = Number(output.split('\n')[0]);
      latest = parseHandshakes(output);
    },
    probes() {
      if (keys.length === 0) return [uncalled(tunnel)];
      return keys.map((key): Probe => {
        const name = `${tunnel} has a new handshake with ${key.slice(0, 8)}…`;
        if (isNew(key)) return { name, ok: true };
        const saw =
          before === undefined
            ? 'the router did not tell those from before the commit'
            : `none within ${within} s`;
        return { name, ok: false, saw };
      });
    },
  };
}

/** There is nothing to wait for, and nothing proven. */
const uncalled = (tunnel: string): Probe => ({
  name: `a new handshake through ${tunnel}`,
  ok: true,
  unknown: 'none of its peers has an endpoint: they can only call',
});

/** Lines of interface, peer and seconds, by the first two. */
function parseHandshakes(text: string): Map<string, number> {
  const lines = text.split('\n').map(line => line.split('\t'));
  return new Map(lines.map(([name, key, time]) => [`${name} ${key}`, Number(time)]));
}
