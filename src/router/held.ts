// An apply that waits for a person's word: what the router tells of it to every admin (scripts/window.sh), and how it is named.
import { Refused } from '../errors.ts';
import type { HeldApply, RouterFacts } from '../plan/types/facts.ts';
import type { Path } from '../vyatta/tree.ts';
import { type Logged, loggedOf } from './log.ts';
import { readTold } from './proof/told.ts';

/** From the text of the applies (read.sh) and the seconds since the router started; at most one, for it holds edgewg's lock. */
export function parseHeld(applies: string, uptime: number): HeldApply[] {
  return applies.split(/^== /m).flatMap(part => {
    const [head = '', ...lines] = part.split('\n');
    const text = (name: string): string =>
      lines.find(line => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
    const until = Number(text('until'));
    if (!/^\S+\.state (alive|dead)$/.test(head) || !text('state').startsWith('held') || !(until > 0))
      return [];
    const told = readTold(lines);
    const held: HeldApply = {
      id: text('id'),
      who: text('who'),
      since: text('since'),
      file: text('file'),
      tunnels: text('tunnels')
        .split(' ')
        .filter(name => name !== ''),
      isWatched: head.endsWith(' alive'),
      until,
      most: Number(text('most')),
      secondsLeft: Math.max(0, Math.round(until - uptime)),
      proven: text('digest'),
      before: text('before'),
      saved: text('saved'),
      touched: lines.flatMap(touchedOf),
      proofs: told.proofs,
      otherProofs: told.others,
    };
    return /^[0-9a-z-]+$/.test(held.id) ? [held] : [];
  });
}

/** A line of a path, word by word. */
function touchedOf(line: string): Path[] {
  const words = /^touched (.+)$/.exec(line)?.[1]?.split(' ');
  return words === undefined ? [] : [words];
}

/** The apply that a person means by an id or its beginning. Throws {@link Refused} with what is known where it doesn't wait any more. */
export function findHeld(
  { held, applies, interrupted }: Pick<RouterFacts, 'held' | 'applies' | 'interrupted'>,
  asked: string | undefined,
  router: string,
): HeldApply {
  if (asked === undefined) throw new Refused('which-apply', whichOf(held, router), hintOf(held));
  if (!/^[0-9a-z-]+$/.test(asked))
    throw new Refused('usage', 'an id has digits, small letters and dashes', hintOf(held));
  const found = held.find(({ id }) => id.startsWith(asked));
  if (found !== undefined) return found;
  const [gone, ...more] = loggedOf(applies, asked);
  if (more.length > 0)
    throw new Refused('which-apply', `${asked} begins the ids of several applies`, 'type more of it');
  if (gone === undefined)
    throw new Refused(
      'no-such-apply',
      `${router} knows of no apply ${asked}: its log, which keeps the last ones, doesn't name it`,
      hintOf(held),
    );
  const wasInterrupted = interrupted.some(({ id }) => id === gone.id);
  throw new Refused('apply-is-over', wasInterrupted ? restarted(gone) : overOf(gone), overHint(gone));
}

function whichOf([held]: readonly HeldApply[], router: string): string {
  if (held === undefined) return `no apply waits for a word on ${router}`;
  return `one apply waits for a word on ${router}: ${held.id}, by ${held.who} since ${held.since}`;
}

function hintOf([held]: readonly HeldApply[]): string {
  return held === undefined
    ? 'edgewg status tells what became of the last ones'
    : `name it: edgewg confirm ${held.id}`;
}

const restarted = ({ id }: Logged): string =>
  `apply ${id} is gone: the router has restarted since it began, and came up with what was saved`;

/** What the log says, and nothing more. */
function overOf({ id, at, word, said }: Logged): string {
  switch (word) {
    case 'saved':
      return `apply ${id} is confirmed already: the router's log says that it saved at ${at}`;
    case 'undone':
      return `apply ${id} is gone: the router's log says that it undid it at ${at} ${said.slice(word.length + 1)}`;
    case 'gone':
      return `apply ${id} is gone: the router restarted while it was under way, which its log says since ${at}`;
    case 'put-back':
    case 'untouched':
      return `apply ${id} never came to wait: the router's log says ${said} at ${at}`;
    case 'begun':
    case 'held':
      return `apply ${id} doesn't wait, and the router's log doesn't say what became of it: the last is ${said} at ${at}`;
    default:
      return `apply ${id} is over, and a person must look: the router's log says ${said} at ${at}`;
  }
}

function overHint({ id, word }: Logged): string {
  return word === 'saved'
    ? `to take it back: edgewg rollback ${id}`
    : 'look with edgewg status, or plan again';
}
