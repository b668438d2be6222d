// How long a router takes, by name. The figures are those of the transcripts' README: the machine they were recorded on,
// and an EdgeRouter X, which is ten to twenty times slower.
import { instant, type Profile, slow } from './engine/faults.ts';

export const profiles = {
  instant,
  recorded: { set: 20, commit: 200, commitAction: 45, save: 97, show: 15 },
  'edgerouter-x': slow,
} as const satisfies Readonly<Record<string, Profile>>;
