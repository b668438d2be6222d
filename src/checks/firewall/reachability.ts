// EW100 to EW104: can the other end open a connection to a tunnel's listen port? Asked of every interface that faces the
// internet, through the rulesets that are really attached there, before and after the change.
import { type Stage, stagesToRouter } from '../../model/firewall/attached.ts';
import type { Packets } from '../../model/firewall/packets.ts';
import { askStages } from '../../model/firewall/passing.ts';
import { freeNumber, newUdp } from '../../model/firewall/port.ts';
import { only } from '../../model/firewall/ranges.ts';
import { rulesetPath } from '../../model/firewall/ruleset.ts';
import { type Part, type Passage, passage, passes, ruleOf } from '../../model/firewall/verdict.ts';
import { familyName, tellDecider, tellDoubt, tellParts } from '../../model/firewall/words.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { siteFix } from '../fix.ts';
import { families, finding, onRouter, type Side, viewOf } from '../view.ts';
import { listenPort, type Need, needOf, numbered, type Opener, openerOf, sourcesOf } from './need.ts';

export const reachability: Check = {
  explanations: {
    EW100: {
      title: 'a listen port becomes reachable from the internet',
      why: `For every interface that faces the internet edgewg walks the rulesets that are attached there, as they are after
      the plan, and follows a new UDP connection from the peers' addresses (or from anywhere) to the port. This one gets
      through, by the rule that is named.`,
      way: 'Nothing is to be done. It is reported when the plan changes it.',
    },
    EW101: {
      title: 'a port that the file opens stays closed',
      ignorable: true,
      why: `openPort sets a rule, but packets never come to it: an earlier rule drops them, or the ruleset isn't the one that
      is attached to the interface they come in by (firewall local, or the local zone). EdgeOS takes the first rule that
      matches, in the order of the numbers. The tunnel would come up only when the router itself begins.`,
      way: `Take a number that comes before the rule that drops (the hint names a free one), or name under uplink.rulesets
      the ruleset that is really attached.`,
    },
    EW102: {
      title: 'a port that the file opens may be closed, or is open to some only',
      why: `Part of the packets is refused before the rule that opens the port, or an earlier rule depends on what no
      configuration tells (a rate limit, the time of day, a group that only the router fills), so that edgewg can't say
      whether they get there.`,
      way: 'Put the rule before the one that is named, or accept it with a reason: # edgewg-ignore EW102: REASON.',
    },
    EW103: {
      title: 'a listen port is closed where a peer may need it',
      why: `Answers to what the router sends always come back; it is about who may begin. A peer without an endpoint must begin
      itself. A peer with an IPv6 endpoint is no better off for a rule in the IPv4 ruleset. A peer without
      persistentKeepalive can't be woken up by the other end after two minutes of silence.`,
      way: `Open the port in that family with openPort, or give the peer an endpoint and persistentKeepalive, so that the
      router keeps the way open by itself.`,
    },
    EW104: {
      title: 'it is unknown whether a port is reachable',
      why: `No interface of the configuration seems to face the internet in that family: edgewg looks for a default route,
      PPPoE, addresses by DHCP, load-balance groups and the WAN interface of port-forward. Without one it doesn't know
      which rulesets a packet meets.`,
      way: 'Nothing, if the router is no way to the internet. Otherwise look for the default route that is missing.',
    },
  },
  find(input) {
    const { before, after, isSame } = viewOf(input);
    const unchanged = isSame('firewall', 'interfaces');
    return input.site.tunnels.flatMap(tunnel => {
      const port = listenPort(after, tunnel);
      if (port === undefined || tunnel.disable) return [];
      return families.flatMap(family => {
        const need = needOf(input, tunnel, family);
        if (need === undefined) return [];
        const answers = answersOf(after, tunnel, family, port);
        const had = listenPort(before, tunnel) === port;
        const earlier = unchanged ? answers : had ? answersOf(before, tunnel, family, port) : [];
        return report({ input, tunnel, family, port, need, answers, earlier }) ?? [];
      });
    });
  },
};

/** What becomes of new connections to a tunnel's port on one interface. */
interface Answer {
  readonly iface: Interface;
  readonly stages: readonly Stage[];
  readonly question: Packets;
  readonly parts: readonly Part[];
  readonly passage: Passage;
}

/** One answer for each interface that faces the internet. */
function answersOf(side: Side, tunnel: Tunnel, family: Family, port: number): Answer[] {
  return side.wan(family).map(({ iface, own }) => {
    const stages = stagesToRouter(side.tree, iface, family);
    const question = newUdp(sourcesOf(tunnel, family), only(port), own);
    const parts = askStages(side.firewall, stages, family, question);
    return { iface, stages, question, parts, passage: passage(parts) };
  });
}

interface Case {
  readonly input: CheckInput;
  readonly tunnel: Tunnel;
  readonly family: Family;
  readonly port: number;
  readonly need: Need;
  readonly answers: readonly Answer[];
  /** The same before the change; empty when the port wasn't the tunnel's. */
  readonly earlier: readonly Answer[];
}

function report(found: Case): Finding | undefined {
  const { input, tunnel, family, port, need, answers } = found;
  const opener = openerOf(input, tunnel, family);
  const at = opener === undefined ? [...tunnel.at, 'listenPort'] : (tunnel.openPort?.at ?? tunnel.at);
  const what = `${tunnel.name}: port ${port}`;
  if (answers.length === 0) {
    if (need === 'speaks') return undefined;
    if (opener !== undefined)
      return finding(input, at, {
        code: 'EW101',
        severity: 'error',
        message: `${what} stays closed over ${familyName(family)}: ${opener.ruleset}, in which the file opens it, guards the router at no interface`,
        hint: `name under uplink.rulesets the ruleset that is attached to the uplink (firewall local)`,
        running: onRouter(input, rulesetPath(family, opener.ruleset)),
      });
    return finding(input, at, {
      code: 'EW104',
      severity: 'note',
      message: `${what} can't be proven reachable: no interface of the router seems to face the internet over ${familyName(family)}`,
    });
  }
  const closed = answers.filter(answer => answer.passage !== 'all');
  if (closed.length === 0) return becameReachable(found, at);
  const worst = answers.every(answer => answer.passage === 'none') ? 'none' : 'partly';
  const [first] = closed;
  if (first === undefined) return undefined;
  const open = answers.length - closed.length;
  const elsewhere = open === 0 ? '' : `; it is open at ${open} other${open === 1 ? '' : 's'}`;
  const told =
    first.passage === 'none' ? 'closed' : first.passage === 'some' ? 'open in part' : 'perhaps open';
  const earlier = found.earlier.some(answer => answer.passage === 'all') ? ' (it is open now)' : '';
  const where = `over ${familyName(family)} at ${closed.map(answer => answer.iface.name).join(', ')}`;
  return finding(input, at, {
    ...gravity(need, open > 0 ? 'open' : worst),
    message: `${what} is ${told} ${where}${earlier}: ${reasonOf(first, opener)}${elsewhere}${consequence(need, familyName(family))}`,
    ...wayOut(found, first, opener),
  });
}

function gravity(need: Need, state: 'open' | 'partly' | 'none'): Pick<Finding, 'code' | 'severity'> {
  if (state === 'open' || need === 'speaks') return { code: 'EW103', severity: 'note' };
  if (state === 'partly') return { code: 'EW102', severity: 'warning' };
  return need === 'opened' ? { code: 'EW101', severity: 'error' } : { code: 'EW103', severity: 'warning' };
}

/** What decides against the packets that don't get through, or casts the doubt. */
function reasonOf({ iface, stages, parts }: Answer, opener: Opener | undefined): string {
  const refused = parts.filter(part => passes(part) === 'no');
  const doubts = parts.filter(part => passes(part) === 'maybe').flatMap(part => part.doubts.map(tellDoubt));
  const told = [...new Set([...refused.map(tellDecider), ...doubts])].join('; ') || tellParts(parts);
  if (opener === undefined) return told;
  const rule = `rule ${opener.number} of ${opener.ruleset}`;
  if (!stages.some(stage => stage.kind === 'ruleset' && stage.name === opener.ruleset))
    return `${rule} opens it, but ${iface.name} brings nothing to ${opener.ruleset}; there decides ${told}`;
  if (refused.length === 0) return told;
  const isRule = refused.every(part => ruleOf(part) !== undefined);
  return isRule ? `${told} comes before ${rule}, which opens it` : `${told} decides, and not ${rule}`;
}

function consequence(need: Need, family: string): string {
  if (need === 'waits') return '; a peer without an endpoint has no other way to begin';
  if (need === 'speaks') return '; without persistentKeepalive only this router can wake the tunnel up';
  return need === 'astray' ? `; the endpoint is ${family}` : '';
}

function wayOut(found: Case, answer: Answer, opener: Opener | undefined): Pick<Finding, 'hint' | 'fix'> {
  const { input, tunnel, family, port } = found;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const said = input.site.uplink.rulesets[name];
  if (opener === undefined) {
    const into =
      said === undefined || tunnel.listenPort === undefined
        ? undefined
        : viewOf(input).after.firewall.ruleset(family, said);
    const free = into && freeNumber(into, answer.question, 20, () => false);
    const hint = `open it: openPort: { ${name}: ${free ?? 'NUMBER'} } under ${tunnel.name}`;
    return { hint, ...(free !== undefined && siteFix(numbered(tunnel, [family, free]))) };
  }
  const ruleset = viewOf(input).after.firewall.ruleset(family, opener.ruleset);
  const stage = answer.stages.find(one => one.kind === 'ruleset');
  if (answer.stages.every(one => one.name !== opener.ruleset)) {
    if (stage === undefined)
      return { hint: `attach ${opener.ruleset} as local ruleset of ${answer.iface.name}` };
    // the other ruleset in its place would close the interfaces that this one opens, and lead back here
    const isOpenElsewhere = found.answers.some(other => other.passage === 'all');
    return {
      hint: isOpenElsewhere
        ? `leave it where no peer comes in by ${answer.iface.name}; else attach ${opener.ruleset} there`
        : `say uplink.rulesets.${name}: ${stage.name}, or attach ${opener.ruleset} there`,
    };
  }
  const number = ruleset && freeNumber(ruleset, answer.question, opener.number, () => false);
  return number === undefined
    ? { hint: `let a rule of ${opener.ruleset} accept UDP to port ${port} before that` }
    : {
        hint: `take a number that comes before it: openPort: { ${name}: ${number} }`,
        ...siteFix(numbered(tunnel, [family, number])),
      };
}

/** Only when the plan makes it so: what was open before is no news. */
function becameReachable(found: Case, at: Parameters<typeof finding>[1]): Finding | undefined {
  const { input, tunnel, family, port, answers, earlier, need } = found;
  if (need === 'speaks' || (earlier.length > 0 && earlier.every(answer => answer.passage === 'all')))
    return undefined;
  const each = answers.map(({ iface, parts }) => `at ${iface.name} by ${tellParts(parts)}`);
  return finding(input, at, {
    code: 'EW100',
    severity: 'note',
    message: `${tunnel.name}: port ${port} becomes reachable over ${familyName(family)} ${each.join(', ')}`,
  });
}
