// EW347 and EW348: key files that others can read, and keys that are older than the site file allows.
import type { SitePath } from '../../site/site.ts';
import { value } from '../../vyatta/tree.ts';
import type { RouterFacts } from '../facts.ts';
import type { Prospect } from '../make.ts';
import type { Diagnostic } from '../plan.ts';
import { finding } from './view.ts';

const day = 86_400;

interface Use {
  /** `the private key of wg4`. */
  readonly what: string;
  readonly path: string;
  readonly at: SitePath;
}

export function keyFiles(prospect: Prospect): Diagnostic[] {
  const { facts } = prospect;
  if (facts === undefined) return [];
  return usesOf(prospect).flatMap(use => [...readable(prospect, facts, use), ...old(prospect, facts, use)]);
}

/** The files that the file's tunnels use after the plan. */
function usesOf({ site, after }: Prospect): Use[] {
  return site.tunnels.flatMap(tunnel => {
    const base = ['interfaces', 'wireguard', tunnel.name];
    const own = value(after, [...base, 'private-key']);
    const shared = tunnel.peers.flatMap(peer => {
      const path = value(after, [...base, 'peer', peer.publicKey, 'preshared-key']);
      const what = `the preshared key of ${tunnel.name} with ${peer.name}`;
      return path === undefined ? [] : [{ what, path, at: [...peer.at, 'presharedKey'] }];
    });
    const what = `the private key of ${tunnel.name}`;
    return [...(own === undefined ? [] : [{ what, path: own, at: [...tunnel.at, 'privateKey'] }]), ...shared];
  });
}

/** The last digit of the mode is everybody's. */
function readable(
  prospect: Prospect,
  { keyFiles: files }: RouterFacts,
  { what, path, at }: Use,
): Diagnostic[] {
  const [mode = '', owner, group] = files.get(path)?.mode.split(':') ?? [];
  if (!/[4-7]$/.test(mode)) return [];
  return [
    finding(prospect, at, {
      code: 'EW347',
      severity: 'warning',
      message: `${path}, ${what}, is readable by everybody on the router: mode ${mode}, ${owner}:${group}`,
      hint: `on the router: sudo chgrp vyattacfg ${path} && sudo chmod 0640 ${path}`,
    }),
  ];
}

function old(
  prospect: Prospect,
  { keyFiles: files, now }: RouterFacts,
  { what, path, at }: Use,
): Diagnostic[] {
  const { rotateAfter } = prospect.site;
  const changed = files.get(path)?.changed;
  if (rotateAfter === undefined || changed === undefined) return [];
  const age = Math.floor((now - changed) / day);
  if (age <= rotateAfter) return [];
  return [
    finding(prospect, at, {
      code: 'EW348',
      severity: 'warning',
      message: `${path}, ${what}, is ${age} days old, and rotateAfter says ${rotateAfter}`,
      hint: 'make a new key: edgewg keys tells who must know it',
    }),
  ];
}
