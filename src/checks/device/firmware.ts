// EW020 to EW022 and EW302: what the router's firmware can't do, and what it lost: the wireguard package and its nodes go with a
// firmware upgrade, and a save would then destroy what config.boot still holds (docs/edgeos.md 'Firmware upgrades').

import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Diagnostic } from '../../plan/types/plan.ts';
import { packageToInstall } from '../../vyatta/firmware.ts';
import { has, type Path, startsWith, type Tree } from '../../vyatta/tree.ts';

const base = ['interfaces', 'wireguard'];

/** Templates that the wanted configuration may need, by the probe's name. */
const clamps = [
  {
    probe: 'mss-clamp-wg',
    path: ['firewall', 'options', 'mss-clamp', 'interface-type', 'wg'],
    family: 'ipv4',
  },
  {
    probe: 'mss-clamp6-wg',
    path: ['firewall', 'options', 'mss-clamp6', 'interface-type', 'wg'],
    family: 'ipv6',
  },
] as const;

/** The other nodes that a site file may ask for, and what to leave out where the firmware doesn't know them. */
const nodes: readonly { probe: string; is(path: Path): boolean; name: string; way: string }[] = [
  {
    probe: 'interface-route6',
    is: path => path[2] === 'interface-route6',
    name: 'protocols static interface-route6',
    way: 'leave the IPv6 routes out; routeAllowedIPs: true makes them another way',
  },
  {
    probe: 'route6-blackhole',
    is: path => path[2] === 'route6' && path[4] === 'blackhole',
    name: 'protocols static route6 … blackhole',
    way: 'leave guard out at the IPv6 routes',
  },
  {
    probe: 'prefix-list6',
    is: path => path[1] === 'prefix-list6',
    name: 'policy prefix-list6',
    way: 'leave out accept at the IPv6 neighbours',
  },
  {
    probe: 'bgp-prefix-list',
    is: path => path[1] === 'bgp' && path[5] === 'prefix-list',
    name: 'protocols bgp … neighbor … prefix-list import',
    way: 'leave out accept at the neighbours',
  },
  {
    probe: 'bgp-maximum-paths',
    is: path => path[1] === 'bgp' && path[3] === 'maximum-paths',
    name: 'protocols bgp … maximum-paths',
    way: 'leave out maximumPaths',
  },
];

/** Nothing but this is told of a router without the package: everything else would follow from it. */
export const firmware: Check = input => {
  const { facts, running } = input;
  if (facts === undefined) return [];
  const lost = lostWireguard(running, facts);
  if (facts.probes.get('wireguard') === false) return lost.length > 0 ? lost : [notInstalled(facts)];
  return [...lost, ...missingClamps(input, facts), ...missingNodes(input, facts)];
};

/** Interfaces that config.boot has and the running configuration hasn't: any save, a rollback's too, would destroy them. */
export function lostWireguard(running: Tree, facts: RouterFacts): Diagnostic[] {
  const lost = facts.savedWireguard.filter(name => !has(running, [...base, name]));
  if (lost.length === 0) return [];
  const them = lost.length === 1 ? 'it' : 'them';
  if (facts.probes.get('wireguard') === false)
    return [
      {
        code: 'EW020',
        severity: 'error',
        message: `the wireguard package is gone (a firmware upgrade removes it), and with it ${lost.join(', ')}, which config.boot still holds; any save now destroys ${them}`,
        hint: `save nothing; install ${packageToInstall(facts)}, then run edgewg doctor --heal`,
        running: { path: base },
      },
    ];
  return [
    {
      code: 'EW021',
      severity: 'error',
      message: `${lost.join(', ')}: in config.boot, but not in the running configuration; the next save would destroy ${them}`,
      hint: `edgewg doctor --heal gets ${them} back; if ${them === 'it' ? 'it is' : 'they are'} meant to be gone, save on the router`,
      running: { path: base },
    },
  ];
}

function notInstalled(facts: RouterFacts): Diagnostic {
  return {
    code: 'EW020',
    severity: 'error',
    message: 'this router knows no `interfaces wireguard`: the wireguard package is not installed',
    hint: `install ${packageToInstall(facts)}, then plan again`,
    running: { path: base },
  };
}

function missingClamps({ changes, wanted }: CheckInput, { probes }: RouterFacts): Diagnostic[] {
  return clamps.flatMap(({ probe, path, family }) =>
    probes.get(probe) !== false ||
    !has(wanted, path) ||
    !changes.some(change => startsWith(path, change.path))
      ? []
      : {
          code: 'EW022',
          severity: 'error',
          message: `this firmware has no \`${path.slice(2).join(' ')}\``,
          hint: `say mssClamp: { ${family}: off }, or update the wireguard package`,
          running: { path },
        },
  );
}

function missingNodes({ changes }: CheckInput, { probes, version }: RouterFacts): Diagnostic[] {
  return nodes.flatMap(({ probe, is, name, way }) => {
    const change = changes.find(
      ({ action, path }) => (action === 'create' || action === 'update') && is(path),
    );
    if (probes.get(probe) !== false || change === undefined) return [];
    return {
      code: 'EW302',
      severity: 'error',
      message: `this firmware (${version || 'of unknown version'}) has no \`${name}\``,
      hint: way,
      ...(change.source !== undefined && { source: change.source }),
      running: { path: change.path },
    };
  });
}
