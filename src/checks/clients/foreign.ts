// EW264: modify rules that somebody else made, and that send packets from home into a tunnel of the file: whether they come through, and
// what becomes of them when the tunnel is gone.
import type { ModifyRule } from '../../model/firewall/modify.ts';
import { type Ranges, union } from '../../model/firewall/ranges.ts';
import { type Answer, validation } from '../../model/routing/answers.ts';
import { modifierOf, networksOf } from '../../model/routing/policy.ts';
import type { Question, Way } from '../../model/routing/step.ts';
import { tellAnswer } from '../../model/routing/way-words.ts';
import { tableBlackhole } from '../../objects/clients/kinds.ts';
import { natRule } from '../../objects/nat.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { firstSource } from '../../site/grammar/names.ts';
import type { Tunnel } from '../../site/site.ts';
import type { Interface } from '../../vyatta/interfaces.ts';
import { has, type Path } from '../../vyatta/tree.ts';
import type { Family } from '../../wireguard/prefix.ts';
import { alreadyThere, listed, livingTunnels } from '../routing/routes.ts';
import { families, finding, viewOf } from '../view.ts';
import { answersOf, downOf, newFrom, upOf } from './judge.ts';

export const foreignClients: Check = {
  explanations: {
    EW264: {
      title: "somebody else's rule sends packets into a tunnel, and something is missing",
      ignorable: true,
      why: `A firewall modify rule sends packets from home by a table of its own into a tunnel of the file. For that to hold the table
        needs a blackhole behind the route, else the packets take the main table and leave in clear when the tunnel's interface
        is gone; the tunnel needs a masquerade, unless its other end routes home back; and its rulesets have to let the
        answers in. For IPv6 EdgeOS makes no rule that looks at such a table, as far as its source is known.`,
      way: `Do what the finding says on the router. Or say the clients under \`clients\` of the tunnel and let edgewg do all of it;
        \`edgewg import\` takes over what it can.`,
    },
  },
  find(input) {
    const { ifaces } = viewOf(input).after;
    const tunnels = livingTunnels(input);
    return ifaces
      .filter(({ disabled }) => !disabled)
      .flatMap(iface => families.flatMap(family => atInterface(input, iface, family, tunnels)));
  },
};

function atInterface(
  input: CheckInput,
  iface: Interface,
  family: Family,
  tunnels: readonly Tunnel[],
): Finding[] {
  if (modifierOf(iface, family) === undefined) return [];
  const source = networksOf(iface, family);
  const question = newFrom(iface, family, source.length === 0 ? undefined : source);
  const up = upOf(input, question);
  return tunnels.flatMap(tunnel => {
    const into = up.filter(way => way.out?.name === tunnel.name);
    const rules = new Map(
      into.flatMap(way => (senderOf(way) === undefined ? [] : [[key(way), senderOf(way)]])),
    );
    return [...rules].flatMap(([path, rule]) => {
      if (rule === undefined || has(input.wanted, rule.path)) return [];
      const mine = (way: Way): boolean => key(way) === path;
      const problems = [
        ...noAddress(into.filter(mine)),
        ...answersOf(input, question, into.filter(mine)).map(answer => noAnswer(input, tunnel, answer)),
        ...leaks(rule, family, withoutTunnel(input, question, tunnel, into.filter(mine)).filter(mine)),
        ...(family === 6 ? [noRule(rule)] : []),
      ];
      return problems.length === 0 ? [] : [told(input, tunnel, rule, iface, problems)];
    });
  });
}

/** What goes into the tunnel, with it gone; what the table leads elsewhere anyway is no matter of the tunnel's. */
function withoutTunnel(
  input: CheckInput,
  { from, family, packets }: Question,
  { name }: Tunnel,
  into: readonly Way[],
): readonly Way[] {
  const destination = into.reduce<Ranges>((set, way) => union(set, way.packets.destination ?? []), []);
  return downOf(input, newFrom(from, family, packets.source, destination), name);
}

/** The rule that chose the table. */
const senderOf = ({ by, table }: Way): ModifyRule | undefined =>
  table === 'main' || table === 'local' ? undefined : by.findLast(({ effect }) => effect.kind !== 'leave');

const key = (way: Way): string =>
  way.by.findLast(({ effect }) => effect.kind !== 'leave')?.path.join(' ') ?? '';

/** `commands`: what mends it on the router; `hint` where that needs a person. */
interface Problem {
  readonly text: string;
  readonly commands?: readonly Path[];
  readonly hint?: string;
}

const noAddress = (ways: readonly Way[]): Problem[] =>
  ways.some(({ end }) => end === 'no-address')
    ? [
        {
          text: 'the masquerade drops them, since the tunnel has no IPv4 address',
          hint: 'give the tunnel the address that its other end expects',
        },
      ]
    : [];

function noAnswer({ after }: CheckInput, { name }: Tunnel, answer: Answer): Problem {
  const text = `answers ${tellAnswer(answer)}`;
  if (answer.kind === 'validated') return { text, commands: [[...validation, 'loose']] };
  if (answer.kind === 'lost') return { text, hint: `let the rulesets of ${name} accept established packets` };
  const taken = new Set(natRule.names(after).map(Number));
  let number = firstSource;
  while (taken.has(number)) number++;
  return {
    text,
    commands: [
      [...natRule.leaf('outboundInterface', String(number)), name],
      [...natRule.leaf('type', String(number)), 'masquerade'],
    ],
  };
}

function leaks({ effect }: ModifyRule, family: Family, ways: readonly Way[]): Problem[] {
  const outs = new Set(ways.flatMap(({ end, out }) => (end === 'line' && out ? [out.name] : [])));
  if (outs.size === 0) return [];
  const text = `they leave in clear by ${listed([...outs])} when it is gone`;
  const table = effect.kind === 'table' && family === 4 ? effect.table : undefined;
  if (table === undefined) return [{ text }];
  return [{ text, commands: [[...tableBlackhole(table), '254']] }];
}

const noRule = ({ path }: ModifyRule): Problem => ({
  text: 'EdgeOS makes no IPv6 rule for its table, as far as is known',
  hint: `let the rule drop them instead: ${path.join(' ')} action drop`,
});

function told(
  input: CheckInput,
  tunnel: Tunnel,
  rule: ModifyRule,
  { name }: Interface,
  problems: readonly Problem[],
): Finding {
  const commands = problems.flatMap(problem => problem.commands ?? []);
  const hints = [
    ...commands.map(path => `set ${path.join(' ')}`),
    ...problems.flatMap(({ hint }) => hint ?? []),
  ];
  const isWhole = problems.every(problem => problem.commands !== undefined);
  return finding(input, tunnel.at, {
    code: 'EW264',
    severity: 'warning',
    message: `${tunnel.name}: rule ${rule.number} of ${rule.ruleset} sends packets of ${name} into it: ${problems.map(({ text }) => text).join('; ')}`,
    ...(hints.length > 0 && { hint: hints.join('; ') }),
    ...(isWhole && { fix: { kind: 'router', commands: commands.map(path => ({ op: 'set', path })) } }),
    ...alreadyThere(input, rule.path),
  });
}
