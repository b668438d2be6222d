// What a running configuration says of clients that go through a tunnel, whoever made it.

import { groupPath, isInterfaceGroup } from '../../model/firewall/groups.ts';
import type { Effect } from '../../model/firewall/modify.ts';
import { meeting } from '../../model/firewall/packets.ts';
import { privateNetworks } from '../../site/normalise-clients.ts';
import { type Interface, interfacesOf } from '../../vyatta/interfaces.ts';
import { has, type Tree, value, values } from '../../vyatta/tree.ts';
import { covers, type Family, parsePrefix } from '../../wireguard/prefix.ts';
import type { Draft } from '../draft.ts';
import { tunnel as tunnelKind } from '../tunnel.ts';
import { isSeen } from './end.ts';
import { addDestination, type Found, isNetworkOf, isSameSource, nameFrom, saidOf, short } from './found.ts';
import { attachedModify, modifyRule, modifySet, type SaidRule, table, tableBlackhole } from './kinds.ts';
import { draftMasquerade } from './masquerade.ts';
import { clientNamed } from './names.ts';
import { isDeciding, isInto, isSayable, isToMain, type RuleThere, rulesThere } from './rules-there.ts';
import { hasIpv6, type Inside, insideOf, sourcesOf } from './sources.ts';
import { isAlone } from './tables.ts';

/** A modify ruleset where it is attached. */
interface Attached {
  readonly name: string;
  readonly ifaces: readonly Interface[];
  readonly rules: readonly RuleThere[];
}

export function draftClients(draft: Draft, running: Tree): void {
  const sets = attachedSets(running, 4);
  const tables = new Map(
    tunnelKind.names(running).flatMap(name => {
      const number = table.names(running).find(one => isAlone(running, one, name));
      return number === undefined ? [] : [[name, number] as const];
    }),
  );
  const isTable = (effect: Effect): boolean =>
    effect.kind === 'table' && [...tables.values()].includes(effect.table);
  const lists = [...tables].flatMap(([name, number]) => {
    const taking = sets.filter(({ rules }) => rules.some(rule => isInto(rule.effect, number)));
    if (taking.length === 0) return [];
    const drafting = new Drafting(draft, running, name, number, isTable);
    drafting.say(taking);
    return drafting.hasPlain(taking) ? [] : [['tunnels', name, 'clients']];
  });
  // one list serves all tunnels, also those that need none
  const said = [...tables.keys()].map(name => draft.at(['tunnels', name, 'clients', 'ownNetworks']));
  const own = said.find(list => list !== undefined);
  for (const at of lists) if (own !== undefined && draft.has(at)) draft.set([...at, 'ownNetworks'], own);
}

function attachedSets(running: Tree, family: Family): Attached[] {
  const ifaces = interfacesOf(running);
  const names = new Set(ifaces.flatMap(iface => value(iface.node, attachedModify(family)) ?? []));
  return [...names].map(name => ({
    name,
    ifaces: ifaces.filter(iface => value(iface.node, attachedModify(family)) === name),
    rules: rulesThere(running, family, name),
  }));
}

class Drafting {
  readonly #draft: Draft;
  readonly #running: Tree;
  readonly #tunnel: string;
  readonly #table: string;
  readonly #inside: Inside;
  readonly #at: readonly string[];
  readonly #isTable: (effect: Effect) => boolean;

  constructor(
    draft: Draft,
    running: Tree,
    tunnel: string,
    number: string,
    isTable: (effect: Effect) => boolean,
  ) {
    this.#draft = draft;
    this.#running = running;
    this.#tunnel = tunnel;
    this.#table = number;
    this.#inside = insideOf(running);
    this.#at = ['tunnels', tunnel, 'clients'];
    this.#isTable = isTable;
  }

  say(sets: readonly Attached[]): void {
    const clients = this.#merged(
      sets.flatMap(set => {
        const found: Found[] = [];
        for (const rule of set.rules.filter(one => isInto(one.effect, this.#table)))
          if (!this.#isForestalled(set, rule)) this.#client(found, set, rule);
        return found.map(one => this.#numbered(set, one));
      }),
    );
    if (clients.length === 0) return;
    const number = this.#table;
    this.#draft.set(this.#at, {}, table.path(number));
    for (const { name } of sets) this.#draft.set(this.#at, this.#draft.at(this.#at), modifySet.path(4, name));
    for (const { name, data, rules } of clients)
      for (const { path } of rules) this.#draft.set([...this.#at, 'from', name], short(data), path);
    draftMasquerade(this.#draft, this.#running, this.#tunnel);
    const own = this.hasPlain(sets) ? this.#ownNetworks(sets) : undefined;
    if (own !== undefined) this.#draft.set([...this.#at, 'ownNetworks'], own);
    if (!has(this.#running, tableBlackhole(number).slice(0, -1)))
      this.#draft.set([...this.#at, 'whenDown'], 'wan');
    if (clients.some(client => this.#leaksIpv6(client))) this.#draft.set([...this.#at, 'ipv6'], 'wan');
  }

  /** One more client, or one more destination of one that is there. */
  #client(clients: Found[], set: Attached, rule: RuleThere): void {
    const instance = [4, set.name, String(rule.number)] as const;
    const said = modifyRule.data(this.#running, ...instance) as unknown as SaidRule;
    const source = isSayable(this.#running, instance) ? this.#sourceOf(set, said) : undefined;
    // a plan would find nobody there, and be refused
    if (source === undefined || isSeen(this.#sourcesOf(source))) return;
    const name = clientNamed(rule.description)?.client ?? nameFrom(rule);
    const there = clients.find(one => one.name === name);
    if (there === undefined) {
      const data = { ...source };
      clients.push({ name, data, rules: [rule] });
      addDestination(data, said.destination);
    } else if (isSameSource(there.data, source)) {
      addDestination(there.data, said.destination);
      there.rules.push(rule);
    } else clients.push({ name: `${name}-${rule.number}`, data: { ...source }, rules: [rule] });
  }

  /** Somebody's rule before it takes some of its packets: no number that edgewg would give comes behind that. */
  #isForestalled({ rules }: Attached, rule: RuleThere): boolean {
    return rules.some(
      ({ number, effect, takes, mayTake }) =>
        number < rule.number &&
        isDeciding(effect) &&
        !isToMain(effect) &&
        !this.#isTable(effect) &&
        [...takes, ...mayTake].some(set => rule.takes.some(one => meeting(set, one))),
    );
  }

  /** With its number, where that decides which of two clients has the packets, or that own networks are let past too late. */
  #numbered({ name: set, rules }: Attached, one: Found): Found {
    const stageOf = ({ number }: RuleThere): boolean =>
      has(this.#running, [...modifyRule.path(4, set, String(number)), 'destination']);
    const isContested = one.rules.some(rule =>
      rules.some(
        other =>
          !one.rules.includes(other) &&
          this.#isTable(other.effect) &&
          stageOf(other) === stageOf(rule) &&
          other.takes.some(a => rule.takes.some(b => meeting(a, b))),
      ),
    );
    const [first] = one.rules;
    // a number that edgewg chose would come behind them
    const isBeforeOwn = rules.some(
      ({ number, effect }) =>
        first !== undefined && number > first.number && isDeciding(effect) && isToMain(effect),
    );
    const isSplit = first !== undefined && stageOf(first);
    const isRow = one.rules.every(({ number }, i) => number === (first?.number ?? 0) + i);
    return (isContested || (isBeforeOwn && !isSplit)) && isRow
      ? { ...one, data: { ...one.data, rule: first?.number ?? 0 } }
      : one;
  }

  /** Who comes in by several interfaces, each with a ruleset of its own, is one client. */
  #merged(found: readonly Found[]): Found[] {
    const merged: Found[] = [];
    for (const one of found) {
      const { interface: _, ...who } = one.data;
      const same = found.filter(
        ({ name, data: { interface: __, ...data } }) =>
          name === one.name && JSON.stringify(data) === JSON.stringify(who),
      );
      const ifaces = new Set(same.flatMap(({ data }) => data.interface ?? []));
      const all = this.#sourcesOf(who);
      const isWhole =
        !isSeen(all) && all.ifaces.length === same.length && all.ifaces.every(({ name }) => ifaces.has(name));
      if (isWhole && same.length > 1) {
        if (same[0] === one)
          merged.push({ name: one.name, data: who, rules: same.flatMap(({ rules }) => rules) });
      } else {
        const isTaken = merged.some(({ name }) => name === one.name);
        merged.push(isTaken ? { ...one, name: `${one.name}-${one.rules[0]?.number ?? 0}` } : one);
      }
    }
    return merged;
  }

  readonly #sourcesOf = (who: Found['data']): ReturnType<typeof sourcesOf> =>
    sourcesOf(this.#inside, this.#tunnel, { at: [], name: '', destinations: [], ...who });

  /** Which clients; undefined where it can't be said. The interface only where nothing else tells it. */
  #sourceOf(set: Attached, { source }: SaidRule): Found['data'] | undefined {
    const who = saidOf(source);
    const [iface, ...more] = set.ifaces;
    const named = more.length === 0 ? undefined : set.ifaces.find(one => isNetworkOf(one, who?.address));
    if (named !== undefined) return { interface: named.name };
    if (who !== undefined) {
      const found = this.#sourcesOf(who);
      const isClear =
        !isSeen(found) &&
        found.ifaces.every(one => value(one.node, attachedModify(4)) === set.name) &&
        found.ifaces.length === set.ifaces.length;
      if (isClear) return who;
      return iface === undefined || more.length > 0 ? who : { ...who, interface: iface.name };
    }
    return iface === undefined || more.length > 0 ? undefined : { interface: iface.name };
  }

  /** Some of them take whatever is no network of their own. */
  hasPlain(sets: readonly Attached[]): boolean {
    return sets.some(set => this.#firstPlain(set) !== -1);
  }

  #firstPlain({ name, rules }: Attached): number {
    const isSplit = ({ number }: RuleThere): boolean =>
      has(this.#running, [...modifyRule.path(4, name, String(number)), 'destination']);
    return rules.findIndex(rule => isInto(rule.effect, this.#table) && !isSplit(rule));
  }

  /** What every ruleset lets past before the first client; undefined where that is what the file would say anyway. */
  #ownNetworks(sets: readonly Attached[]): string[] | undefined {
    const past = sets.filter(set => this.#firstPlain(set) !== -1).map(set => this.#letPast(set));
    const four = past.map(list => list.flatMap(text => parsePrefix(text) ?? []));
    const isPast = (text: string): boolean => {
      const prefix = parsePrefix(text);
      return prefix !== undefined && four.every(list => list.some(one => covers(one, prefix)));
    };
    const usual = privateNetworks.filter(text => !text.includes(':'));
    if (usual.every(isPast)) return undefined;
    return [...new Set(past.flat())].filter(isPast);
  }

  #letPast(set: Attached): string[] {
    const { name, rules } = set;
    return rules
      .slice(0, this.#firstPlain(set))
      .filter(({ effect }) => isToMain(effect))
      .flatMap(({ number }) => {
        const { source, destination } = modifyRule.data(
          this.#running,
          4,
          name,
          String(number),
        ) as unknown as SaidRule;
        if (source !== undefined) return [];
        const network = destination?.group?.network;
        if (network === undefined || isInterfaceGroup(network)) return destination?.address ?? [];
        return values(this.#running, [...groupPath('network-group', 4, network), 'network']);
      })
      .filter(text => parsePrefix(text) !== undefined && text.includes('/'));
  }

  /** Its interface has IPv6 that nobody drops. */
  #leaksIpv6({ data }: Found): boolean {
    const found = this.#sourcesOf(data);
    if (isSeen(found)) return false;
    return found.ifaces
      .filter(iface => hasIpv6(this.#inside.all, iface))
      .some(iface => {
        const set = value(iface.node, attachedModify(6));
        const rules = set === undefined ? [] : rulesThere(this.#running, 6, set);
        return !rules.some(({ effect }) => effect.kind === 'drop');
      });
  }
}
