// The kernel's named sets behind firewall groups, all kinds in one namespace, and whose rules look at them
// (group.cpp of the router's ubnt-fw-group).

export const groupTypes = ['address', 'network', 'port', 'ipv6-address', 'ipv6-network'] as const;
export type GroupType = (typeof groupTypes)[number];

export interface GroupSet {
  /** Of a set of ports: undefined. */
  readonly family: 4 | 6 | undefined;
  readonly members: ReadonlySet<string>;
  /** Its group was deleted while rules still looked at it. */
  readonly isOrphan?: boolean;
}

export class Sets {
  private readonly byName = new Map<string, GroupSet>();
  /** `name WAN_IN` → the sets that its rules look at. */
  private readonly users = new Map<string, ReadonlySet<string>>();

  get(name: string): GroupSet | undefined {
    return this.byName.get(name);
  }

  put(name: string, set: GroupSet): void {
    this.byName.set(name, set);
  }

  destroy(name: string): void {
    this.byName.delete(name);
  }

  /** What the rules of `user` look at from now on; nothing when there are none. */
  use(user: string, names: ReadonlySet<string>): void {
    if (names.size === 0) this.users.delete(user);
    else this.users.set(user, names);
  }

  /** Orphans go once no rule looks at them any more. */
  prune(): void {
    for (const [name, { isOrphan }] of this.byName)
      if (isOrphan === true && this.references(name) === 0) this.byName.delete(name);
  }

  references(name: string): number {
    return [...this.users.values()].filter(names => names.has(name)).length;
  }
}

const ranges: Readonly<Partial<Record<GroupType, RegExp>>> = {
  port: /^()(\d+)-(\d+)$/,
  address: /^((?:\d+\.){3})(\d+)-(?:\d+\.){3}(\d+)$/,
};

/** The members of a set that one value of a group stands for: a range is all that lies in it. */
export function* membersOf(type: GroupType, value: string): Generator<string> {
  const [, head = '', first = '', last = ''] = ranges[type]?.exec(value) ?? [];
  if (first === '') yield value;
  else for (let i = Number(first); i <= Number(last); i++) yield `${head}${i}`;
}
