// Which tunnels the DNS forwarder listens on. EdgeOS has two styles: a list of interfaces that it listens on, or of those that it
// doesn't; the others on either list are other people's.
import type { Site } from '../site/site.ts';
import { find, type Tree } from '../vyatta/tree.ts';
import type { Draft } from './draft.ts';
import type { Claim, Hold } from './hold.ts';
import { any, Kind } from './kind.ts';
import { tunnel } from './tunnel.ts';
import type { Wanted } from './wanted.ts';

export const forwarding = ['service', 'dns', 'forwarding'] as const;

function entriesOf(node: 'listen-on' | 'except-interface'): Kind<[iface: string], never> {
  const kind: Kind<[iface: string], never> = new Kind({
    at: [...forwarding, node, any],
    leaves: [],
    hold: (claim, iface) => holdOf(claim, iface, kind.path(iface)),
    title: iface => ({ title: `DNS forwarding, ${node} ${iface}`, order: ['DNS', node, 0] }),
  });
  return kind;
}

export const listenOn: Kind<[iface: string], never> = entriesOf('listen-on');
export const exceptInterface: Kind<[iface: string], never> = entriesOf('except-interface');

/** A tunnel that goes takes its entry with it; one that stays keeps it where the file says nothing of DNS. */
function holdOf(claim: Claim, iface: string, path: readonly string[]): Hold {
  if (claim.wants(path)) return 'all';
  if (!claim.isNamed(iface)) return claim.isWhole(iface) ? 'all' : 'none';
  return claim.site.dns === undefined ? 'said' : 'all';
}

export function wantDns(wanted: Wanted, { dns }: Site): void {
  if (dns === undefined) return;
  for (const [i, name] of dns.listenOn.entries()) wanted.set(listenOn.path(name), [...dns.at, 'listenOn', i]);
  for (const [i, name] of dns.exceptInterface.entries())
    wanted.set(exceptInterface.path(name), [...dns.at, 'exceptInterface', i]);
}

export function draftDns(draft: Draft, running: Tree): void {
  const lists = [
    ['listenOn', listenOn],
    ['exceptInterface', exceptInterface],
  ] as const;
  for (const [key, kind] of lists) {
    const names = kind.names(running).filter(name => tunnel.has(running, name));
    if (names.length > 0) draft.set(['dns', key], names, kind.tag());
  }
}

/** Questions that come in by an interface are answered; without a list of either kind, those of all. */
export function doesListen(tree: Tree, iface: string): boolean {
  if (find(tree, forwarding) === undefined) return false;
  const list = listenOn.names(tree);
  return (list.length === 0 || list.includes(iface)) && !exceptInterface.names(tree).includes(iface);
}
