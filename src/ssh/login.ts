// Logging in to one hop: the tries in their order, and the secrets they need. Lives as long as a door: what worked once is
// tried first the next time, with the answers given before. A password goes only to a host whose key was known beforehand.

import { NoAccess } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { Access } from './access.ts';
import { type Attempt, AuthAttempts } from './auth-attempts.ts';
import type { Credentials } from './credentials.ts';
import type { Dial } from './dial.ts';
import type { Hop, Method } from './hop.ts';
import { type FoundKeys, findKeys } from './identities.ts';
import { keyAttempt } from './key-attempt.ts';
import type { KeyOffer } from './key-offer.ts';
import { printable } from './printable.ts';
import type { Problem } from './problem.ts';
import type { AnyAuthMethod, KeyboardInteractiveAuthMethod, Prompt } from './ssh2.ts';

const mostQuestions = 10;

export class Login {
  readonly #hop: Hop;
  readonly #access: Access;
  readonly #vault: Credentials;
  readonly #isTarget: boolean;
  #keys: Promise<FoundKeys> | undefined;
  #password: Secret | undefined;
  #passwordWorked = false;
  #worked: Attempt[] = [];
  #problems: Problem[] = [];

  constructor(hop: Hop, access: Access, credentials: Credentials, isTarget: boolean) {
    this.#hop = hop;
    this.#access = access;
    this.#vault = credentials;
    this.#isTarget = isTarget;
  }

  /** One conversation: call `next` with what the server said after each try. */
  async begin(dial: Dial): Promise<AuthAttempts> {
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
    return new AuthAttempts(this.#hop, dial, {
      queue,
      replays: this.#worked.length,
      problems: this.#problems,
      remember: worked => {
        this.#worked = worked;
        this.#passwordWorked = true;
      },
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
      const given = await this.#givenPassword();
      if (given === undefined && !this.#canAsk()) return this.#skip(noPassword);
      if (given !== undefined && index > 0) return undefined;
      if (method === 'keyboard-interactive') return { type: method, username, prompt: this.#answerer(dial) };
      const password = await this.#passwordFor(dial, `Password for ${username}@${this.#hop.name}: `);
      return password === undefined
        ? this.#skip(noPassword)
        : { type: method, username, password: password.reveal() };
    };
    return { id: `${method} ${index}`, method, label: method, make };
  }

  #skip(problem: Problem): undefined {
    if (!this.#problems.includes(problem)) this.#problems.push(problem);
  }

  /** The password in the environment is the router's: a jump host never sees it. */
  async #givenPassword(): Promise<Secret | undefined> {
    return this.#isTarget ? this.#vault.given('EDGEWG_PASSWORD') : undefined;
  }

  #canAsk(): boolean {
    return this.#access.ask !== undefined && this.#hop.prompts > 0;
  }

  /** What worked is given again; a person is asked anew only after a refusal. */
  async #passwordFor(dial: Dial, question: string): Promise<Secret | undefined> {
    const given = await this.#givenPassword();
    if (given !== undefined) return given;
    if (this.#password !== undefined && this.#passwordWorked) return this.#password;
    this.#password = await dial.pausedFor(() => this.#vault.ask(question));
    return this.#password;
  }

  /** The server's first hidden question is for the password; what else it wants to know (a one-time code) a person answers. */
  #answerer(dial: Dial): KeyboardInteractiveAuthMethod['prompt'] {
    let asked = 0;
    let passwordGiven = false;
    const answer = async (instructions: string, { prompt, echo }: Prompt): Promise<string> => {
      if (++asked > mostQuestions) throw curious(this.#hop);
      const question = `${this.#hop.user}@${this.#hop.name}: ${printable(`${instructions} ${prompt}`.trim(), 200)} `;
      const isPassword = echo !== true && !passwordGiven;
      passwordGiven ||= isPassword;
      const text = isPassword
        ? await this.#passwordFor(dial, question)
        : await dial.pausedFor(() => this.#vault.ask(question, echo));
      return text?.reveal() ?? '';
    };
    return (_name, instructions, _lang, prompts, finish) => {
      const answers = async () => {
        const given: string[] = [];
        for (const prompt of prompts) given.push(await answer(instructions, prompt));
        return given;
      };
      answers().then(finish, error => dial.fail(error));
    };
  }
}

function curious(hop: Hop): NoAccess {
  const message = `${hop.name} asks more than ${mostQuestions} questions to log ${hop.user} in`;
  return new NoAccess('login-broken-off', message, 'see what its sshd asks: ssh -v');
}

const withheld: Problem = {
  code: 'password-withheld',
  what: 'no password is sent to a host whose key was accepted just now',
  hint: 'compare the fingerprint shown, then run the command again, or set EDGEWG_HOST_KEY',
};

const noPassword: Problem = {
  code: 'no-password',
  what: 'no password was given',
  hint: 'set EDGEWG_PASSWORD, or use a key',
};
