// A session counts when it is established and has brought a message since the commit: one that the change has cut stays established for
// its whole hold time.
import type { BgpSession } from '../../plan/types/facts.ts';
import type { Probe } from '../../plan/types/outcome.ts';
import { type BgpProof, proofName } from '../../plan/types/proof.ts';
import { parseSessions } from '../sessions.ts';
import type { RouterCheck } from './check.ts';

/** `elapsed`: seconds since the commit. `any`: a session that is up counts. */
export function bgpCheck(proof: BgpProof, elapsed: () => number, isAny: boolean): RouterCheck {
  const { neighbor, prefixes: least = 0, within } = proof;
  let state = 'no answer';
  let first: BgpSession | undefined;
  let isHeard = isAny;
  let prefixes = 0;
  let isUp = false;
  return {
    within,
    call: ['watch', 'sessions', '3', String(within), 'sessions'],
    take({ name, output }) {
      if (name !== 'sessions') return;
      // nothing is printed where BGP isn't configured
      const sessions = output.trim() === '' ? [] : parseSessions(output);
      const session = sessions?.find(({ address }) => address === neighbor);
      isUp = session?.state === 'Established';
      state = session?.state ?? (sessions === undefined ? 'a table that can not be read' : 'no such session');
      prefixes = session?.prefixes ?? 0;
      if (!isUp || session === undefined) {
        // the next one is another session
        first = undefined;
        isHeard = isAny || sessions !== undefined;
        return;
      }
      first ??= session;
      isHeard ||= session.received !== first.received || upFor(session.since) < elapsed();
    },
    probes() {
      const name = `BGP with ${proofName(proof)} is established`;
      const saw = !isUp ? state : isHeard ? '' : 'established, but no message since the commit';
      const found: Probe[] = [saw === '' ? { name, ok: true } : { name, ok: false, saw }];
      if (least > 0) {
        const enough = `${proofName(proof)} announces ${least} or more prefixes`;
        const ok = saw === '' && prefixes >= least;
        found.push(ok ? { name: enough, ok } : { name: enough, ok, saw: String(prefixes) });
      }
      return found;
    },
  };
}

/** Seconds; infinite for days and weeks, and what else isn't hours, minutes and seconds. */
function upFor(since: string): number {
  const found = /^(\d\d):(\d\d):(\d\d)$/.exec(since);
  if (found === null) return Number.POSITIVE_INFINITY;
  const [, hours, minutes, seconds] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
