// The tries of one login, in order, and what came of them: which is next, what is remembered, what is reported when none is left.
import { NoAccess } from '../errors.ts';
import type { Dial } from './dial.ts';
import type { Hop, Method } from './hop.ts';
import { printable } from './printable.ts';
import type { Problem } from './problem.ts';
import type { AnyAuthMethod } from './ssh2.ts';

export interface Attempt {
  readonly id: string;
  readonly method: Method;
  /** For messages. */
  readonly label: string;
  /** A key that can be signed with before the server says that it would take it: nobody is asked for a passphrase. */
  readonly isOpen?: boolean;
  readonly isRsa?: boolean;
  /** What ssh2 is to try; undefined when there is nothing to try after all. */
  make(dial: Dial): Promise<AnyAuthMethod | undefined>;
}

/** What a login hands over. */
export interface Attempts {
  readonly queue: Attempt[];
  /** How many at the queue's beginning worked in the dial before. */
  readonly replays: number;
  readonly problems: Problem[];
  readonly remember: (worked: Attempt[]) => void;
}

export class AuthAttempts {
  readonly #hop: Hop;
  readonly #dial: Dial;
  readonly #queue: Attempt[];
  readonly #problems: Problem[];
  readonly #remember: (worked: Attempt[]) => void;
  readonly #tried: Attempt[] = [];
  readonly #steps: Attempt[] = [];
  #offered: readonly string[] = [];
  readonly #replayed: readonly Attempt[];

  constructor(hop: Hop, dial: Dial, { queue, replays, problems, remember }: Attempts) {
    this.#replayed = queue.slice(0, replays);
    this.#hop = hop;
    this.#dial = dial;
    this.#queue = queue;
    this.#problems = problems;
    this.#remember = remember;
  }

  /** The next try. `left` is null before the first; rejects with NoAccess when nothing is left to try. */
  async next(left: readonly string[] | null, partial: boolean | null): Promise<AnyAuthMethod> {
    if (left !== null) this.#offered = left;
    const last = this.#tried.at(-1);
    if (partial === true && last !== undefined) this.#steps.push(last);
    else if (last !== undefined && left !== null && !left.includes(last.method)) this.#queue.push(last); // not its turn yet
    if (left === null && this.#queue[0]?.method !== 'publickey' && this.#replayed.length === 0) {
      return { type: 'none', username: this.#hop.user };
    }
    for (let attempt = this.#take(left); attempt !== undefined; attempt = this.#take(left)) {
      const method = await attempt.make(this.#dial);
      if (method === undefined) continue;
      this.#tried.push(attempt);
      return method;
    }
    throw this.refusal();
  }

  /** Whether the last try needs no word of the server before it is signed. */
  get isSure(): boolean {
    const last = this.#tried.at(-1);
    return last !== undefined && (last.isOpen === true || this.#replayed.includes(last));
  }

  get isRsa(): boolean {
    return this.#tried.at(-1)?.isRsa === true;
  }

  /** The first try of a method that the server takes now; the others stay, for it may take them after a partial success. */
  #take(left: readonly string[] | null): Attempt | undefined {
    const at = this.#queue.findIndex(({ method }) => left === null || left.includes(method));
    return at < 0 ? undefined : this.#queue.splice(at, 1)[0];
  }

  succeeded(): void {
    const last = this.#tried.at(-1);
    this.#remember(last === undefined ? [] : [...this.#steps, last]);
  }

  refusal(): NoAccess {
    const { user, name, isUserSaid } = this.#hop;
    const other = isUserSaid
      ? ''
      : `; or say who logs in, since ${user} is only who runs this: \`user\` of the site file's router, USER@HOST, or User in ~/.ssh/config`;
    const labels = [...new Set(this.#tried.map(({ label }) => label))];
    const told = labels.length === 0 ? '' : `, tried ${labels.join(', ')}`;
    const takes = this.#offered.length === 0 ? '' : ` (it takes ${printable(this.#offered.join(', '), 200)})`;
    const why = [...new Set(this.#problems.map(({ what }) => what))].join('; ');
    const message = `${name} doesn't let ${user} in${told}${takes}${why && `: ${why}`}`;
    const password = this.#tried.some(({ method }) => method !== 'publickey');
    const problem = this.#problems[0];
    if (password)
      return new NoAccess('wrong-password', message, `correct EDGEWG_PASSWORD or what you type${other}`);
    if (problem !== undefined) return new NoAccess(problem.code, message, problem.hint);
    const hint =
      labels.length === 0
        ? 'give a key (ssh-agent, IdentityFile) or EDGEWG_PASSWORD'
        : `add one of these keys to ${user} on the router, or set EDGEWG_PASSWORD`;
    return new NoAccess('login-refused', message, `${hint}${other}`);
  }
}
