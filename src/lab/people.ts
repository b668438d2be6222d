// Who may log in to the router as it is configured now: its users, their levels and public keys, from the active
// configuration, asked for by the router's own programs.
import { type Account, accountsOf, group, passwd, type User } from './box/accounts.ts';
import type { Box } from './box/box.ts';
import type { Call, Router } from './call.ts';
import type { Access } from './ssh/auth.ts';

/** Of a router whose configuration names none. */
const factoryUsers: readonly User[] = [{ name: 'ubnt', level: 'admin' }];

export interface Home {
  router(): Router;
  box(): Box;
}

export class People implements Access {
  #accounts: readonly Account[] = accountsOf(factoryUsers);
  /** What the box was last told. */
  #written = '';
  readonly #password: string;
  readonly #authorizedKeys: readonly string[];
  readonly #home: Home;

  constructor(home: Home, password: string, authorizedKeys: readonly string[]) {
    this.#home = home;
    this.#password = password;
    this.#authorizedKeys = authorizedKeys;
  }

  get accounts(): readonly Account[] {
    return this.#accounts;
  }

  async account(name: string): Promise<Account | undefined> {
    await this.refresh();
    return this.#accounts.find(account => account.name === name);
  }

  password(): string {
    return this.#password;
  }

  async authorizedKeys({ name, home }: Account): Promise<readonly string[]> {
    const file = await this.#home.box().files.read(`${home}/.ssh/authorized_keys`);
    const path = ['system', 'login', 'user', name, 'authentication', 'public-keys'];
    const configured = (await this.#list(path)).map(
      async key => `${await this.#value([...path, key, 'type'])} ${await this.#value([...path, key, 'key'])}`,
    );
    return [
      ...this.#authorizedKeys,
      ...(await Promise.all(configured)),
      ...(file?.toString().split('\n') ?? []),
    ];
  }

  /** Takes over what commits have changed since; after a restart the box has to be told all. */
  async refresh(isNewBox = false): Promise<void> {
    if (isNewBox) this.#written = '';
    const names = await this.#list(['system', 'login', 'user']);
    const users = names.map(async (name): Promise<User> => {
      const level = await this.#value(['system', 'login', 'user', name, 'level']);
      return { name, level: level === 'operator' ? 'operator' : 'admin' };
    });
    this.#accounts = accountsOf(names.length > 0 ? await Promise.all(users) : factoryUsers);
    const hostname = (await this.#value(['system', 'host-name'])) || 'ubnt';
    const [people, groups] = [passwd(this.#accounts), group(this.#accounts)];
    if (`${people}${groups}${hostname}` === this.#written) return;
    this.#written = `${people}${groups}${hostname}`;
    const { files, setHostname } = this.#home.box();
    await Promise.all([files.write('/etc/passwd', people), files.write('/etc/group', groups)]);
    setHostname(hostname);
  }

  async #list(path: readonly string[]): Promise<string[]> {
    const listed = await this.#ask('listActiveNodes', path);
    return [...listed.matchAll(/'([^']*)'/g)].map(([, name = '']) => name);
  }

  #value(path: readonly string[]): Promise<string> {
    return this.#ask('returnActiveValue', path);
  }

  async #ask(question: string, path: readonly string[]): Promise<string> {
    const { stdout, exit } = await this.#home.router().call({ ...root, args: [question, ...path] });
    return exit === 0 ? stdout.trim() : '';
  }
}

const root: Call = {
  program: 'cli-shell-api',
  args: [],
  pid: 0,
  ppid: 0,
  env: {},
  user: 'root',
  group: 'root',
  cwd: '/',
  isTerminal: false,
};
