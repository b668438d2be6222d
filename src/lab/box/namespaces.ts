// How a process gets namespaces of its own here: by user namespaces as anybody, or, where the system forbids those, as root.
// Root's lab runs as a user that nobody else is, so that what a client does inside is never done with root's rights.
import { readFileSync } from 'node:fs';
import { NoAccess } from '../../errors.ts';

export interface Way {
  /** The command and its first words; root.sh and the command for process 1 follow. */
  readonly enter: readonly string[];
  /** What process 1 of the box is put behind, after the mounts. */
  readonly become: readonly string[];
  /** Whether users inside get their own numbers by user namespaces. */
  readonly userNamespaces: boolean;
  /** Who must own the folder, when that isn't the caller. */
  readonly owner?: number;
}

// -U user, -m mount, -p pid, -n network, -i ipc, -u uts; killing unshare kills all of it.
const apart = ['-m', '-p', '-f', '-n', '-i', '-u', '--kill-child', '--'];

/** The ways to be tried, best first. */
export function ways(uid: number, owner?: number): Way[] {
  const byUserNamespace = { become: [], userNamespaces: true };
  if (uid !== 0) return [{ ...byUserNamespace, enter: ['unshare', '-U', '-r', ...apart] }];
  const box = owner ?? spareUid(readFileSync('/proc/self/uid_map', 'utf8'));
  const drop = ['setpriv', `--reuid=${box}`, `--regid=${box}`, '--clear-groups', '--no-new-privs'];
  // Without user namespaces all that a client keeps of root is the right to change its group (`sg vyattacfg`).
  const only = ['--inh-caps=-all,+setgid', '--ambient-caps=-all,+setgid', '--bounding-set=-all,+setgid'];
  return [
    { ...byUserNamespace, owner: box, enter: [...drop, 'unshare', '-U', '-r', ...apart] },
    { userNamespaces: false, owner: box, enter: ['unshare', ...apart], become: [...drop, ...only] },
  ];
}

/** A user id that nothing else on the system has: near the end of what this (perhaps itself nested) user namespace maps. */
function spareUid(uidMap: string): number {
  const [first = 0, , count = 0] = uidMap.trim().split('\n').at(-1)?.trim().split(/\s+/).map(Number) ?? [];
  const last = Math.min(first + count, 2 ** 31) - 2;
  return last - Math.floor(Math.random() * Math.min(count / 2, 2 ** 20));
}

export function noNamespaces(reason: string, uid: number): NoAccess {
  const asRoot =
    'in a container, start it with `--privileged` or with `--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined`';
  const asUser = [
    'allow user namespaces',
    '(`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0` on Ubuntu, `sysctl -w user.max_user_namespaces=15000` or',
    '`kernel.unprivileged_userns_clone=1` elsewhere), or run it as root;',
    asRoot,
  ].join(' ');
  return new NoAccess(
    'lab-no-namespaces',
    `this system doesn't let the lab make a root of its own: ${reason}`,
    uid === 0 ? asRoot : asUser,
  );
}
