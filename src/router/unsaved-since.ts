// Whether what runs and isn't saved was committed since the proof: then a save in between has all that was proven but that.
import { parseCommands } from '../vyatta/commands.ts';
import { find, leaves } from '../vyatta/tree.ts';
import type { Reading } from './read.ts';

/** By the router's own comparison. Of a value that changed it prints the new one alone. */
export function isUnsavedSince(proven: Reading, now: Reading): boolean {
  const { drift, isDriftKnown } = now.facts;
  return (
    isDriftKnown &&
    drift.every(line => {
      const [, op, words] = /^(set|delete) (.*)$/.exec(line) ?? [];
      if (words === undefined) return false;
      const paths = [...leaves(parseCommands(`set ${words}`))].map(({ path }) => path);
      // what was added runs, and did not; what was taken away did
      return paths.every(path => (find(proven.running, path) === undefined) === (op === 'set'));
    })
  );
}
