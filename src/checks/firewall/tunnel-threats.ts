// What a plan may do to a conversation that comes in through a WireGuard interface: to its peer, to its keys, and to the way of the
// tunnel's own packets.

import { peerFor, peersOf } from '../../model/routing/peers.ts';
import { peer as peerKind } from '../../objects/peer.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { CheckInput } from '../../plan/types/check.ts';
import { isWireguard } from '../../vyatta/interfaces.ts';
import { type Path, startsWith } from '../../vyatta/tree.ts';
import { parseEndpoint } from '../../wireguard/endpoint.ts';
import { host } from '../../wireguard/prefix.ts';
import { type Conversation, conversation, pathOf, type Threat, threats } from '../device/path.ts';
import type { Side, View } from '../view.ts';

/** `seen`: tunnels on the way already, so that a tunnel within a tunnel is followed and a ring ends. */
export function tunnelThreats(
  input: CheckInput,
  view: View,
  talk: Conversation,
  seen: readonly string[] = [],
): Threat[] {
  const iface = pathOf(view.before, talk).iface;
  if (iface === undefined || !isWireguard(iface) || seen.includes(iface.name)) return [];
  const { name } = iface;
  const at = input.site.tunnels.find(one => one.name === name)?.at;
  const threat = (text: string, isSure: boolean): Threat => ({ text, isSure, ...(at && { at }) });
  const after = view.after.iface(name);
  if (after === undefined || after.disabled)
    return [
      threat(`${name}, through which it comes, is ${after === undefined ? 'removed' : 'disabled'}`, true),
    ];
  const target = host(talk.family, talk.from);
  const peer = peerFor(peersOf(iface), target);
  const taker = peerFor(peersOf(after), target);
  if (peer === undefined) return [];
  if (taker?.key !== peer.key)
    return [
      threat(`its peer on ${name}, ${peer.description ?? peer.key}, may no longer send from there`, true),
    ];
  const mine = input.changes.filter(({ path, action }) => action !== 'keep' && startsWith(path, iface.path));
  const touched = (leaf: Path): boolean => mine.some(({ path }) => startsWith(path, leaf));
  const impact = input.impacts.find(one => one.tunnel === name);
  return [
    ...(touched(tunnelKind.leaf('listenPort', name))
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
    ...(touched(peerKind.leaf('presharedKey', name, peer.key))
      ? [threat(`the preshared key of its peer on ${name} changes, and the other end must have it`, false)]
      : []),
    ...(touched(peerKind.leaf('endpoint', name, peer.key))
      ? [threat(`the endpoint of its peer on ${name} changes`, false)]
      : []),
    ...outerThreats(input, view, { name, key: peer.key, seen }),
  ];
}

/** The same of the tunnel's own packets: from where the peer last sent to the port that it calls. */
function outerThreats(
  input: CheckInput,
  view: View,
  { name, key, seen }: { name: string; key: string; seen: readonly string[] },
): Threat[] {
  const live = input.facts?.interfaces.get(name)?.peers.find(peer => peer.publicKey === key);
  const said = (side: Side): string => peerKind.value(side.tree, 'endpoint', name, key) ?? '';
  const endpoint = parseEndpoint(live?.endpoint ?? '') ?? parseEndpoint(said(view.before));
  const port = Number(tunnelKind.value(view.before.tree, 'listenPort', name) ?? Number.NaN);
  if (endpoint === undefined) return [];
  const outer = conversation(endpoint.host, undefined, 17, port);
  if (outer === undefined || Number.isNaN(port)) return [];
  const found = threats(input, view, outer, `${endpoint.host}, where ${name}'s peer is,`);
  return [...found, ...tunnelThreats(input, view, outer, [...seen, name])].map(one => ({
    ...one,
    text: `under ${name}: ${one.text}`,
  }));
}
