// The firmware, the WireGuard that belongs to it, and what the next image will do to both (docs/edgeos.md 'Firmware upgrades',
// 'EdgeOS 3').

import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { flappingRelease, flapsOnEveryChange } from '../plan/impact.ts';
import {
  firstbootFolder,
  fits,
  generationOf,
  isPackage,
  lacksWireguard,
  nativeWay,
  packageInstallers,
  wayToWireguard,
} from '../vyatta/firmware.ts';
import { has } from '../vyatta/tree.ts';
import { type Finding, failed, ok, type Patient, warning } from './finding.ts';

export function firmware({ facts }: Patient): Finding[] {
  const { version, model, board, kernel } = facts;
  const what = `${model || 'a router of unknown model'}${board === '' ? '' : ` (${board})`}, ${version || 'unknown version'}, kernel ${kernel || 'unknown'}`;
  if (![1, 2, 3].includes(generationOf(version) ?? 0))
    return [
      warning(what, 'edgewg knows EdgeOS 1 to 3: what the plan says of running tunnels may not hold here'),
    ];
  return [ok(what)];
}

export function wireguard({ facts }: Patient): Finding[] {
  const { wireguardPackage: version } = facts;
  const isNative = generationOf(facts.version) === 3;
  if (lacksWireguard(facts))
    return [
      failed(
        `the router knows no \`interfaces wireguard\`: ${isNative ? 'the templates of EdgeOS 3 are gone, as when a package that lay over them was removed' : 'the package is not installed'}`,
        `${wayToWireguard(facts)}${facts.savedWireguard.length > 0 ? '; save nothing before; then edgewg doctor --heal' : ''}`,
      ),
    ];
  if (version === undefined)
    return [ok(isNative ? 'WireGuard is built in' : 'WireGuard is there, of no package')];
  if (isNative) return [overNative(version)];
  if (flapsOnEveryChange(facts))
    return [
      warning(
        `wireguard ${version}: takes interfaces down at every change, and fails to delete peers`,
        `update it to a release after ${flappingRelease}`,
      ),
    ];
  return [ok(`wireguard ${version}`)];
}

const overNative = (version: string): Finding =>
  failed(
    `the package wireguard ${version} was installed over the WireGuard that EdgeOS 3 has built in`,
    `${nativeWay}; don't remove the package: that would delete EdgeOS's own templates too, and the tunnels with them`,
  );

/** An upgrade copies nothing but /config, and installs what lies in one folder there. */
export function upgrade(patient: Patient): Finding[] {
  const { facts, running } = patient;
  const generation = generationOf(facts.version);
  if (generation === 3) {
    const found = installersOver3(patient);
    return found.length > 0 ? found : [ok('WireGuard is part of the firmware')];
  }
  if (generation !== 1 && generation !== 2)
    return [ok('what an upgrade of this EdgeOS does to WireGuard is not known')];
  const packages = facts.firstboot.filter(isPackage);
  const unfit = packages.filter(file => fits(file, facts) === false);
  if (generation === 2 && packageInstallers(facts).length > 0) return [hazardOn2(patient, unfit)];
  if (packages.length > unfit.length)
    return [ok(`installs ${packages.filter(file => !unfit.includes(file)).join(', ')} again`)];
  if (generation === 2)
    return [
      ok(
        `nothing installs the package again: right for EdgeOS 3, which has WireGuard built in; an upgrade within EdgeOS 2 takes it away`,
      ),
    ];
  const way = `put a copy of the package into ${firstbootFolder} on the router`;
  const text =
    unfit.length > 0
      ? `would try ${unfit.join(', ')}, which is for another board or EdgeOS`
      : `takes the wireguard package away: there is no copy in ${firstbootFolder}`;
  const isUsed = has(running, tunnelKind.tag()) || facts.savedWireguard.length > 0;
  return [isUsed ? warning(text, way) : ok(text)];
}

/** The kernel's name is that of EdgeOS 3 on most boards, so that the package's own check lets it through there. */
function hazardOn2({ facts }: Patient, unfit: readonly string[]): Finding {
  const them = packageInstallers(facts).map(({ path }) => path);
  const odd = unfit.length > 0 ? ` (${unfit.join(', ')}: for another board or EdgeOS)` : '';
  return warning(
    `would install a package again: ${them.join(', ')}${odd}; that is good within EdgeOS 2, and breaks the WireGuard of EdgeOS 3`,
    'before an upgrade to EdgeOS 3 run edgewg doctor --before-upgrade',
  );
}

/** Each file that puts a package over the WireGuard of EdgeOS 3. */
export function installersOver3({ facts }: Patient): Finding[] {
  return packageInstallers(facts).map(({ path, isScript }) =>
    failed(
      isScript
        ? `${path} installs a wireguard package, and EdgeOS 3 has WireGuard built in`
        : `${path} would be installed over the WireGuard that EdgeOS 3 has built in`,
      isScript ? `take the installation out of it: edit or remove ${path}` : `sudo rm ${path}`,
    ),
  );
}
