// EW300, EW301 and EW303: releases of the wireguard package with known faults, and an EdgeOS of which less is known.

import { peer as peerKind } from '../../objects/peer.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import { flappingRelease, flapsOnEveryChange } from '../../plan/impact.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { generationOf, nativeWay } from '../../vyatta/firmware.ts';
import { byVersion, type Path } from '../../vyatta/tree.ts';
import { finding, onRouter } from '../view.ts';

export const packageFaults: Check = {
  explanations: {
    EW300: {
      title: 'the wireguard package takes interfaces down at every change',
      why: `Releases of wireguard-vyatta-ubnt up to 1.0.20210219-1 take an interface down and up whatever is changed below it: all
      sessions handshake anew, IPv6 addresses and the routes of route-allowed-ips are lost.`,
      way: `Update the package (its README says how on a live router), or apply when nobody needs the tunnel. The plan says of
      each tunnel what happens to it.`,
    },
    EW301: {
      title: 'the wireguard package may fail to delete peers',
      why: `Releases up to 1.0.20210219-1 end a commit that deletes a peer or its allowed IPs with a bare "Commit failed" when
      route-allowed-ips is true, because their script deletes routes that are gone already.`,
      way: `Update the package. Otherwise set routeAllowedIPs: false first, in an apply of its own, with the routes written out.`,
    },
    EW303: {
      title: 'the router runs an EdgeOS of which less is known',
      why: `What a commit does to running tunnels is read from the scripts of the wireguard package for EdgeOS 1 and 2. EdgeOS 3 has
      WireGuard built in, takes the same commands, and keeps its scripts to itself.`,
      way: `Nothing must be done: what is applied is proven afterwards, and put back where it doesn't hold. Only the impact that
      the plan says may be another.`,
    },
  },
  find(input) {
    const { facts } = input;
    if (input.impacts.length === 0) return [];
    return [
      ...(facts === undefined ? [] : faults(input, facts)),
      ...unknownRelease(input, facts?.version ?? input.version ?? ''),
    ];
  },
};

function faults(input: CheckInput, facts: RouterFacts): Finding[] {
  if (!flapsOnEveryChange(facts)) return [];
  const package_ = `the wireguard package ${facts.wireguardPackage}`;
  const hint =
    generationOf(facts.version) === 3
      ? `${nativeWay}: the package lies over the WireGuard that EdgeOS 3 has built in`
      : `update the package to a release after ${flappingRelease}`;
  const down = input.impacts.filter(({ effect }) => effect === 'flaps').map(({ tunnel }) => tunnel);
  const refused = deletions(input);
  return [
    ...(down.length === 0
      ? []
      : [
          finding(input, ['router'], {
            code: 'EW300',
            severity: 'warning',
            message: `${package_} takes an interface down and up at every change: ${down.join(', ')}`,
            hint,
          }),
        ]),
    ...refused.map(({ name, path }) =>
      finding(input, placeOf(input, name), {
        code: 'EW301',
        severity: 'warning',
        message: `${name}: ${package_} fails to delete peers and allowed IPs while route-allowed-ips is true: the commit may fail, and would be put back`,
        hint: `${hint}, or say routeAllowedIPs: false in an apply of its own first`,
        running: onRouter(input, path),
      }),
    ),
  ];
}

const placeOf = ({ site }: CheckInput, name: string) =>
  site.tunnels.find(tunnel => tunnel.name === name)?.at ?? site.manages.at;

/** Interfaces that stay, and lose a peer or allowed IPs while the routes of those are the router's own. */
function deletions({ changes, running, after }: CheckInput): { name: string; path: Path }[] {
  const found = new Map<string, Path>();
  for (const { action, path, before, after: next } of changes) {
    const name = peerKind.match(path)?.instance[0];
    if (name === undefined || found.has(name)) continue;
    const isLess = action === 'delete' || (before ?? []).some(word => !next?.includes(word));
    const isOn = tunnelKind.value(running, 'routeAllowedIPs', name) !== 'false';
    if (action !== 'create' && action !== 'keep' && isLess && isOn && tunnelKind.has(after, name))
      found.set(name, tunnelKind.leaf('routeAllowedIPs', name));
  }
  return [...found].sort(([a], [b]) => byVersion(a, b)).map(([name, path]) => ({ name, path }));
}

/** The templates of EdgeOS 3 are not public (docs/edgeos.md 'EdgeOS 3'). */
function unknownRelease(input: CheckInput, version: string): Finding[] {
  const generation = generationOf(version);
  if (generation === 1 || generation === 2 || version === '') return [];
  return [
    finding(input, ['router'], {
      code: 'EW303',
      severity: generation === 3 ? 'note' : 'warning',
      message: `the router runs ${version}: ${generation === 3 ? 'its own WireGuard takes the same commands, but' : 'no EdgeOS that edgewg knows;'} what its scripts do to running tunnels isn't known, and what the plan says of it holds for EdgeOS 1 and 2`,
      hint: 'try it on a tunnel that nobody needs; the proof and the way back are the same',
    }),
  ];
}
