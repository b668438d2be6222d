// `protocols bgp`: what its templates check (vyatta-cfg-quagga; docs/edgeos.md 'BGP'; transcripts routes and bgp-ipv6). What
// its daemon then says, ZebOS on a router, isn't known.
import { parseAddress } from '../../../wireguard/prefix.ts';
import { type Act, fine, type Outcome } from '../action.ts';
import { at, childrenAt, valueAt } from '../config.ts';
import type { Template } from '../template.ts';
import { inCommit, on, program, range } from './attach.ts';
import { names } from './policy.ts';
import { boundaryProblem } from './prefixes.ts';

export function bgpBehaviour(root: Template): void {
  const bgp = on(root, 'protocols bgp');
  range(bgp, 1, 4294967294, 'AS number must be between 1 and 4294967294');
  for (const place of ['', 'address-family ipv6-unicast ']) {
    program(on(bgp, `${place}network`), ({ value }) => boundaryProblem(value));
    names(on(bgp, `${place}network route-map`), 'route-map', "route-map % doesn't exist");
    program(on(bgp, `${place}aggregate-address`), ({ value }) => boundaryProblem(value));
  }
  const neighbor = on(bgp, 'neighbor');
  program(neighbor, act => (isOwn(act) ? "Can't set neighbor address to local system IP." : undefined));
  for (const end of [neighbor, on(bgp, 'peer-group')]) session(end);
  bgp.end = checkNeighbors;
}

/** A neighbour or a group of them. */
function session(end: Template): void {
  range(on(end, 'remote-as'), 1, 4294967294, 'remote-as must be between 1 and 4294967294');
  const both = "you can't set both ebgp-multihop and ttl-security hops";
  const multihop = on(end, 'ebgp-multihop');
  range(multihop, 1, 255, 'ebgp-multihop must be between 1 and 255');
  inCommit(multihop, act => !beside(act, 1, ['ttl-security', 'hops']), both);
  const hops = on(end, 'ttl-security hops');
  range(hops, 1, 254, 'ttl-security hops must be between 1 and 254');
  inCommit(hops, act => !beside(act, 2, ['ebgp-multihop']), both);
  range(on(end, 'weight'), 1, 65535, 'weight must be between 1 and 65535');
  range(on(end, 'port'), 1, 65535, 'port must be between 1 and 65535');
  range(on(end, 'advertisement-interval'), 0, 600, 'must be between 0 and 600');
  range(on(end, 'timers keepalive'), 1, 65535, 'Keepalive interval must be between 1 and 65535');
  range(on(end, 'timers connect'), 0, 65535, 'BGP connect timer must be between 0 and 65535');
  const local = on(end, 'local-as');
  range(local, 1, 4294967294, 'local-as must be between 1 and 4294967294');
  inCommit(local, ({ path, value }) => value !== path[2], "you can't set local-as the same as the router AS");
  program(on(end, 'update-source'), sourceProblem, true);
  filters(end, '');
  filters(on(end, 'address-family ipv6-unicast'), '6');
}

/** What is exchanged in one address family; `six` is what its lists' names end with. */
function filters(place: Template, six: '' | '6'): void {
  for (const way of ['export', 'import']) {
    names(on(place, `distribute-list ${way}`), `access-list${six}`, `access-list${six} % doesn't exist`);
    names(on(place, `prefix-list ${way}`), `prefix-list${six}`, `prefix-list${six} % doesn't exist`);
    for (const [one, other] of [
      ['distribute-list', 'prefix-list'],
      ['prefix-list', 'distribute-list'],
    ] as const)
      inCommit(
        on(place, `${one} ${way}`),
        act => !beside(act, 2, [other, way]),
        "you can't set both a prefix-list and a distribute list",
      );
    names(on(place, `filter-list ${way}`), 'as-path-list', "as-path-list % doesn't exist");
    names(on(place, `route-map ${way}`), 'route-map', "route-map % doesn't exist");
  }
  names(on(place, 'default-originate route-map'), 'route-map', "route-map % doesn't exist");
  names(on(place, 'unsuppress-map'), 'route-map', "route-map % doesn't exist");
  range(on(place, 'maximum-prefix'), 1, 4294967295, 'maximum-prefix must be between 1 and 4294967295');
  range(on(place, 'allowas-in number'), 1, 10, 'allowas-in number must be between 1 and 10');
  const says = (template: Template, leaves: readonly string[], text: string): void =>
    inCommit(template, ({ working, path }) => leaves.some(leaf => at(working, [...path, leaf])), text);
  const soft = on(place, 'soft-reconfiguration');
  says(soft, ['inbound'], 'you must specify the type of soft-reconfiguration');
  const communities = on(place, 'disable-send-community');
  says(communities, ['extended', 'standard'], 'you must specify the type of community');
}

/** Whether the working configuration has `path` below the node `up` levels above. */
function beside({ working, path }: Act, up: number, below: readonly string[]): boolean {
  return at(working, [...path.slice(0, path.length - up), ...below]) !== undefined;
}

function isOwn({ value, world }: Act): boolean {
  const wanted = parseAddress(value);
  return ownAddresses(world).some(own => own === wanted?.address);
}

function ownAddresses({ kernel }: Act['world']): (bigint | undefined)[] {
  return [...kernel.links.values()].flatMap(({ addresses }) =>
    addresses.map(text => parseAddress(text.split('/')[0] ?? '')?.address),
  );
}

/** An address of the router, or an interface of it. */
function sourceProblem({ value, world }: Act): string | undefined {
  const address = parseAddress(value);
  if (address === undefined)
    return world.kernel.links.has(value) ? undefined : `Interface ${value} does not exist on the system`;
  const length = address.family === 4 ? 32 : 128;
  return ownAddresses(world).includes(address.address)
    ? undefined
    : `IP address ${value}/${length} does not exist on this system`;
}

function checkNeighbors(act: Act): Outcome {
  const wrong = childrenAt(act.working, [...act.path, 'neighbor'])
    .map(name => neighborProblem(act, name))
    .find(problem => problem !== undefined);
  return wrong === undefined ? fine : { ok: false, said: wrong };
}

function neighborProblem({ working, path: above }: Act, name: string): string | undefined {
  const path = [...above, 'neighbor', name];
  const group = valueAt(working, [...path, 'peer-group']);
  const hasAs =
    valueAt(working, [...path, 'remote-as']) ??
    (group && valueAt(working, [...above, 'peer-group', group, 'remote-as']));
  return hasAs === undefined
    ? `[ ${path.join(' ')} ]\n  must set remote-as or peer-group with remote-as defined\n`
    : undefined;
}
