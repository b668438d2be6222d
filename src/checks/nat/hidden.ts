// EW152: NAT between home and a cluster: each side sees the router in place of the other.
import { sourceNatOf } from '../../model/firewall/nat.ts';
import { none, type Ranges, span, union } from '../../model/firewall/ranges.ts';
import { ask, ruleOf } from '../../model/firewall/verdict.ts';
import { masqueradeTunnel } from '../../objects/clients/names.ts';
import { natRule } from '../../objects/nat.ts';
import { peer } from '../../objects/peer.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Clients, Tunnel } from '../../site/site.ts';
import { addressesOf, type Interface, isEncrypted } from '../../vyatta/interfaces.ts';
import { last, parseInterfaceAddress, parsePrefix } from '../../wireguard/prefix.ts';
import { isNode } from '../fix.ts';
import { finding, onRouter, viewOf } from '../view.ts';
import { tellNat } from './numbers.ts';

export const hiddenByNat: Check = {
  explanations: {
    EW152: {
      title: 'a masquerade hides the cluster from home, or home from the cluster',
      ignorable: true,
      why: `Between home and a cluster both sides have routes, so nothing has to be translated. A masquerade that takes this traffic gives it the
        router's address: the other side can't tell who asks, network policies and allowed sources don't match any more, and nobody
        there can begin towards the true address by what it sees. A BGP session or a health check that is bound to an address
        breaks with it.`,
      way: `Leave the rule out. If it is for others, narrow it by source or destination, or put a rule with exclude: true and a smaller number
        before it, whose source and destination are the two networks.`,
    },
  },
  find: input =>
    input.site.tunnels.filter(tunnel => isCluster(input, tunnel)).flatMap(one => hidden(input, one)),
};

/** A node of the file lies behind it, or a BGP neighbour. */
const isCluster = ({ site }: CheckInput, tunnel: Tunnel): boolean =>
  isNode(site, tunnel) || site.bgp?.neighbors.some(one => one.tunnel === tunnel.name) === true;

function hidden(input: CheckInput, { name }: Tunnel): Finding[] {
  const { after } = viewOf(input);
  const iface = after.iface(name);
  if (iface === undefined || iface.disabled) return [];
  const theirs = networks(
    peer.names(input.after, name).flatMap(key => peer.values(input.after, 'allowedIPs', name, key)),
  );
  const insides = after.ifaces.filter(one => isInside(input, one));
  const home = insides
    .map(one => networks(addressesOf(one)))
    .reduce(union, networks(input.site.cluster?.homeNetworks ?? []));
  if (theirs.length === 0 || home.length === 0) return [];
  const out = translating(input, iface, home, theirs).map(number =>
    told(input, number, `home from the cluster: what leaves by ${name}`),
  );
  const back = insides.flatMap(inside =>
    translating(input, inside, theirs, home).map(number =>
      told(input, number, `the cluster from home: what comes by ${name} and leaves by ${inside.name}`),
    ),
  );
  return [...out, ...back];
}

function isInside(input: CheckInput, iface: Interface): boolean {
  const isUplink = viewOf(input)
    .after.wan(4)
    .some(one => one.iface.name === iface.name);
  return !isUplink && !iface.disabled && !isEncrypted(iface) && iface.kind !== 'loopback';
}

/** IPv4 alone, as NAT is; a default route is nobody's network. */
function networks(texts: readonly string[]): Ranges {
  let all: Ranges = none;
  for (const text of texts.flatMap(list => list.split(','))) {
    const found = parsePrefix(text) ?? parseInterfaceAddress(text);
    if (found?.family === 4 && found.length > 0) all = union(all, span(found.first, last(found)));
  }
  return all;
}

/** The rules that give packets from `source` to `destination` another source as they leave by an interface. */
function translating(input: CheckInput, iface: Interface, source: Ranges, destination: Ranges): string[] {
  const taken = ask(sourceNatOf(input.after, iface), { source, destination })
    .filter(part => part.action === 'drop')
    .flatMap(part => ruleOf(part)?.number ?? []);
  return [...new Set(taken)].map(String);
}

/** An error where the file wants the rule; on the router it was there before. */
function told(input: CheckInput, number: string, whom: string): Finding {
  const shared = {
    code: 'EW152',
    message: `NAT rule ${number} (${tellNat(input.after, number)}) hides ${whom} has the router's address`,
    hint: 'narrow it by source or destination, or put a rule with exclude: true before it; between networks with routes nothing has to be translated',
  };
  const said = input.site.nat.find(one => String(one.number) === number);
  if (said !== undefined) return finding(input, said.at, { ...shared, severity: 'error' });
  const clients = clientsOf(input, number);
  if (clients !== undefined)
    return finding(input, clients.at, {
      ...shared,
      severity: 'error',
      hint: 'say `masquerade: false` here; where the internet needs it, write the rule under nat, with the destinations that are not the cluster',
    });
  return finding(input, ['tunnels'], {
    ...shared,
    severity: 'warning',
    running: onRouter(input, natRule.path(number)),
  });
}

/** For whose clients the file wants the rule. */
function clientsOf({ site, wanted }: CheckInput, number: string): Clients | undefined {
  if (!natRule.has(wanted, number)) return undefined;
  const name = masqueradeTunnel(natRule.value(wanted, 'description', number));
  return site.tunnels.find(one => one.name === name)?.clients;
}
