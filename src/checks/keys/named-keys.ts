// EW010, EW011, EW012, EW015, EW017, EW018: the key files that the site file names, as the planner found them on the router.
import type { Check } from '../../plan/types/check.ts';
import type { KeyObservation, NamedKey } from '../../plan/types/observation.ts';
import type { Finding } from '../../plan/types/plan.ts';
import type { Path } from '../../vyatta/tree.ts';
import { finding } from '../view.ts';

type Told = Omit<Finding, 'source'>;

export const namedKeys: Check = {
  explanations: {
    EW010: {
      title: 'the private key file of an existing interface is missing on the router',
      why: `edgewg makes a private key only for an interface that doesn't exist yet. Here the interface exists and the file
      doesn't: a mistyped path would otherwise give the interface a new identity, and every peer would refuse it.`,
      way: `Correct privateKey in the site file. If the identity is meant to change, do it by edgewg keys rotate, which makes
      the next key and says what the peers must do.`,
    },
    EW011: {
      title: 'the key file on the router holds no WireGuard key, or another one than it should',
      why: `A key file has exactly one line of 44 characters, the base64 form of 32 bytes. The router checks that when the
      path is set and when it commits, and refuses the interface.`,
      way: `Look at the file on the router (sudo cat). When it is something else, choose another path; edgewg never
      overwrites a file. A file named edgewg-… is named after its key: one that holds another key was changed by hand.`,
    },
    EW012: {
      title: 'the interface changes its identity',
      why: `The key file that the site file names has another public key than the one that the interface uses now. From the
      commit on, every peer's handshake fails until it knows the new public key.`,
      way: `If that is wanted, let the peers know the new public key before the apply (edgewg keys rotate says how, and goes
      back when nobody answers). If not, name the file whose key is in use.`,
    },
    EW015: {
      title: 'the preshared key file of a peer is missing on the router',
      why: `A preshared key is agreed on by both ends, so edgewg doesn't make one: the router would have a key that the other
      end doesn't know, and no handshake would succeed. The router refuses the path at set: Value validation failed.`,
      way: `Put the key into the file on the router (one line, 0640, group vyattacfg), or let the site file refer to where it
      is kept (env:NAME, file:PATH, command:WORDS): the apply then writes the file.`,
    },
    EW017: {
      title: 'the file of a key is known at apply',
      why: `The key comes from a reference (env:, file:, command:), and its file on the router is named after it, so that
      another key is a change that the plan shows. This plan was made without resolving the reference: plan --running
      resolves none, plan on a router runs no command: without --run-commands, and a variable or file may be missing here.`,
      way: 'Nothing. The apply resolves it and shows the public key. For a plan to be saved, give --run-commands.',
    },
    EW018: {
      title: 'the preshared key of a peer changes',
      why: `Both ends must have the same preshared key. The session that stands goes on for up to two minutes, and after that no
      handshake succeeds until the other end has the new key too.`,
      way: 'Change it at the other end at the same time.',
    },
  },
  find: input =>
    input.observed.flatMap(seen => (seen.kind === 'key' ? finding(input, seen.at, tell(seen)) : [])),
};

function tell({ key, seen }: KeyObservation): Told {
  switch (seen.what) {
    case 'not known yet':
      return {
        code: 'EW017',
        severity: 'note',
        message: `the file of ${nameOf(key)} on the router follows from the key, which is known at apply${seen.stays ? '; until then the plan leaves it as it is' : ''}`,
      };
    case 'changes':
      return changed(key, seen.from, seen.to);
    case 'missing':
      return missing(key, seen.path);
    case 'unreadable':
      return {
        code: 'EW011',
        severity: 'error',
        message: `${seen.path}, ${nameOf(key)}, can't be read by ${seen.user} on the router (${seen.mode.replaceAll(':', ' ')}), so no commit could use it`,
        hint: `on the router: sudo chgrp vyattacfg ${seen.path} && sudo chmod 0640 ${seen.path}`,
      };
    case 'no key':
      return misfit(`${seen.path} on the router holds no WireGuard key`);
    case 'another key':
      return misfit(
        `${seen.path} on the router holds another key than ${nameOf(key)} that the site file refers to`,
        '; take it away',
      );
  }
}

const nameOf = ({ tunnel, peer }: NamedKey): string =>
  peer === undefined ? `the private key of ${tunnel}` : `the preshared key of ${tunnel} with ${peer}`;

const misfit = (message: string, more = ''): Told => ({
  code: 'EW011',
  severity: 'error',
  message,
  hint: `look at the file; edgewg makes a key only where there is no file${more}`,
});

function changed(key: NamedKey, from: string | undefined, to: string | undefined): Told {
  if (key.peer === undefined)
    return {
      code: 'EW012',
      severity: 'warning',
      message: `${key.tunnel} changes its identity: public key ${from} → ${to}`,
      hint: 'every peer of the interface must know the new public key before it can connect again',
    };
  return {
    code: 'EW018',
    severity: 'warning',
    message: `${nameOf(key)} changes`,
    hint: 'the other end must have the new one before it can connect again',
  };
}

function missing(key: NamedKey, path: string): Told {
  if (key.peer === undefined)
    return {
      code: 'EW010',
      severity: 'error',
      message: `${path}, ${nameOf(key)}, isn't on the router, and ${key.tunnel} exists: a new key would change its identity`,
      hint: 'correct the path; if the identity is meant to change: `edgewg keys rotate`',
    };
  return {
    code: 'EW015',
    severity: 'error',
    message: `${path}, ${nameOf(key)}, isn't on the router`,
    hint: 'put the key that the other end has into the file, or refer to it: env:NAME, file:PATH, command:WORDS',
  };
}

/** The same for a heal: config.boot names a file that is gone. */
export const goneWithFile = (leaf: Path, file: string): Finding => {
  const [, , tunnel = ''] = leaf;
  const isPrivate = leaf.length === 4;
  const what = isPrivate ? `the private key of ${tunnel}` : `the preshared key of a peer of ${tunnel}`;
  return {
    code: isPrivate ? 'EW010' : 'EW015',
    severity: 'error',
    message: `${file}, ${what}, isn't on the router: ${tunnel} can't come back as it was`,
    hint: 'restore the file from a backup; or take the interface out of config.boot, and plan it anew with a new key',
    running: { path: leaf },
  };
};
