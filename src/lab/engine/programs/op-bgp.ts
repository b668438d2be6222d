// `show ip bgp summary` as ZebOS prints it. The other ends are not there to talk: a session is up while WireGuard's peer behind it is,
// and nobody announces anything.

import { byVersion } from '../../../vyatta/tree.ts';
import type { Answer } from '../../call.ts';
import { at, childrenAt, valueAt } from '../config.ts';
import type { Engine } from '../engine.ts';
import { said } from './answers.ts';
import { routeFor } from './ip.ts';
import { peerBehind } from './small.ts';

const columns =
  'Neighbor                 V   AS   MsgRcv    MsgSen TblVer   InQ   OutQ    Up/Down   State/PfxRcd\n';

export function showSessions(engine: Engine): Answer {
  const [asn] = childrenAt(engine.active, ['protocols', 'bgp']);
  if (asn === undefined) return said('');
  const base = ['protocols', 'bgp', asn];
  const neighbors = childrenAt(engine.active, [...base, 'neighbor']).sort(byVersion);
  const routerId = valueAt(engine.active, [...base, 'parameters', 'router-id']) ?? ownAddress(engine);
  const rows = neighbors.map(neighbor => rowOf(engine, [...base, 'neighbor', neighbor], neighbor));
  const up = rows.filter(({ isUp }) => isUp).length;
  return said(
    `BGP router identifier ${routerId}, local AS number ${asn}\nBGP table version is 1\n0 BGP AS-PATH entries\n0 BGP community entries\n\n${columns}` +
      `${rows.map(({ line }) => line).join('')}\nTotal number of neighbors ${rows.length}\n\nTotal number of Established sessions ${up}\n`,
  );
}

/** The highest IPv4 address, as routers choose it; of all links, for the lab has no loopback of its own. */
function ownAddress(engine: Engine): string {
  const all = [...engine.world.kernel.links.values()].flatMap(({ addresses }) => addresses);
  return (
    all
      .filter(address => !address.includes(':'))
      .map(address => address.replace(/\/.*/, ''))
      .sort(byVersion)
      .at(-1) ?? '0.0.0.0'
  );
}

function rowOf(engine: Engine, path: readonly string[], address: string): { line: string; isUp: boolean } {
  const isShut = at(engine.active, [...path, 'shutdown']) !== undefined;
  const route = routeFor(engine.world.kernel, address);
  const peer = isShut || route?.device === undefined ? undefined : peerBehind(engine, route.device, address);
  const said = engine.world.kernel.session(address);
  const isUp = said === undefined ? peer !== undefined : /^\d+$/.test(said.state);
  const seconds =
    said === undefined
      ? Math.floor(engine.world.now().getTime() / 1000) - (peer?.handshake ?? 0)
      : Math.floor((Date.now() - said.since) / 1000);
  const messages = isUp ? 2 + Math.floor(seconds / 60) : 0;
  const state = said?.state ?? (peer === undefined ? (isShut ? 'Idle (Admin)' : 'Active') : '0');
  const asn = valueAt(engine.active, [...path, 'remote-as']) ?? '0';
  const count = String(messages).padEnd(11);
  const line = `${address.padEnd(25)}4 ${asn} ${count}${count}${isUp ? 1 : 0}      0      0  ${(isUp ? clock(seconds) : 'never').padStart(8)}    ${state.padStart(12)}\n`;
  return { line, isUp };
}

const clock = (seconds: number): string =>
  [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.max(0, seconds) % 60]
    .map(part => String(Math.max(0, part)).padStart(2, '0'))
    .join(':');
