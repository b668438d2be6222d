// Where the box (SSH server, namespaces, bash) and the configuration engine meet: one call of a router's program goes in,
// its answer comes out; what the engine needs of the box comes in by `Surroundings`. Neither knows the other's inside.

/** One call of one of the router's programs inside the box. */
export interface Call {
  /** Its name without a directory: one of {@link programs}. */
  readonly program: string;
  readonly args: readonly string[];
  /** Of the wrapper process inside the box's pid namespace. The session of a config command is its parent's id. */
  readonly pid: number;
  readonly ppid: number;
  /** The variables whose names are in {@link passedVariables}, as far as they are set. */
  readonly env: Readonly<Record<string, string>>;
  /** As `id -un` and `id -gn` would say inside the box: `vyattacfg` under sg, `root` under sudo. */
  readonly user: string;
  readonly group: string;
  readonly cwd: string;
  /** Whether its standard output is a terminal, and its name (`pts/0`) when it has one. */
  readonly isTerminal: boolean;
  readonly tty?: string;
  /** Only of programs that read it (`wg pubkey`, `wg set … private-key /dev/stdin`). */
  readonly stdin?: Buffer;
  /** Aborted when the wrapper's process dies before it has its answer (a terminal that hung up). */
  readonly killed?: AbortSignal;
}

/** What the program printed and its exit code. The streams are separate; the engine never mixes them. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** The running router. Calls may overlap: one that takes time (a commit) holds up no other. */
export interface Router {
  /** Never rejects for anything a client sends. */
  call(call: Call): Promise<Answer>;
  /** Loads config.boot as the router does when it starts; to be called before the first call and again after a reboot. */
  boot(): Promise<void>;
  /** The router goes down: sessions, locks, timers and the kernel's state are gone; files stay. */
  halt(): void;
}

/** What programs the engine answers, by the path at which the box should put a forwarding wrapper. */
export const programs: Readonly<Record<string, string>> = {
  '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper': 'vyatta-cfg-cmd-wrapper',
  '/opt/vyatta/bin/vyatta-op-cmd-wrapper': 'vyatta-op-cmd-wrapper',
  '/bin/cli-shell-api': 'cli-shell-api',
  '/opt/vyatta/sbin/my_set': 'my_set',
  '/opt/vyatta/sbin/my_delete': 'my_delete',
  '/opt/vyatta/sbin/my_comment': 'my_comment',
  '/opt/vyatta/sbin/my_commit': 'my_commit',
  '/opt/vyatta/sbin/my_discard': 'my_discard',
  '/opt/vyatta/sbin/my_move': 'my_move',
  '/opt/vyatta/sbin/my_rename': 'my_rename',
  '/opt/vyatta/sbin/my_copy': 'my_copy',
  '/opt/vyatta/sbin/vyatta-save-config.pl': 'vyatta-save-config.pl',
  /** Exit 77: on a terminal it would ask, because the file has no version line; ask, then call with `--confirmed`. */
  '/opt/vyatta/sbin/vyatta-load-config.pl': 'vyatta-load-config.pl',
  /**
   * `--action=commit-confirm --minutes=N`, `confirm`, `rollback --revnum=N`, `compare --revs=A,B`, `show-commit-log`,
   * `valid-rev --revnum=N`. It never asks: the box's own script of that name asks on the terminal, then adds `--confirmed`.
   */
  '/opt/vyatta/sbin/vyatta-config-mgmt.pl': 'vyatta-config-mgmt.pl',
  '/usr/bin/wg': 'wg',
  '/bin/ip': 'ip',
  '/sbin/ip': 'ip',
  '/sbin/iptables-save': 'iptables-save',
  '/sbin/ip6tables-save': 'ip6tables-save',
  '/bin/ping': 'ping',
  '/usr/bin/dpkg-query': 'dpkg-query',
  '/usr/sbin/ubnt-hal': 'ubnt-hal',
  /** The checks of the wireguard package's templates, which interpolate values into `sh` (docs/edgeos.md 'Values and the shell'). */
  '/opt/vyatta/sbin/lab-check': 'lab-check',
};

/** Which variables a wrapper sends along. */
export const passedVariables: readonly string[] = [
  'CMD_WRAPPER_SESSION_ID',
  'COMMIT_COMMENT',
  'COMMIT_VIA',
  'COMMIT_CONFIRM',
  'VYATTA_ACTIVE_CONFIGURATION_DIR',
  'VYATTA_CHANGES_ONLY_DIR',
  'VYATTA_TEMP_CONFIG_DIR',
  'VYATTA_CONFIG_TMP',
  'VYATTA_CONFIG_TEMPLATE',
  'VYATTA_EDIT_LEVEL',
  'VYATTA_TEMPLATE_LEVEL',
];

/** The files of the box, by the path seen inside it. `as` reads or writes with that caller's rights; without it as root. */
export interface BoxFiles {
  /** Undefined when there is no such file, or the caller may not read it. */
  read(path: string, as?: Call): Promise<Buffer | undefined>;
  /** Creates or replaces. Rejects with an error whose `code` is ENOSPC, EACCES, ENOENT … as the system says. */
  write(path: string, data: string | Uint8Array, mode?: number, as?: Call): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names in a directory, unordered; empty when there is none. */
  list(path: string): Promise<string[]>;
}

/** What the engine asks of the box. */
export interface Surroundings {
  readonly files: BoxFiles;
  /**
   * Takes the lock on /opt/vyatta/config/.lock as `lockf` does, so that foreign processes in the box see it held; gives
   * what releases it. Undefined when a process in the box holds it.
   */
  tryLock(): Promise<(() => Promise<void>) | undefined>;
  /** Runs `sh -c SCRIPT` inside the box with the caller's rights and gives what it printed (up-command, templates). */
  sh(script: string, as: Call): Promise<Answer>;
  /** Restarts the box: everything inside dies, then `boot()`. Asked for by commit-confirm and rollback. */
  reboot(): void;
  now(): Date;
  sleep(ms: number): Promise<void>;
  /** A job of `at` by root, for when the clock shows this time; it may jump there. Gives what cancels it, and its number. */
  schedule?(due: Date, script: string, act: () => void): { readonly id: number; cancel(): void };
  /** A commit changed the active configuration; other open sessions get the `write` notice of interactive/07. */
  committed?(by: Call, otherSessions: readonly string[]): void;
}
