// A snapshot: the running configuration of a router without secrets, for a repository. Lines of `set`, below a header of comments
// that tells what it was taken from, so that every reader of configurations reads it.

import { printCommands } from '../vyatta/commands.ts';
import { isMulti } from '../vyatta/nodes.ts';
import { scrub } from '../vyatta/scrub.ts';
import type { Tree } from '../vyatta/tree.ts';
import type { RouterFacts } from './types/facts.ts';
import type { Origin } from './types/origin.ts';
import * as lazy from './types/origin-schema.ts';

const first = '# edgewg snapshot: the running configuration, without secrets';

/** The newest commits, without the numbers, which move: `2026-11-26 01:00:00 by ubnt via cli`. */
function commitsOfLog({ commits }: RouterFacts): string[] {
  return commits.filter(line => /^\d/.test(line)).map(line => scrub(line.replace(/^\d+\s+/, '').trim()));
}

export function originOf(facts: RouterFacts): Origin {
  return {
    kind: 'router',
    time: new Date(facts.now * 1000).toISOString(),
    version: facts.version,
    digest: facts.digest,
    commits: commitsOfLog(facts),
  };
}

/** `running` is without secrets already. Everything but the time stays the same while the router does. */
export function printSnapshot(router: string, running: Tree, facts: RouterFacts): string {
  const { time = '', version = '', digest = '', commits = [] } = originOf(facts);
  const header = [
    ['router', router],
    ['time', time],
    ['edgeos', [version, facts.model].filter(text => text !== '').join(', ')],
    ['digest', digest],
    ...commits.map(commit => ['commit', commit]),
  ];
  const lines = header.map(([name, text = '']) => `# ${name}: ${text.replace(/[^\P{C} ]/gu, ' ')}`);
  return `${[first, ...lines].join('\n')}\n${printCommands(running, isMulti)}`;
}

/** What a saved configuration says of itself; `file` when it is no snapshot, or a header that somebody wrote by hand. */
export function readOrigin(text: string): Origin {
  const lines = text.split('\n', 40);
  const all = (name: string): string[] =>
    lines.filter(line => line.startsWith(`# ${name}: `)).map(line => line.slice(name.length + 4).trim());
  const [time, version, digest] = [all('time')[0], all('edgeos')[0], all('digest')[0]];
  if (lines[0]?.trim() !== first) return { kind: 'file' };
  const origin = lazy.originSchema.safeParse({
    kind: 'snapshot',
    ...(time !== undefined && { time }),
    ...(version !== undefined && { version }),
    ...(digest !== undefined && { digest }),
    commits: all('commit'),
  });
  return origin.success ? origin.data : { kind: 'file' };
}

/** The same router in the same state: nothing but the time of the two snapshots may differ. */
export function isSameSnapshot(a: string, b: string): boolean {
  const timeless = (text: string): string => text.replace(/^# time: .*$/m, '');
  return timeless(a) === timeless(b);
}
