// What to do before a firmware upgrade, in order, and what of it is done already (docs/edgeos.md 'EdgeOS 3', 'Firmware upgrades').
// What can't be seen from here is a warning, never done.

import { clamp, ownType } from '../objects/clamp.ts';
import { discovery } from '../objects/discovery.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { lostLeaves } from '../plan/lost-leaves.ts';
import { generationOf, lacksWireguard, packageInstallers, packageName } from '../vyatta/firmware.ts';
import { has } from '../vyatta/tree.ts';
import { type Finding, failed, type Health, ok, type Patient, warning } from './finding.ts';
import { installersOver3, wireguard } from './firmware.ts';
import { otherLines } from './heal.ts';

type Step = readonly [name: string, findings: readonly Finding[]];

/** In the order in which it is done; the last step says whether the upgrade may begin. */
export function beforeUpgrade(patient: Patient): Health[] {
  const generation = generationOf(patient.facts.version);
  const steps: Step[] = [
    ['release', release(patient, generation)],
    ['save', saved(patient)],
    ['copies', copies(patient)],
    ['packages', generation === 1 ? packageFor2(patient) : installers(patient)],
    ...(generation === 2 ? ([['unknown to 3', unknownTo3(patient)]] as const) : []),
  ];
  const isReady = steps.every(([, findings]) => findings.every(({ status }) => status !== 'failed'));
  return [...steps, ['upgrade', [isReady ? go : notYet] satisfies Finding[]] as const].map(
    ([name, findings]) => ({ name, findings }),
  );
}

const go = warning(
  'nothing that can be seen from here is in the way',
  'add system image URL; reboot; then, before anybody saves anything (the GUI saves at every change): edgewg doctor, and edgewg doctor --heal if something is missing',
);
const notYet = failed('not yet', 'see to what failed above, then run edgewg doctor --before-upgrade again');

function release(patient: Patient, generation: number | undefined): Finding[] {
  const { version } = patient.facts;
  const [found] = wireguard(patient);
  const here = version || 'an EdgeOS of unknown version';
  if (generation === 2)
    return [ok(`${here}: the next one is EdgeOS 3, which has WireGuard built in`), ...bad(found)];
  if (generation === 3)
    return [
      ok(`${here}: WireGuard is part of this and later images`),
      // another image is the very cure
      ...bad(found).map(({ text }) => warning(text, 'the new image brings its own WireGuard: go on')),
    ];
  if (generation === 1)
    return [
      warning(
        `${here}: the next one is EdgeOS 2, with another kernel and another package; nothing is known of an upgrade to EdgeOS 3 at once`,
        'upgrade to the newest EdgeOS 2 first, then run edgewg doctor --before-upgrade again',
      ),
      ...bad(found),
    ];
  return [
    warning(`${here}: edgewg knows EdgeOS 1 to 3`, 'look up what its upgrades do to WireGuard'),
    ...bad(found),
  ];
}

const bad = (finding: Finding | undefined): Finding[] =>
  finding === undefined || finding.status === 'ok' ? [] : [finding];

/** config.boot is all that the next image starts from. */
function saved({ running, facts }: Patient): Finding[] {
  const isBroken3 = generationOf(facts.version) === 3 && lacksWireguard(facts);
  const lost = lostLeaves(running, facts.lost);
  const gone = facts.savedWireguard.filter(name => !tunnelKind.has(running, name));
  const others = otherLines(facts.drift, lost);
  if (lost.length > 0 || gone.length > 0) {
    const what =
      gone.length > 0 ? gone.join(', ') : `${lost.length} WireGuard ${lost.length === 1 ? 'node' : 'nodes'}`;
    const text = `config.boot has what doesn't run: ${what}`;
    return [
      isBroken3
        ? warning(text, 'save nothing: the new image loads it')
        : failed(text, 'edgewg doctor --heal; save nothing before'),
    ];
  }
  if (others.length > 0)
    return [
      failed(
        `config.boot differs from what runs in ${others.length} ${others.length === 1 ? 'line' : 'lines'}: ${others.slice(0, 3).join('; ')}`,
        'save it on the router (configure; save), or take it back',
      ),
    ];
  return [ok('what runs is saved')];
}

function copies({ site }: Patient): Finding[] {
  const { user, host } = site.router;
  const from = user === undefined ? host : `${user}@${host}`;
  return [
    warning(
      "whether there is a copy of config.boot and of the keys off the router can't be seen from here",
      `make one where only you can read it: ssh ${from} sudo tar -C /config -cf - config.boot auth > before-upgrade.tar`,
    ),
  ];
}

function installers(patient: Patient): Finding[] {
  const found = installersOver3(patient);
  return found.length > 0 ? found : [ok('nothing installs a wireguard package at the first boot or later')];
}

/** EdgeOS 2 needs a package of its own, which the first boot may install. */
function packageFor2({ facts }: Patient): Finding[] {
  const wanted = packageName({ ...facts, version: 'v2.0.9' });
  const isThere = packageInstallers(facts).some(
    ({ path }) => wanted !== undefined && path.includes(`/${wanted}-`),
  );
  if (isThere) return [ok(`the package for EdgeOS 2, ${wanted}-….deb, will be installed at the first boot`)];
  return [
    warning(
      'the first boot of EdgeOS 2 will have no wireguard package, and no tunnels',
      `put the newest ${wanted ?? 'v2'}-….deb into /config/data/firstboot/install-packages, or install it then, and run edgewg doctor --heal; save nothing before`,
    ),
  ];
}

/** What a configuration of EdgeOS 2 may hold that was never seen on EdgeOS 3: it may be skipped at boot. */
function unknownTo3({ running }: Patient): Finding[] {
  const clamps = ([4, 6] as const)
    .filter(family => clamp.values(running, 'interfaceTypes', family).includes(ownType))
    .map(family => clamp.path(family).join(' '));
  const found = [
    ...clamps.map(name =>
      warning(
        `${name} interface-type wg: EdgeOS 3 was seen with \`all\` alone`,
        `on the router: configure; set ${name} interface-type all; commit; save (the plan keeps it); and look at the clamp after the upgrade`,
      ),
    ),
    ...(has(running, discovery.tag())
      ? [
          warning(
            'service ubnt-discover: in no configuration of EdgeOS 3 that was seen',
            'its lines may be skipped at boot; edgewg plan tells afterwards',
          ),
        ]
      : []),
  ];
  return found.length > 0 ? found : [ok('the configuration has no node that EdgeOS 3 was not seen with')];
}
