// The ways of packets that come in by an interface: modify rules, destination NAT, table, route, rulesets, source NAT, WireGuard's peer,
// as netfilter and the kernel ask them (docs/edgeos.md 'Policy routing'). Of a set of packets, every part has its way; what nobody can
// know beforehand makes several ways of one part, each with its doubts.
import { addressesOf } from '../../vyatta/interfaces.ts';
import { values } from '../../vyatta/tree.ts';
import { type Family, host, parseInterfaceAddress } from '../../wireguard/prefix.ts';
import { stagesToRouter } from '../firewall/attached.ts';
import { type Marked, modify } from '../firewall/modify.ts';
import { destinationNat } from '../firewall/nat.ts';
import { askStages } from '../firewall/passing.ts';
import { passes } from '../firewall/verdict.ts';
import type { Entry } from './entry.ts';
import { leaving } from './leave.ts';
import { chosenTables, modifierOf, modifiers } from './policy.ts';
import type { Routing } from './routing.ts';
import { carriers, shares } from './split.ts';
import {
  destinationOf,
  ended,
  filtered,
  narrowed,
  type Question,
  type Step,
  type Way,
  type World,
} from './step.ts';

export function waysOf(world: World, question: Question): Way[] {
  const { from, family } = question;
  const name = modifierOf(from, family);
  const rules = name === undefined ? [] : (modifiers(world.tree, family, name) ?? []);
  return modify(rules, family, question.packets).flatMap(one => afterModify(world, question, one));
}

const told = ({ rule, isTaken }: Marked['doubts'][number]): string =>
  `rule ${rule.number} of ${rule.ruleset} ${isTaken ? 'takes' : "doesn't take"} them: ${rule.takes.because.join('; ') || 'it asks for a mark'}`;

function afterModify(world: World, question: Question, one: Marked): Way[] {
  const doubts = one.doubts.map(told);
  const step: Step = {
    question,
    came: one.packets,
    packets: one.packets,
    by: one.by,
    notBy: one.doubts.flatMap(({ rule, isTaken }) => (isTaken ? [] : rule)),
    table: 'main',
    doubts,
  };
  if (one.isDropped) return [ended(step, 'dropped')];
  return destinationNat(world.tree, question.from, question.family, one.packets).flatMap(part => {
    const next = {
      ...step,
      came: part.packets,
      packets: { ...part.packets, ...part.to },
      doubts: [...doubts, ...part.doubts],
      ...(part.rule && { forwarded: part.rule }),
    };
    return routed(world, next, one);
  });
}

const ownCache = new WeakMap<Routing, { family: Family; address: bigint }[]>();

function ownOf(routing: Routing): { family: Family; address: bigint }[] {
  let found = ownCache.get(routing);
  if (found === undefined) {
    found = routing.ifaces
      .filter(iface => !iface.disabled)
      .flatMap(addressesOf)
      .flatMap(text => parseInterfaceAddress(text) ?? []);
    ownCache.set(routing, found);
  }
  return found;
}

/** Table `local` is asked before any rule. */
function routed(world: World, step: Step, one: Marked): Way[] {
  const { family } = step.question;
  const own = ownOf(world.routing).map(({ family: f, address }) => ({
    prefix: host(f, address),
    value: true,
  }));
  return shares(destinationOf(step), own, family).flatMap(({ addresses, value }) => {
    const part = {
      ...step,
      came: narrowed(step, addresses),
      packets: { ...step.packets, destination: addresses },
    };
    if (value === true) return toRouter(world, part);
    return chosenTables(world.tree, family, one).flatMap(({ table, group, doubts }) => {
      const next = { ...part, doubts: [...part.doubts, ...doubts] };
      if (group !== undefined) return byGroup(world, { ...next, table: group });
      if (table === undefined) return [ended(next, 'unknown')];
      return byTable(world, next, table);
    });
  });
}

function toRouter(world: World, step: Step): Way[] {
  const { from, family } = step.question;
  const parts = askStages(world.firewall, stagesToRouter(world.tree, from, family), family, step.packets);
  return parts.map(part => {
    const after = filtered({ ...step, table: 'local' }, part);
    return ended(after, passes(part) === 'no' ? 'refused' : 'own');
  });
}

function byGroup(world: World, step: Step): Way[] {
  return values(world.tree, ['load-balance', 'group', step.table, 'interface']).flatMap(name => {
    const out = world.routing.iface(name);
    const doubts = [...step.doubts, `load-balance group ${step.table} chooses ${name}`];
    return out === undefined || out.disabled ? [] : leaving(world, { ...step, doubts, out });
  });
}

/** Behind a table without a route for them the main one is asked. */
function byTable(world: World, step: Step, table: string): Way[] {
  const { family } = step.question;
  const { routing } = world;
  const entries = (table === 'main' ? routing.main : routing.table(table)).all;
  const holders = carriers(entries, family);
  return shares(destinationOf(step), holders, family).flatMap(({ addresses, value }) => {
    const part = {
      ...step,
      table,
      came: narrowed(step, addresses),
      packets: { ...step.packets, destination: addresses },
    };
    if (value === undefined)
      return table === 'main' ? [ended(part, 'no-route')] : byTable(world, part, 'main');
    return value.flatMap(route => byRoute(world, part, route, value.length));
  });
}

function byRoute(world: World, step: Step, route: Entry, count: number): Way[] {
  const doubts = count > 1 ? [...step.doubts, `${count} routes share the packets`] : step.doubts;
  const next: Step = { ...step, route, doubts };
  if (route.origin === 'blackhole') return [ended(next, 'discarded')];
  const out = route.out === undefined ? undefined : world.routing.iface(route.out);
  return out === undefined ? [ended(next, 'unknown')] : leaving(world, { ...next, out });
}
