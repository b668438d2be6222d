// Logging in to one hop: the tries in their order, and the secrets they need. Lives as long as a door: what worked once is
// tried first the next time, with the answers given before. A password goes only to a host whose key was known beforehand.
import type { Secret } from '../../secret.ts';
import type { Access } from './access.ts';
import { type Attempt, Conversation } from './conversation.ts';
import type { Hop, Method } from './hop.ts';
import { keyAttempt } from './key-attempt.ts';
import { type FoundKeys, findKeys, type KeyOffer, type Problem } from './keys.ts';
import { printable } from './printable.ts';
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod } from './ssh2.ts';
import type { Vault } from './vault.ts';

const mostRounds = 10;

/** What one dial lends to the login. */
export interface Dial {
  /** Whether the host's key was known before this run; else no password is sent. */
  readonly known: boolean;
  /** Runs a question to a person outside the time limit. */
  pausedFor<T>(question: () => Promise<T>): Promise<T>;
}

export class Login {
  readonly #hop: Hop;
  readonly #access: Access;
  readonly #vault: Vault;
  #keys: Promise<FoundKeys> | undefined;
  #password: Secret | undefined;
  #passwordWorked = false;
  #worked: Attempt[] = [];
  #problems: Problem[] = [];

  constructor(hop: Hop, access: Access, vault: Vault) {
    this.#hop = hop;
    this.#access = access;
    this.#vault = vault;
  }

  /** One conversation: call `next` with what the server said after each try. */
  async begin(dial: Dial): Promise<Conversation> {
    const found = await dial.pausedFor(() => {
      this.#keys ??= findKeys(this.#hop, this.#access, this.#vault);
      return this.#keys;
    });
    this.#problems = [...found.problems];
    const all = this.#attempts(found.offers);
    const queue = [
      ...this.#worked,
      ...all.filter(({ id }) => !this.#worked.some(worked => worked.id === id)),
    ];
    return new Conversation(this.#hop, dial, queue, this.#worked.length > 0, this.#problems, worked => {
      this.#worked = worked;
      this.#passwordWorked = true;
    });
  }

  #attempts(offers: readonly KeyOffer[]): Attempt[] {
    const tries = this.#access.ask === undefined ? 1 : Math.max(1, this.#hop.prompts);
    const passwords = (method: 'keyboard-interactive' | 'password') =>
      Array.from({ length: tries }, (_, index) => this.#passwordAttempt(method, index));
    const by: Record<Method, () => Attempt[]> = {
      publickey: () =>
        offers.map(offer => keyAttempt(offer, this.#hop, problem => this.#problems.push(problem))),
      'keyboard-interactive': () => passwords('keyboard-interactive'),
      password: () => passwords('password'),
    };
    return this.#hop.methods.flatMap(method => by[method]());
  }

  #passwordAttempt(method: 'keyboard-interactive' | 'password', index: number): Attempt {
    const username = this.#hop.user;
    const make = async (dial: Dial): Promise<AnyAuthMethod | undefined> => {
      if (!dial.known) return this.#skip(withheld);
      const given = await this.#vault.given('EDGEWG_PASSWORD');
      if (given === undefined && !this.#canAsk()) return this.#skip(noPassword);
      if (given !== undefined && index > 0) return undefined;
      if (method === 'keyboard-interactive')
        return { type: method, username, prompt: this.#answerer(dial, index) };
      const password = await this.#passwordFor(dial, `Password for ${username}@${this.#hop.name}: `, index);
      return password === undefined
        ? this.#skip(noPassword)
        : { type: method, username, password: password.reveal() };
    };
    return { id: `${method} ${index}`, method, label: method, make };
  }

  #skip(problem: Problem): undefined {
    if (!this.#problems.includes(problem)) this.#problems.push(problem);
  }

  #canAsk(): boolean {
    return this.#access.ask !== undefined && this.#hop.prompts > 0;
  }

  /** What worked is given again; a person is asked anew only after a refusal. */
  async #passwordFor(dial: Dial, question: string, index: number): Promise<Secret | undefined> {
    const given = await this.#vault.given('EDGEWG_PASSWORD');
    if (given !== undefined) return given;
    if (this.#password !== undefined && (index === 0 || this.#passwordWorked)) return this.#password;
    if (!this.#canAsk()) return undefined;
    this.#password = await dial.pausedFor(() => this.#vault.ask(question));
    return this.#password;
  }

  /** Answers the server's questions: a hidden one with the password, any other by a person. */
  #answerer(dial: Dial, index: number): KeyboardInteractiveAuthMethod['prompt'] {
    let round = index;
    return (_name, instructions, _lang, prompts, finish) => {
      const answer = async (): Promise<string[]> => {
        const answers: string[] = [];
        if (round - index >= mostRounds) return answers;
        for (const { prompt, echo } of prompts.slice(0, mostRounds)) {
          const question = `${this.#hop.user}@${this.#hop.name}: ${printable(`${instructions} ${prompt}`.trim(), 200)} `;
          const text = echo
            ? await dial.pausedFor(() => this.#vault.ask(question, true))
            : await this.#passwordFor(dial, question, round);
          answers.push(text?.reveal() ?? '');
        }
        round++;
        return answers;
      };
      answer().then(finish, () => finish([]));
    };
  }
}

const withheld: Problem = {
  code: 'password-withheld',
  what: 'no password is sent to a host whose key was accepted just now',
  hint: 'compare the fingerprint shown, then run the command again',
};

const noPassword: Problem = {
  code: 'no-password',
  what: 'no password was given',
  hint: 'set EDGEWG_PASSWORD, or use a key',
};
