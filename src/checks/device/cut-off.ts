// EW230 to EW232: would the plan cut off the very session that applies it? The path of this SSH session on the router, before and
// after, by the engines that prove tunnels: a verdict of yes, no, or can't tell.
import { passage } from '../../model/firewall/verdict.ts';
import { tellParts } from '../../model/firewall/words.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import type { Session } from '../../plan/types/facts.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { find, type Tree, value, values } from '../../vyatta/tree.ts';
import { tunnelThreats } from '../firewall/tunnel-threats.ts';
import { tellEntry } from '../routing/routes.ts';
import { finding, viewOf } from '../view.ts';
import { type Conversation, conversation, pathOf, type Threat, threats } from './path.ts';

const sshPort = 22;

export function cutOff(input: CheckInput): Diagnostic[] {
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
          "it can't be told whether this plan cuts off the session that applies it: the router said nothing of it",
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
}

/** From the router to itself, such as a jump through it. */
const isLocal = ({ family, from }: Conversation): boolean =>
  family === 4 ? from >> 24n === 127n : from === 1n;

/** Nothing that edgewg plans changes it, but a plan is judged by what it comes to. */
function sshd(before: Tree, after: Tree, { to, toPort }: Session): Threat[] {
  const listens = (tree: Tree): string | undefined => {
    const said = find(tree, ['service', 'ssh']);
    if (said === undefined) return 'sshd is switched off';
    const port = Number(value(said, ['port']) ?? sshPort);
    if (port !== toPort) return `sshd listens on port ${port}`;
    const addresses = values(said, ['listen-address']);
    return addresses.length === 0 || addresses.includes(to)
      ? undefined
      : `sshd listens on ${addresses.join(', ')}`;
  };
  const now = listens(after);
  return now === undefined || listens(before) === now ? [] : [{ text: now, isSure: true }];
}

function verdict(
  input: CheckInput,
  session: Session,
  talk: Conversation,
  found: readonly Threat[],
): Diagnostic {
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
      message: `it can't be told whether this plan cuts off the session that applies it (${way}): ${told}`,
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
