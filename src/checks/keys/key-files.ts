// EW347 and EW348: key files that others can read, and keys that are older than the site file allows.

import { peer as peerKind } from '../../objects/peer.ts';
import { tunnel as tunnelKind } from '../../objects/tunnel.ts';
import type { Check, CheckInput } from '../../plan/types/check.ts';
import type { RouterFacts } from '../../plan/types/facts.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { SitePath } from '../../site/site.ts';
import { finding } from '../view.ts';

const day = 86_400;

interface Use {
  /** `the private key of wg4`. */
  readonly what: string;
  readonly path: string;
  readonly at: SitePath;
}

export const keyFiles: Check = {
  explanations: {
    EW347: {
      title: 'a key file is readable by everybody on the router',
      why: `Any user of the router, an operator too, and any service that can be made to read a file, can take the key, and be the
      router to all its peers, or read what is sent if the session is recorded.`,
      way: `chmod 0640 on the file, group vyattacfg: that is what edgewg gives its own. If others may have read it, make a new key
      under another name.`,
    },
    EW348: {
      title: 'a key is older than the file allows',
      why: `rotateAfter in the site file says for how long a key is used. WireGuard's sessions have keys of their own, so an old
      identity weakens no past session; but the longer it lies there, the more backups and people may have it.`,
      way: `edgewg keys rotate makes the next key, says what the peers must do, and takes the old file away at last.`,
    },
  },
  find(input) {
    const { facts } = input;
    if (facts === undefined) return [];
    return usesOf(input).flatMap(use => [...readable(input, facts, use), ...old(input, facts, use)]);
  },
};

/** The files that the file's tunnels use after the plan. */
function usesOf({ site, after }: CheckInput): Use[] {
  return site.tunnels.flatMap(tunnel => {
    const own = tunnelKind.value(after, 'privateKey', tunnel.name);
    const shared = tunnel.peers.flatMap(peer => {
      const path = peerKind.value(after, 'presharedKey', tunnel.name, peer.publicKey);
      const what = `the preshared key of ${tunnel.name} with ${peer.name}`;
      return path === undefined ? [] : [{ what, path, at: [...peer.at, 'presharedKey'] }];
    });
    const what = `the private key of ${tunnel.name}`;
    return [...(own === undefined ? [] : [{ what, path: own, at: [...tunnel.at, 'privateKey'] }]), ...shared];
  });
}

/** The last digit of the mode is everybody's. */
function readable(input: CheckInput, { keyFiles: files }: RouterFacts, { what, path, at }: Use): Finding[] {
  const [mode = '', owner, group] = files.get(path)?.mode.split(':') ?? [];
  if (!/[4-7]$/.test(mode)) return [];
  return [
    finding(input, at, {
      code: 'EW347',
      severity: 'warning',
      message: `${path}, ${what}, is readable by everybody on the router: mode ${mode}, ${owner}:${group}`,
      hint: `on the router: sudo chgrp vyattacfg ${path} && sudo chmod 0640 ${path}`,
    }),
  ];
}

function old(input: CheckInput, { keyFiles: files, now }: RouterFacts, { what, path, at }: Use): Finding[] {
  const { rotateAfter } = input.site;
  const changed = files.get(path)?.changed;
  if (rotateAfter === undefined || changed === undefined) return [];
  const age = Math.floor((now - changed) / day);
  if (age <= rotateAfter) return [];
  return [
    finding(input, at, {
      code: 'EW348',
      severity: 'warning',
      message: `${path}, ${what}, is ${age} days old, and rotateAfter says ${rotateAfter}`,
      hint: 'make a new key: edgewg keys lists the peers that need it',
    }),
  ];
}
