// Who can log in to the router, and the numbers and groups that its users have there (transcripts interactive/01 and 14).

export type Level = 'admin' | 'operator';

export interface User {
  readonly name: string;
  readonly level: Level;
}

export interface Account extends User {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Group numbers by name. Each user's primary group is `users`, which is why configuring needs `sg vyattacfg`. */
export const groups = {
  root: 0,
  adm: 4,
  disk: 6,
  sudo: 27,
  dip: 30,
  operator: 37,
  users: 100,
  quaggavty: 997,
  vyattaop: 998,
  vyattacfg: 999,
} as const;

export const firstUid = 1000;

const memberships: Readonly<Record<Level, readonly (keyof typeof groups)[]>> = {
  admin: ['adm', 'disk', 'sudo', 'dip', 'quaggavty', 'vyattacfg'],
  operator: ['adm', 'dip', 'operator', 'quaggavty', 'vyattaop'],
};

/** Numbers go by the order of the users; `ubnt`, when there is one, is the first. */
export function accountsOf(users: readonly User[]): Account[] {
  const sorted = [...users].sort((a, b) => Number(b.name === 'ubnt') - Number(a.name === 'ubnt'));
  return sorted.map((user, index) => ({
    ...user,
    uid: firstUid + index,
    gid: groups.users,
    home: `/home/${user.name}`,
  }));
}

export function passwd(accounts: readonly Account[]): string {
  const lines = accounts.map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/bin/vbash`);
  return `${['root:x:0:0:root:/root:/bin/bash', ...lines, 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin'].join('\n')}\n`;
}

export function group(accounts: readonly Account[]): string {
  const lines = Object.entries(groups).map(([name, gid]) => {
    const members = accounts.filter(({ level }) => memberships[level].some(member => member === name));
    return `${name}:x:${gid}:${members.map(member => member.name).join(',')}`;
  });
  return `${[...lines, 'nogroup:x:65534:'].join('\n')}\n`;
}

/** The names of a user and a group as `id` says them inside the box; a number that has none stands for itself. */
export function nameOfUser(accounts: readonly Account[], uid: number): string {
  return uid === 0 ? 'root' : (accounts.find(account => account.uid === uid)?.name ?? String(uid));
}

export function nameOfGroup(gid: number): string {
  return Object.entries(groups).find(([, number]) => number === gid)?.[0] ?? String(gid);
}
