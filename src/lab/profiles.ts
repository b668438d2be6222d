// How long a router takes, by name. The figures are those of the recordings (interactive/19: a wrapper call 18.7 ms, my_set 12,
// cli-shell-api 14, an op command 180, a save 97; commits: the least 300, one of twelve lines 880, one of 42 lines 2300), less the
// 5 ms that a call costs in the lab anyway. An EdgeRouter X is ten to twenty times slower than that machine.
import { instant, type Profile } from './engine/faults.ts';

const recorded: Profile = {
  calls: {
    'vyatta-cfg-cmd-wrapper': 14,
    my_set: 7,
    my_delete: 7,
    'cli-shell-api': 9,
    'vyatta-op-cmd-wrapper': 175,
  },
  commit: 200,
  commitAction: 22,
  save: 80,
};

function times(factor: number, { calls, commit, commitAction, save }: Profile): Profile {
  return {
    calls: Object.fromEntries(Object.entries(calls).map(([name, ms]) => [name, ms * factor])),
    commit: commit * factor,
    commitAction: commitAction * factor,
    save: save * factor,
  };
}

export const profiles = {
  instant,
  recorded,
  'edgerouter-x': times(10, recorded),
} as const satisfies Readonly<Record<string, Profile>>;
