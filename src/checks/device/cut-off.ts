// EW230 to EW232: would the plan cut off the very session that applies it? The path of this SSH session on the router, before and
// after, by the engines that prove tunnels: a verdict of yes, no, or can't tell.

import { passage } from '../../model/firewall/verdict.ts';
import { tellParts } from '../../model/firewall/words.ts';
import { sshOf } from '../../model/services.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Session } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import type { Tree } from '../../vyatta/tree.ts';
import { tunnelThreats } from '../firewall/tunnel-threats.ts';
import { tellEntry } from '../routing/routes.ts';
import { finding, viewOf } from '../view.ts';
import { type Conversation, conversation, pathOf, type Threat, threats } from './path.ts';

export const cutOff: Check = {
  explanations: {
    EW230: {
      title: 'the plan cuts off the session that applies it',
      why: `edgewg follows its own SSH session on the router, before and after the plan: the router's address, the interface, the
      rulesets that are attached there (local), the route of the answers, where sshd listens; for a session through a tunnel
      also the peer, the keys, the port, and the tunnel's own packets. Something of it would be gone after the commit. The
      proof over a new connection would fail, and the router would undo everything by itself.`,
      way: `Come in by another way (from home, by another tunnel), or do the change in two steps. --allow cut-off applies all the
      same: whoever proves it then must come in by the new way before the time is over.`,
    },
    EW231: {
      title: 'it is unknown whether the plan cuts off its own session',
      why: `Something on the way of the SSH session changes, and whether it still works afterwards depends on what no configuration
      tells: what a BGP neighbour announces, a rule with a rate limit, how soon a tunnel comes back after its interface went
      down and up. A peer that sends, and receives nothing for 15 seconds, handshakes again by itself (the protocol's keepalive
      timeout of 10 and rekey timeout of 5 seconds: WireGuard's whitepaper, section 6, and timers.c of the kernel module). One
      that has nothing to send waits for its next packet, or its next keepalive.`,
      way: 'Have another way in at hand. Unconfirmed, the router undoes the plan by itself.',
    },
    EW232: {
      title: 'the plan leaves the way of its own session open',
      why: `The router's address, the interface, the rulesets, sshd and the route of the answers were looked at before and after the
      plan, and none of them gets worse.`,
      way: 'Nothing is to be done.',
    },
  },
  find(input) {
    const { facts, changes } = input;
    if (facts === undefined || changes.every(({ action }) => action === 'keep')) return [];
    const { session } = facts;
    const talk = session && conversation(session.from, session.to, 6, session.toPort);
    if (session === undefined || talk === undefined)
      return [
        finding(input, ['router'], {
          code: 'EW231',
          severity: 'note',
          message:
            'it is unknown whether this plan cuts off the session that applies it: the router said nothing of it',
        }),
      ];
    const view = viewOf(input);
    if (isLocal(talk) || view.before.routing.own(talk.family, talk.from) !== undefined) return [];
    const found = [
      ...threats(input, view, talk, session.from),
      ...sshd(input.running, input.after, session),
      ...tunnelThreats(input, view, talk),
    ];
    return [verdict(input, session, talk, found)];
  },
};

/** From the router to itself, such as a jump through it. */
const isLocal = ({ family, from }: Conversation): boolean =>
  family === 4 ? from >> 24n === 127n : from === 1n;

/** Nothing that edgewg plans changes it, but a plan is judged by what it comes to. */
function sshd(before: Tree, after: Tree, { to, toPort }: Session): Threat[] {
  const listens = (tree: Tree): string | undefined => {
    const found = sshOf(tree);
    if (found === undefined) return 'sshd is switched off';
    const { port, addresses } = found;
    if (port !== toPort) return `sshd listens on port ${port}`;
    return addresses.length === 0 || addresses.includes(to)
      ? undefined
      : `sshd listens on ${addresses.join(', ')}`;
  };
  const now = listens(after);
  return now === undefined || listens(before) === now ? [] : [{ text: now, isSure: true }];
}

function verdict(input: CheckInput, session: Session, talk: Conversation, found: readonly Threat[]): Finding {
  const { before } = viewOf(input);
  const { iface, parts, back } = pathOf(before, talk);
  const way = `${session.from} → ${session.to}:${session.toPort}${iface === undefined ? '' : ` by ${iface.name}`}`;
  const sure = found.filter(threat => threat.isSure);
  const told = (sure.length > 0 ? sure : found).map(threat => threat.text).join('; ');
  const at: SitePath = [...sure, ...found].find(threat => threat.at !== undefined)?.at ?? ['router'];
  if (sure.length > 0)
    return finding(input, at, {
      code: 'EW230',
      severity: 'error',
      message: `this plan cuts off the session that applies it (${way}): ${told}`,
      hint: 'come in by another way, or change the plan; lifted, the router still undoes it by itself when nobody confirms',
      allow: 'cut-off',
    });
  if (found.length > 0)
    return finding(input, at, {
      code: 'EW231',
      severity: 'warning',
      message: `it is unknown whether this plan cuts off the session that applies it (${way}): ${told}`,
      hint: 'have another way in at hand; the router undoes the plan by itself when nobody confirms',
    });
  const entry = passage(parts) === 'all' && iface !== undefined ? `, let in by ${tellParts(parts)}` : '';
  const answers = back[0] === undefined ? '' : `; answers go by ${tellEntry(input, back[0])}`;
  return finding(input, at, {
    code: 'EW232',
    severity: 'note',
    message: `this plan doesn't cut off the session that applies it: the way of ${way} stays open${entry}${answers}`,
  });
}
