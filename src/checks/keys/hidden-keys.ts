// EW013: `show configuration` hides even the paths of key files: such an input can't be compared.

import { keyLeaves } from '../../objects/key.ts';
import { onLine } from '../../plan/literal-keys.ts';
import type { Check } from '../../plan/types/check.ts';
import { managesInterface } from '../../site/manages.ts';
import { masked } from '../../vyatta/redact.ts';
import { has, value } from '../../vyatta/tree.ts';

export const hiddenKeys: Check = {
  explanations: {
    EW013: {
      title: 'a key is hidden in the running configuration',
      why: `"show configuration" prints stars for every leaf whose name ends in key, even when it holds the path of a key file.
      Whether the key is the wanted one is unknown, so every plan would want to set it.`,
      way: `Save the configuration with "show configuration commands", which hides nothing. edgewg replaces every secret by a
      word that says nothing before it does anything else.`,
    },
  },
  find: ({ running, site, wanted }) =>
    keyLeaves(running)
      .map(({ path }) => path)
      // of somebody else's interface nothing is compared
      .filter(leaf => has(wanted, leaf) || managesInterface(site, leaf[2] ?? ''))
      .filter(leaf => value(running, leaf) === masked)
      .map(leaf => ({
        code: 'EW013',
        severity: 'error',
        message: `${leaf.slice(2).join(' ')} is hidden (${masked}) in the running configuration`,
        hint: 'read it with `show configuration commands`, which hides nothing; edgewg takes the secrets out itself',
        running: onLine(running, leaf),
      })),
};
