// EW260 to EW263: which way the packets of each group of clients take, with the tunnel up and gone, over IPv4 and IPv6; and what is
// wrong with it: they leave in clear, never get into the tunnel, or their answers don't come back.
import { type Ranges, union } from '../../model/firewall/ranges.ts';
import { tellAddresses } from '../../model/firewall/words.ts';
import type { Answer } from '../../model/routing/answers.ts';
import type { Way } from '../../model/routing/step.ts';
import { tellAnswer } from '../../model/routing/way-words.ts';
import { freeNatNumber, natRule } from '../../objects/nat.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { firstSource } from '../../site/grammar/names.ts';
import { type Interface, isPointToPoint, linkedTo } from '../../vyatta/interfaces.ts';
import { has } from '../../vyatta/tree.ts';
import { isNode } from '../fix.ts';
import { listed } from '../routing/routes.ts';
import { finding } from '../view.ts';
import { type Client, clientsOf } from './groups.ts';
import { answersOf, isCertain, type Judged } from './judge.ts';
import { tellWays } from './words.ts';

export const clientWays: Check = {
  explanations: {
    EW260: {
      title: "which way a client's packets take",
      why: `A client's packets pass the modify rules of the interface by which they come in, then a routing table, the rulesets, source NAT
        and WireGuard's allowed IPs. The plan follows them through the configuration as it will be: with the tunnel, and
        with its interface gone, as while the router boots or after a firmware upgrade.`,
      way: 'Nothing to do. edgewg plan --trace SOURCE DESTINATION shows the same step by step for one packet.',
    },
    EW261: {
      title: "a client's packets leave in clear",
      ignorable: true,
      why: `whenDown: drop promises that nothing of these clients leaves unencrypted. Something else decides about their packets before
        or after the rule that edgewg makes: another modify rule, a load-balance group, a route of the main table; or, over IPv6,
        the default route, since EdgeOS sends no IPv6 by a table.`,
      way: `Do what the finding says. If these packets may leave so, say it: whenDown: wan, ipv6: wan, or # edgewg-ignore EW261: REASON.`,
    },
    EW262: {
      title: "a client's packets don't get into the tunnel",
      ignorable: true,
      why: `They are sent through another tunnel, or something on the way drops all of them: a ruleset, a blackhole, a masquerade by a
        tunnel without an IPv4 address.`,
      way: 'Do what the finding says, or take the clients out of the file.',
    },
    EW263: {
      title: "answers to a client's packets don't come back",
      ignorable: true,
      why: `What leaves by the tunnel with the client's own address is answered only where the other end routes that address back, which no
        provider does: a masquerade gives it the tunnel's. The answers then pass the tunnel's rulesets, and the router's check
        of sources (source-validation strict), for which the main table must lead back by the tunnel.`,
      way: `Do what the finding says. Where the other end has routes to your network, say so: # edgewg-ignore EW263: REASON.`,
    },
  },
  find: input => clientsOf(input).flatMap(client => judge(input, client)),
};

function judge(input: CheckInput, client: Client): Finding[] {
  const found = [
    ...client.four.flatMap(one => inClear(input, client, one)),
    // into a tunnel that is switched off nothing is meant to get
    ...(client.isDisabled
      ? []
      : [...client.four.flatMap(one => astray(input, client, one)), ...answers(input, client)]),
    ...client.six.flatMap(one => inClear(input, client, one)),
  ];
  const unique = found.filter((one, i) => found.findIndex(({ message }) => message === one.message) === i);
  return [
    ...unique,
    finding(input, client.group.at, {
      code: 'EW260',
      severity: 'note',
      message: `${client.name} (${client.who}): ${tellWays(client)}`,
    }),
  ];
}

/** Another rule of the file may have the packets before: two tunnels, with the numbers that say which is first. */
const isOthers = ({ wanted }: CheckInput, way: Way, tunnel: string): boolean =>
  way.out?.name !== tunnel &&
  way.by.length > 0 &&
  has(wanted, way.by.at(-1)?.path ?? []) &&
  way.end !== 'line';

function inClear(input: CheckInput, client: Client, { question, up, down }: Judged): Finding[] {
  const { tunnel, clients, name } = client;
  const six = question.family === 6;
  if (six && clients.ipv6 === 'wan') return [];
  const isLeak = (way: Way): boolean => way.end === 'line' && way.out?.name !== question.from.name;
  const told = (ways: readonly Way[], when: string): Finding[] => {
    const certain = ways.filter(isCertain);
    const shown = certain.length > 0 ? certain : ways;
    const [way] = shown;
    if (way === undefined) return [];
    const outs = listed([...new Set(shown.flatMap(({ out }) => out?.name ?? []))]);
    const what = six ? 'their IPv6 leaves' : 'packets leave';
    const perhaps = certain.length > 0 ? '' : ` perhaps: ${way.doubts.join('; ')}`;
    return [
      finding(input, client.group.at, {
        code: 'EW261',
        severity: certain.length > 0 && (six || clients.whenDown === 'drop') ? 'error' : 'warning',
        message: `${name}: ${what} in clear by ${outs}${when}${causeOf(input, way, question)}${perhaps}`,
        hint: hintOf(input, client, way, question),
      }),
    ];
  };
  const isMeant = client.isDisabled && clients.whenDown === 'wan';
  const now = isMeant && !six ? [] : told(up.filter(isLeak), '');
  // the same leak is told once
  if (now.length > 0 || (!six && clients.whenDown === 'wan')) return now;
  return told(down.filter(isLeak), six ? '' : ` when ${tunnel.name} is gone`);
}

const deciderOf = (way: Way) => way.by.findLast(({ effect }) => effect.kind !== 'nothing');

function causeOf({ wanted }: CheckInput, way: Way, { from }: Judged['question']): string {
  const rule = deciderOf(way);
  if (rule === undefined) return `: no modify rule of ${from.name} takes them`;
  if (has(wanted, rule.path)) return `: table ${way.table} carries them`;
  return `: rule ${rule.number} of ${rule.ruleset} takes them`;
}

function hintOf(
  { wanted }: CheckInput,
  { clients, group }: Client,
  way: Way,
  { from, family }: Judged['question'],
): string {
  const rule = deciderOf(way);
  const six = family === 6;
  if (rule !== undefined && !has(wanted, rule.path))
    return `give the client a \`rule\` number below ${rule.number}, or take that rule out: delete ${rule.path.join(' ')}`;
  if (rule === undefined && !six && group.interface !== undefined && group.interface !== from.name)
    return `they come in by ${from.name}: name that, or no interface`;
  if (six) return 'drop it on the router, or say that it may: `ipv6: wan`';
  return clients.whenDown === 'drop'
    ? 'take out what leads them there, or say that it may: `whenDown: wan`'
    : 'let the modify ruleset of that interface take them';
}

function astray(input: CheckInput, { tunnel, group, name }: Client, { question, up }: Judged): Finding[] {
  const ways = up.filter(
    way => !isOthers(input, way, tunnel.name) && way.end !== 'own' && way.end !== 'line',
  );
  const tell = (message: string, hint: string): Finding[] => [
    finding(input, group.at, { code: 'EW262', severity: 'error', message: `${name}: ${message}`, hint }),
  ];
  const other = ways.find(way => way.end === 'tunnel' && way.out?.name !== tunnel.name && isCertain(way));
  if (other !== undefined) {
    const rule = deciderOf(other);
    const number = rule === undefined ? undefined : rule.number;
    return tell(
      `packets go through ${other.out?.name} and not through ${tunnel.name}${causeOf(input, other, question)}`,
      number === undefined
        ? 'take out the rule or route that leads them there'
        : `give the client a \`rule\` number below ${number}, or take that rule out`,
    );
  }
  if (ways.some(({ end }) => end === 'no-address'))
    return tell(
      `the masquerade drops packets, since ${tunnel.name} has no IPv4 address`,
      `add the address that the other end expects: address of ${tunnel.name}`,
    );
  const [first] = ways;
  if (first === undefined) return [];
  const untaken = untakenBy(tunnel.name, ways);
  if (untaken.length > 0) {
    const texts = tellAddresses(untaken, 4);
    return tell(
      `no peer of ${tunnel.name} has ${texts} among its allowedIPs: WireGuard would drop what they send there`,
      `write allowedIPs: [0.0.0.0/0] at a peer of ${tunnel.name}, or \`destinations\` at these clients`,
    );
  }
  if (ways.some(({ end }) => end === 'tunnel')) return [];
  return tell(
    `nothing gets into ${tunnel.name}: ${tellEnd(first)}`,
    'take out what drops them, or the clients out of the file',
  );
}

/** The destinations of what surely gets to the tunnel, and to no peer. */
const untakenBy = (tunnel: string, ways: readonly Way[]): Ranges =>
  ways
    .filter(way => way.end === 'no-peer' && way.out?.name === tunnel && isCertain(way))
    .reduce<Ranges>((set, { packets }) => union(set, packets.destination ?? []), []);

function tellEnd({ end, verdict, route }: Way): string {
  if (end === 'refused' && verdict !== undefined && verdict.decider.kind === 'rule')
    return `rule ${verdict.decider.rule.number} of ${verdict.decider.ruleset} refuses them`;
  if (end === 'refused') return 'the rulesets between refuse them';
  if (end === 'discarded') return `${route?.path.join(' ') ?? 'a blackhole'} takes them`;
  return end === 'dropped' ? 'a modify rule drops them' : 'no route and no peer takes them';
}

function answers(input: CheckInput, { tunnel, group, name, four }: Client): Finding[] {
  const all = four.flatMap(({ question, up }) =>
    answersOf(
      input,
      question,
      up.filter(way => way.out?.name === tunnel.name),
    ).map(answer => ({ answer, from: question.from })),
  );
  const kinds = all.filter((one, i) => all.findIndex(({ answer }) => answer.kind === one.answer.kind) === i);
  return (
    kinds
      // the file says that the other end has a route back, or that it wants no masquerade
      .filter(
        ({ answer: { kind } }) =>
          kind !== 'unmasked' || (tunnel.clients?.masquerade !== false && !isNode(input.site, tunnel)),
      )
      .map(({ answer, from }) =>
        finding(input, group.at, {
          code: 'EW263',
          severity: 'error',
          message: `${name}: answers ${tellAnswer(answer)}`,
          hint: answerHint(input, answer, tunnel.name, from),
        }),
      )
  );
}

function answerHint({ after }: CheckInput, answer: Answer, tunnel: string, from: Interface): string {
  if (answer.kind === 'unmasked')
    return `masquerade what leaves by ${tunnel}, under nat: { ${freeNatNumber(new Set(natRule.names(after).map(Number)), firstSource) ?? 'NUMBER'}: { type: masquerade, outboundInterface: ${tunnel} } }`;
  if (answer.kind === 'lost' && answer.way.end !== 'refused' && answer.way.end !== 'dropped')
    return isPointToPoint(from)
      ? `route their network there: set protocols static interface-route … next-hop-interface ${from.name}`
      : `route their network to the machine behind which they are: protocols static route … next-hop …${linkedTo(from).length > 0 ? '' : `; or give ${from.name} an address of it`}`;
  if (answer.kind === 'lost')
    return `accept established packets in the ruleset of ${tunnel}: state: [established, related]`;
  return 'set firewall source-validation loose, or disable';
}
