// A way through several stages: a packet gets through when every one of them lets it. Three-valued like a single ruleset.
import type { Family } from '../../wireguard/prefix.ts';
import type { Stage } from './attached.ts';
import { allAddresses } from './conditions.ts';
import type { Packets } from './packets.ts';
import type { Firewall } from './ruleset.ts';
import { ask, type Matters, type Part, passes } from './verdict.ts';

/**
 * What becomes of the packets: parts as of one ruleset, each decided at the stage that refuses it, or at the last. Without
 * stages everything passes. Whether a ruleset that isn't there lets it pass can't be known.
 */
export function askStages(
  firewall: Firewall,
  stages: readonly Stage[],
  family: Family,
  question: Packets,
  matters?: Matters,
): Part[] {
  const addresses = allAddresses(family);
  let open: Part[] = [
    {
      packets: { source: addresses, destination: addresses, ...question },
      decider: { kind: 'nothing' },
      action: 'accept',
      doubts: [],
    },
  ];
  const refused: Part[] = [];
  for (const stage of stages) {
    const left: Part[] = [];
    for (const before of open)
      for (const part of askStage(firewall, stage, family, before, matters)) {
        const after = joined(before, part);
        (passes(after) === 'no' ? refused : left).push(after);
      }
    open = left;
  }
  return [...open, ...refused];
}

function askStage(firewall: Firewall, stage: Stage, family: Family, before: Part, matters?: Matters): Part[] {
  if (stage.kind === 'zone')
    return [{ packets: before.packets, decider: stage, action: stage.action, doubts: [] }];
  const ruleset = firewall.ruleset(family, stage.name);
  if (ruleset !== undefined) return ask(ruleset, before.packets, matters);
  const decider = { kind: 'missing', ruleset: stage.name } as const;
  return [{ packets: before.packets, decider, action: undefined, doubts: [] }];
}

/** The packets of `part`, which came as far as it by `before`. */
function joined(before: Part, part: Part): Part {
  if (passes(part) === 'no') return part;
  // They may have been refused before, or got as far as here only perhaps.
  if (passes(before) === 'maybe' && before.action !== 'accept') return { ...before, packets: part.packets };
  return { ...part, doubts: [...before.doubts.filter(rule => rule.action !== 'accept'), ...part.doubts] };
}
