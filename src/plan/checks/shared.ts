// EW344 to EW346: what interfaces share that each should have for itself: keys, and rulesets.
import { usesOf } from '../../firewall/attached.ts';
import { isLiteral, shownOf } from '../../vyatta/redact.ts';
import { byVersion, find, value, values } from '../../vyatta/tree.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { families, finding, onRouter, viewOf } from './view.ts';

const base = ['interfaces', 'wireguard'];

/** The public half where the router told it; else the file, which is as good to tell two keys apart. */
function identity({ facts }: Prospect, word: string): string {
  return isLiteral(word) ? shownOf(word) : (facts?.keyFiles.get(word)?.publicKey ?? word);
}

/** Interfaces after the plan by their private key. */
function owners(prospect: Prospect): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of values(prospect.after, base).sort(byVersion)) {
    const word = value(prospect.after, [...base, name, 'private-key']);
    if (word === undefined) continue;
    const key = identity(prospect, word);
    found.set(key, [...(found.get(key) ?? []), name]);
  }
  return found;
}

export function sharedKeys(prospect: Prospect): Diagnostic[] {
  const { site, after } = prospect;
  const byKey = owners(prospect);
  return site.tunnels.flatMap(tunnel => {
    const word = value(after, [...base, tunnel.name, 'private-key']);
    const others = word === undefined ? [] : (byKey.get(identity(prospect, word)) ?? []);
    const other = others.find(name => name !== tunnel.name);
    // of two in the file the later one tells
    const isTold = site.tunnels.some(({ name }) => name === other && byVersion(name, tunnel.name) > 0);
    const own =
      other === undefined || isTold
        ? []
        : [
            finding(prospect, [...tunnel.at, 'privateKey'], {
              code: 'EW344',
              severity: 'warning',
              message: `${tunnel.name} has the private key of ${other}: nobody can tell the two apart`,
              hint: `give ${tunnel.name} a key of its own: another file under privateKey`,
              running: onRouter(prospect, [...base, other, 'private-key']),
            }),
          ];
    const swapped = tunnel.peers.flatMap(peer => {
      const [owner] = byKey.get(peer.publicKey) ?? [];
      if (owner === undefined) return [];
      return finding(prospect, [...peer.at, 'publicKey'], {
        code: 'EW345',
        severity: 'error',
        message: `${tunnel.name}: the public key of ${peer.name} is the router's own, of ${owner}`,
        hint: `put the public key of the other end there; this one is what ${peer.name} needs`,
        running: onRouter(prospect, [...base, owner, 'private-key']),
      });
    });
    return [...own, ...swapped];
  });
}

/** Told when the plan changes who shares: between tunnels it is often meant. */
export function sharedRulesets(prospect: Prospect): Diagnostic[] {
  const { before, after, isSame } = viewOf(prospect);
  const wans = new Set(families.flatMap(family => after.wan(family).map(({ face }) => face.name)));
  const found: Diagnostic[] = [];
  for (const family of families) {
    const node = family === 4 ? 'ipv4' : 'ipv6';
    const uses = usersOf(after, family);
    const earlier = usersOf(before, family);
    for (const tunnel of prospect.site.tunnels)
      for (const direction of ['in', 'local'] as const) {
        const name = tunnel.firewall[direction][node];
        const others = [...(uses.get(name ?? '') ?? [])].filter(one => one !== tunnel.name);
        const uplinks = others.filter(one => wans.has(one));
        const isNews =
          !isSame('interfaces') && String(uses.get(name ?? '')) !== String(earlier.get(name ?? ''));
        if (name === undefined || others.length === 0 || (uplinks.length === 0 && !isNews)) continue;
        found.push(
          finding(prospect, [...tunnel.at, 'firewall', direction, node], {
            code: 'EW346',
            severity: uplinks.length > 0 ? 'warning' : 'note',
            message:
              uplinks.length > 0
                ? `${name} filters ${tunnel.name} and what comes from the internet at ${uplinks.join(', ')}: a rule for the one opens the other`
                : `${name} filters ${[tunnel.name, ...others].sort(byVersion).join(', ')}: what it lets pass for one it lets pass for all`,
            hint: `give ${tunnel.name} a ruleset of its own, or let its rules name the source`,
          }),
        );
      }
  }
  const seen = new Set<string>();
  return found.filter(({ message }) => !seen.has(message) && seen.add(message));
}

/** Interfaces by the ruleset that they name in any direction. */
function usersOf(side: ReturnType<typeof viewOf>['after'], family: 4 | 6): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, path } of usesOf(side.tree, side.faces, family)) {
    const face = side.faces.find(one => one.path.every((word, i) => path[i] === word));
    if (face === undefined || find(side.tree, face.path) === undefined) continue;
    const there = found.get(name) ?? [];
    if (!there.includes(face.name)) found.set(name, [...there, face.name]);
  }
  return found;
}
