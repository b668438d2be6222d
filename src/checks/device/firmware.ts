// EW020 to EW022 and EW302: what the router's firmware can't do, and what it lost: the wireguard package and its nodes go with a
// firmware upgrade, and a save would then destroy what config.boot still holds (docs/edgeos.md 'Firmware upgrades').

import { clamp as clampKind } from '../../objects/clamp.ts';
import { clampOfTunnels, clampTemplates, type Template, templates } from '../../objects/templates.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';
import { generationOf, lacksWireguard, wayToWireguard } from '../../vyatta/firmware.ts';
import { has, type Path, startsWith, type Tree } from '../../vyatta/tree.ts';
import { siteFix } from '../fix.ts';

/** What to leave out where the firmware doesn't know a template. */
const ways: Readonly<Record<Template, string>> = {
  ipv6Routes: 'leave the IPv6 routes out; routeAllowedIPs: true makes them another way',
  ipv6Guards: 'leave guard out at the IPv6 routes',
  ipv6PrefixLists: 'leave out accept at the IPv6 neighbours',
  prefixLists: 'leave out accept at the neighbours',
  maximumPaths: 'leave out maximumPaths',
};

/** Nothing but this is told of a router without the package: everything else would follow from it. */
export const firmware: Check = {
  explanations: {
    EW020: {
      title: 'the router knows no wireguard interfaces',
      why: `EdgeOS 1 and 2 learn WireGuard from the package wireguard-vyatta-ubnt. A firmware upgrade removes the package, and
      with it every wireguard node from the running configuration, while config.boot still holds them. Whoever saves then,
      and the GUI saves on every change, destroys them for good.`,
      way: `Save nothing. Install the package for this model and firmware (EdgeOS 3 has WireGuard built in: there flash the image
      again, and install no package), then run edgewg doctor --heal, which loads back what
      config.boot has. After that plan again; most often there is nothing left to do.`,
    },
    EW021: {
      title: 'a wireguard interface is saved, but not running',
      why: `config.boot holds an interface that the running configuration has lost: it didn't come back at boot (a missing key
      file, an endpoint's name that didn't resolve), or somebody deleted it and didn't save. An apply saves, and would make
      the loss permanent.`,
      way: `edgewg doctor --heal loads it back; where that fails it shows what the router said. If it is meant to be gone, save
      on the router first.`,
    },
    EW022: {
      title: "the firmware can't clamp the MSS of wireguard interfaces",
      why: `The interface type wg of mss-clamp comes with the wireguard package: for IPv4 since version 0.0.20180731, for IPv6
      since 0.0.20191219. The router would refuse the command.`,
      way: `Update the package, or say mssClamp: { ipv4: off } or { ipv6: off } and see that both ends of the tunnel have a
      fitting MTU.`,
    },
    EW302: {
      title: 'this firmware does not know a node that the file asks for',
      why: `Which nodes a router knows depends on its firmware. edgewg asks for the templates while it reads the router, so that this
      is reported before anything is done and not by "The specified configuration node is not valid" in the middle of it.`,
      way: 'Leave out what the finding names, or update the firmware.',
    },
  },
  find(input) {
    const { facts, running } = input;
    if (facts === undefined) return [];
    const lost = lostWireguard(running, facts);
    if (lacksWireguard(facts)) return lost.length > 0 ? lost : [notInstalled(facts)];
    return [...lost, ...missingClamps(input, facts), ...missingNodes(input, facts)];
  },
};

/** Interfaces that config.boot has and the running configuration hasn't: any save, a rollback's too, would destroy them. */
export function lostWireguard(running: Tree, facts: RouterFacts): Finding[] {
  const lost = facts.savedWireguard.filter(name => !tunnelKind.has(running, name));
  if (lost.length === 0) return [];
  const them = lost.length === 1 ? 'it' : 'them';
  if (lacksWireguard(facts))
    return [
      {
        code: 'EW020',
        severity: 'error',
        message: `${gone(facts)}, and with it ${lost.join(', ')}, which config.boot still holds; any save now destroys ${them}`,
        hint: `save nothing; ${wayToWireguard(facts)}, then run edgewg doctor --heal`,
        running: { path: tunnelKind.tag() },
      },
    ];
  return [
    {
      code: 'EW021',
      severity: 'error',
      message: `${lost.join(', ')}: in config.boot, but not in the running configuration; the next save would destroy ${them}`,
      hint: `edgewg doctor --heal gets ${them} back; if ${them === 'it' ? 'it is' : 'they are'} meant to be gone, save on the router`,
      running: { path: tunnelKind.tag() },
    },
  ];
}

const gone = ({ version }: RouterFacts): string =>
  generationOf(version) === 3
    ? 'the WireGuard that EdgeOS 3 has built in is gone (as when a package that lay over it was removed)'
    : 'the wireguard package is gone (a firmware upgrade removes it)';

function notInstalled(facts: RouterFacts): Finding {
  const why =
    generationOf(facts.version) === 3
      ? 'the templates that EdgeOS 3 has built in are gone'
      : 'the wireguard package is not installed';
  return {
    code: 'EW020',
    severity: 'error',
    message: `this router knows no \`interfaces wireguard\`: ${why}`,
    hint: `${wayToWireguard(facts)}, then plan again`,
    running: { path: tunnelKind.tag() },
  };
}

/** The type `all` is every EdgeOS's, and a clamp that has it is kept as it is. */
function wayOfClamp(node: Path, family: string, version: string, mss: string): string {
  const clamp = node.join(' ');
  const all = `clamp all interfaces, on the router: configure; set ${clamp} interface-type all; set ${clamp} mss ${mss}; commit; save`;
  const off = `say mssClamp: { ${family}: off }`;
  return generationOf(version) === 3
    ? `${off}, or ${all}`
    : `${off}, or update the wireguard package, or ${all}`;
}

function missingClamps({ changes, wanted }: CheckInput, { probes, version }: RouterFacts): Finding[] {
  return clampTemplates.flatMap(({ probe, family, name }) => {
    const path = clampOfTunnels(family);
    if (probes.get(probe) !== false || !has(wanted, path)) return [];
    if (!changes.some(change => startsWith(path, change.path))) return [];
    const mss = clampKind.value(wanted, 'mss', family) ?? 'NUMBER';
    return {
      code: 'EW022',
      severity: 'error',
      message: `this firmware has no \`${path.slice(2).join(' ')}\``,
      hint: wayOfClamp(clampKind.path(family), name, version, mss),
      ...siteFix({ path: ['mssClamp', name], value: 'off' }),
      running: { path },
    };
  });
}

function missingNodes({ changes }: CheckInput, { probes, version }: RouterFacts): Finding[] {
  return (Object.keys(ways) as Template[]).flatMap(template => {
    const { probe, is, name } = templates[template];
    const change = changes.find(
      ({ action, path }) => (action === 'create' || action === 'update') && is(path),
    );
    if (probes.get(probe) !== false || change === undefined) return [];
    return {
      code: 'EW302',
      severity: 'error',
      message: `this firmware (${version || 'of unknown version'}) has no \`${name}\``,
      hint: ways[template],
      ...(change.source !== undefined && { source: change.source }),
      running: { path: change.path },
    };
  });
}
