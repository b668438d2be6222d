// The router's health for WireGuard's purposes: each thing that is looked at, what was seen, and what to do about it. Pure.

import { listKeys } from '../keys/list.ts';
import { clamp } from '../objects/clamp.ts';
import { isIntact } from '../objects/endpoint-helper.ts';
import { peer as peerKind } from '../objects/peer.ts';
import { helperFor, helperPathOf, isForeign } from '../objects/resolver.ts';
import { tunnel as tunnelKind } from '../objects/tunnel.ts';
import { lostLeaves } from '../plan/lost-leaves.ts';
import { generationOf, lacksWireguard, nativeWay } from '../vyatta/firmware.ts';
import { has, type Path, startsWith } from '../vyatta/tree.ts';
import { parseEndpoint } from '../wireguard/endpoint.ts';
import { type Finding, failed, type Health, ok, type Patient, warning } from './finding.ts';
import { firmware, upgrade, wireguard } from './firmware.ts';
import { otherLines } from './heal.ts';

/** In the order in which one thing needs the other. */
export function examine(patient: Patient): Health[] {
  const parts: Record<string, [look: (patient: Patient) => Finding[], otherwise: string]> = {
    firmware: [firmware, ''],
    package: [wireguard, ''],
    'firmware upgrade': [upgrade, ''],
    'lost nodes': [lost, 'the running configuration has every WireGuard node of config.boot'],
    'saved configuration': [unsaved, 'what runs is saved'],
    'commit-confirm': [confirms, 'none is pending'],
    interfaces: [interfaces, 'the kernel has every interface, peer and address of the configuration'],
    'key files': [keys, 'every key is in a file that only admins can read'],
    endpoints: [endpoints, 'no endpoint is a name that nothing looks up again'],
    'disk space': [disks, ''],
    clock: [clock, ''],
  };
  const rank = ['failed', 'warning', 'ok'];
  return Object.entries(parts).map(([name, [look, otherwise]]) => {
    const findings = look(patient).toSorted((a, b) => rank.indexOf(a.status) - rank.indexOf(b.status));
    return { name, findings: findings.length === 0 ? [ok(otherwise)] : findings };
  });
}

function lost({ running, facts }: Patient): Finding[] {
  const gone = facts.savedWireguard.filter(name => !tunnelKind.has(running, name));
  const parts = lostLeaves(running, facts.lost).filter(path => !gone.includes(path[2] ?? ''));
  const isMissing = lacksWireguard(facts);
  const isNative = generationOf(facts.version) === 3;
  const way = isMissing
    ? `${isNative ? nativeWay : 'install the package'}, then edgewg doctor --heal; save nothing before`
    : 'edgewg doctor --heal loads them back; save nothing before';
  return [
    ...gone.map(name => failed(`${name} is in config.boot, and not in the running configuration`, way)),
    ...parts.map(path =>
      failed(`${told(path)} is in config.boot, and not in the running configuration`, way),
    ),
  ];
}

const isOurKind = (path: Path): boolean =>
  [tunnelKind.roots(), clamp.roots()].flat().some(root => startsWith(path, root));

/** Without the key of a file or a peer's whole public key. */
const told = (path: readonly string[]): string =>
  (isOurKind(path) ? path.slice(2) : path)
    .map(word => (/^[0-9A-Za-z+/]{43}=$/.test(word) ? `${word.slice(0, 8)}…` : word))
    .join(' ');

function confirms({ facts }: Patient): Finding[] {
  return facts.pendingConfirms.map(due =>
    failed(
      `somebody's commit-confirm is pending: at ${due} the router restarts into what was saved before it`,
      'whoever began it types confirm and save on the router, or waits for the restart; apply nothing before',
    ),
  );
}

function unsaved({ facts, running }: Patient): Finding[] {
  if (!facts.isDriftKnown)
    return [
      failed(
        'the router could not compare running and saved configuration',
        'look at /config/config.boot on the router',
      ),
    ];
  return otherLines(facts.drift, lostLeaves(running, facts.lost)).map(line =>
    failed(
      `differs from what runs: ${line}`,
      'save it on the router (configure; save), or take it back; the next boot takes it back as well',
    ),
  );
}

function interfaces({ probes, running, facts }: Patient): Finding[] {
  const down = tunnelKind
    .names(running)
    .filter(name => !tunnelKind.says(running, 'disable', name) && !facts.interfaces.has(name));
  return [
    ...down.map(name =>
      failed(
        `${name} is configured, and the kernel has no such interface`,
        'look whether the module is loaded (lsmod | grep wireguard; sudo modprobe wireguard), then configure; load; commit',
      ),
    ),
    ...probes
      .filter(({ ok: isWell, name }) => !isWell && !down.some(one => name.startsWith(`${one} `)))
      .map(({ name, saw }) =>
        failed(
          `not so: ${name}${saw === undefined ? '' : ` (saw ${saw})`}`,
          'commit the interface again: delete and set what is missing, or disable it and enable it',
        ),
      ),
  ];
}

function keys({ site, running, facts }: Patient): Finding[] {
  return listKeys(site, running, facts)
    .keys.filter(key => tunnelKind.has(running, key.interface))
    .flatMap(({ interface: name, kind, path, remarks }) => {
      const key = `${kind} key of ${name}${path === undefined ? '' : `, ${path}`}`;
      return remarks.map(remark =>
        /^(there is no|the interface has no|the file holds no|the interface runs with)/.test(remark)
          ? failed(
              `${key}: ${remark}`,
              'after the next boot the interface would not come up: put the file back',
            )
          : warning(`${key}: ${remark}`, 'see edgewg keys'),
      );
    });
}

function endpoints(patient: Patient): Finding[] {
  const { running, facts } = patient;
  return tunnelKind.names(running).flatMap(name =>
    peerKind.names(running, name).flatMap(key => {
      const text = peerKind.value(running, 'endpoint', name, key) ?? '';
      if (parseEndpoint(text)?.family !== undefined || text === '') return [];
      const live = facts.interfaces.get(name)?.peers.find(one => one.publicKey === key);
      const of = `${text}, the endpoint of ${key.slice(0, 8)}… on ${name}`;
      if (live?.endpoint === '(none)')
        return [
          failed(
            `${of}, did not resolve`,
            'see that the router resolves names, then commit the endpoint again',
          ),
        ];
      const care = careFor(patient, name, key);
      if (care === 'working') return [];
      if (care === 'broken')
        return [
          failed(
            `${of}, is a name, and what should look it up again isn't there as it should be`,
            'see edgewg plan',
          ),
        ];
      return [
        warning(
          `${of}, is a name: when it doesn't resolve at boot the router loses it`,
          'say resolve: 5m at the peer in the site file, or take an address',
        ),
      ];
    }),
  );
}

/** Whether the router looks up a peer's name again: it has the task, and the script is the one of the site file, unchanged. */
function careFor(
  { site, running, facts }: Patient,
  name: string,
  key: string,
): 'none' | 'working' | 'broken' {
  const tunnel = site.tunnels.find(one => one.name === name);
  const isAsked = tunnel?.peers.some(({ publicKey, resolve }) => publicKey === key && resolve !== undefined);
  const helper = tunnel && helperFor(tunnel);
  if (isAsked !== true || helper === undefined) return 'none';
  const isRun = helperPathOf(running, name) === helper.path && !isForeign(running, name);
  return isRun && isIntact(helper.path, facts.helpers.get(helper.path) ?? '') ? 'working' : 'broken';
}

/** Kibibytes. A configuration, its snapshot and the record of an apply are a few hundred each. */
const enough = { failed: 4 * 1024, warning: 16 * 1024 };

function disks({ facts }: Patient): Finding[] {
  return facts.disks.map(({ path, free, size }) => {
    const text = `${path} has ${Math.floor(free / 1024)} of ${Math.floor(size / 1024)} MiB free`;
    if (free < enough.failed) return failed(text, 'make room: saving a configuration may fail');
    return free < enough.warning ? warning(text, 'make room, before an apply runs out of it') : ok(text);
  });
}

/** WireGuard takes no handshake whose timestamp isn't later than the last one's (its whitepaper, section 5.1). */
function clock({ facts, now, running }: Patient): Finding[] {
  const off = facts.now - now;
  const size = Math.abs(off);
  const text =
    size < 60
      ? 'agrees with this machine'
      : `is ${ago(size)} ${off < 0 ? 'behind' : 'ahead of'} this machine`;
  const way = 'set the clock: peers refuse handshakes of an earlier time than the last';
  const isSet = has(running, ['system', 'ntp', 'server']);
  return [
    size >= 86_400 ? failed(text, way) : size >= 60 ? warning(text, way) : ok(text),
    ...(isSet ? [] : [warning('no NTP server is configured', 'set system ntp server NAME')]),
  ];
}

function ago(seconds: number): string {
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
