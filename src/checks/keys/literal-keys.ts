// EW016: literal keys that stay in the configuration after the plan: whoever reads a backup of it has them.

import { keyLeaves } from '../../objects/key.ts';
import { onLine } from '../../plan/literal-keys.ts';
import type { Check } from '../../plan/types/check.ts';
import { isLiteral, shownOf } from '../../vyatta/redact.ts';
import { value } from '../../vyatta/tree.ts';
import { keyFileOf } from '../../wireguard/key.ts';
import { siteFix } from '../fix.ts';

export const literalKeys: Check = {
  explanations: {
    EW016: {
      title: 'a literal key stands in the configuration',
      why: `Whoever sees config.boot, a backup, a revision in the archive or the output of show configuration commands has the
      key. EdgeOS prints it in full when a commit fails, and it stands in the arguments of a process while it is set.`,
      way: `Name a file for it in the site file: privateKey: /config/auth/wg4.key (or presharedKey of the peer). When the file
      isn't there, the next apply moves the key into it on the router: the key stays the same, no peer notices. Old
      revisions and backups keep the literal: change the key afterwards (another file under privateKey) if others may have them.`,
    },
  },
  find: ({ after, site }) =>
    keyLeaves(after)
      .map(({ path }) => path)
      .filter(leaf => isLiteral(value(after, leaf) ?? ''))
      .map(leaf => {
        const name = leaf[2] ?? '';
        const isPrivate = leaf.length === 4;
        const tunnel = site.tunnels.find(one => one.name === name && one.privateKey === undefined);
        const path = isPrivate
          ? `/config/auth/${name}.key`
          : keyFileOf(name, shownOf(value(after, leaf) ?? ''));
        const key = isPrivate ? 'privateKey' : `presharedKey of peer ${(leaf[4] ?? '').slice(0, 8)}…`;
        return {
          code: 'EW016',
          severity: 'warning',
          message: `${leaf.slice(2).join(' ')} is a literal key: it stands in the configuration, in every backup and in every revision of it`,
          hint: `name a file for it in the site file, and the next apply moves it there: ${key}: ${path}`,
          ...(tunnel !== undefined && isPrivate
            ? siteFix({ path: [...tunnel.at, 'privateKey'], value: path })
            : {}),
          running: onLine(after, leaf),
        };
      }),
};
