// What a plan may do to a conversation that comes in through a WireGuard interface: to its peer, to its keys, and to the way of the
// tunnel's own packets.
import { peerFor, peersOf } from '../../routing/peers.ts';
import { startsWith, value } from '../../vyatta/tree.ts';
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import { host } from '../../wireguard/prefix.ts';
import type { Prospect } from '../make.ts';
import { type Conversation, conversation, pathOf, type Threat, threats } from './path.ts';
import type { Side, View } from './view.ts';

/** `seen`: tunnels on the way already, so that a tunnel within a tunnel is followed and a ring ends. */
export function tunnelThreats(
  prospect: Prospect,
  view: View,
  talk: Conversation,
  seen: readonly string[] = [],
): Threat[] {
  const face = pathOf(view.before, talk).face;
  if (face?.kind !== 'wireguard' || seen.includes(face.name)) return [];
  const { name } = face;
  const at = prospect.site.tunnels.find(one => one.name === name)?.at;
  const threat = (text: string, isSure: boolean): Threat => ({ text, isSure, ...(at && { at }) });
  const after = view.after.face(name);
  if (after === undefined || after.disabled)
    return [
      threat(`${name}, through which it comes, is ${after === undefined ? 'removed' : 'disabled'}`, true),
    ];
  const target = host(talk.family, talk.from);
  const peer = peerFor(peersOf(face), target);
  const taker = peerFor(peersOf(after), target);
  if (peer === undefined) return [];
  if (taker?.key !== peer.key)
    return [
      threat(`its peer on ${name}, ${peer.description ?? peer.key}, may no longer send from there`, true),
    ];
  const mine = prospect.changes.filter(
    ({ path, action }) => action !== 'keep' && startsWith(path, face.path),
  );
  const touched = (...leaf: string[]): boolean =>
    mine.some(({ path }) => startsWith(path, [...face.path, ...leaf]));
  const impact = prospect.impacts.find(one => one.tunnel === name);
  return [
    ...(touched('listen-port')
      ? [
          threat(
            `${name} takes another port, and a peer that calls the old one finds nobody`,
            peer.endpoint === undefined,
          ),
        ]
      : []),
    ...(impact?.effect === 'handshakes' || impact?.effect === 'flaps'
      ? [threat(`${name}, through which it comes: ${impact.text}`, impact.effect === 'handshakes')]
      : []),
    ...(touched('peer', peer.key, 'preshared-key')
      ? [threat(`the preshared key of its peer on ${name} changes, and the other end must have it`, false)]
      : []),
    ...(touched('peer', peer.key, 'endpoint')
      ? [threat(`the endpoint of its peer on ${name} changes`, false)]
      : []),
    ...outerThreats(prospect, view, { name, key: peer.key, seen }),
  ];
}

/** The same of the tunnel's own packets: from where the peer was last heard to the port that it calls. */
function outerThreats(
  prospect: Prospect,
  view: View,
  { name, key, seen }: { name: string; key: string; seen: readonly string[] },
): Threat[] {
  const live = prospect.facts?.interfaces.get(name)?.peers.find(peer => peer.publicKey === key);
  const said = (side: Side): string =>
    value(side.tree, ['interfaces', 'wireguard', name, 'peer', key, 'endpoint']) ?? '';
  const endpoint = parseEndpoint(live?.endpoint ?? '') ?? parseEndpoint(said(view.before));
  const port = Number(
    value(view.before.tree, ['interfaces', 'wireguard', name, 'listen-port']) ?? Number.NaN,
  );
  if (endpoint === undefined) return [];
  const outer = conversation(endpoint.host, undefined, 17, port);
  if (outer === undefined || Number.isNaN(port)) return [];
  const found = threats(prospect, view, outer, `${endpoint.host}, where ${name}'s peer is,`);
  return [...found, ...tunnelThreats(prospect, view, outer, [...seen, name])].map(one => ({
    ...one,
    text: `under ${name}: ${one.text}`,
  }));
}
