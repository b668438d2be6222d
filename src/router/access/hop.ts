// One SSH server on the way in, with every setting that decides how to get past it; and the way as a list of them.
// Reads settings and gives values: no file, no socket.
import { NoAccess } from '../../errors.ts';
import type { Access, Target } from './access.ts';
import type { ConfigLine } from './config-files.ts';
import { expand, type Names } from './expand.ts';
import { filedName } from './known-hosts.ts';
import { type Settings, settingsFor } from './settings.ts';

export type Method = 'publickey' | 'keyboard-interactive' | 'password';

export interface Hop {
  /** As the person named it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** 0: whatever the name resolves to. */
  readonly family: 0 | 4 | 6;
  readonly bindAddress: string | undefined;
  readonly connectTimeoutMs: number;
  readonly keepalive: { readonly intervalMs: number; readonly countMax: number };
  readonly trust: {
    /** The name its key is filed under. */
    readonly filed: string;
    /** Without the port: OpenSSH looks there too. */
    readonly plain: string;
    readonly userFiles: readonly string[];
    readonly globalFiles: readonly string[];
    readonly acceptNew: boolean;
    readonly hashNew: boolean;
  };
  readonly identities: {
    readonly files: readonly string[];
    /** Whether the files were named (a missing one is worth a word) or are ssh's usual ones. */
    readonly named: boolean;
    readonly only: boolean;
    readonly agent: string | undefined;
    readonly certificates: readonly string[];
  };
  readonly methods: readonly Method[];
  /** How often a person is asked for the same secret. */
  readonly prompts: number;
  readonly legacy: readonly string[];
}

const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const allMethods: readonly Method[] = ['publickey', 'keyboard-interactive', 'password'];
const deepest = 8;

/** The hops to the target in the order they are dialled: jump hosts first, the target last. */
export function planHops(target: Target, lines: readonly ConfigLine[], access: Access): Hop[] {
  return hopsTo(target, lines, access, 0);
}

function hopsTo(target: Target, lines: readonly ConfigLine[], access: Access, depth: number): Hop[] {
  if (depth > deepest)
    throw new NoAccess(
      'jump-loop',
      `ProxyJump leads in a circle at ${target.host}`,
      'correct ProxyJump in ssh_config',
    );
  const asked = { host: target.host, user: target.user, localUser: access.localUser, notice: access.notice };
  const settings = settingsFor(lines, asked);
  const hop = toHop(target, settings, access);
  if (on(settings, 'canonicalizehostname'))
    access.notice(`ssh_config: CanonicalizeHostname is passed over for ${hop.name}`);
  const proxy = settings.words('proxycommand')?.join(' ') ?? 'none';
  const jump = settings.first('proxyjump') ?? 'none';
  if (proxy.toLowerCase() !== 'none' && jump.toLowerCase() === 'none')
    throw noProxyCommand(target.host, proxy);
  const jumps =
    jump.toLowerCase() === 'none'
      ? []
      : jump.split(',').map(text => parseJump(text.trim(), namesOf(hop, access)));
  if (jumps.some(({ host, port }) => host === target.host && (port ?? 22) === hop.port)) return [hop];
  const [first, ...others] = jumps;
  if (first === undefined) return [hop];
  return [
    ...hopsTo(first, lines, access, depth + 1),
    ...others.map(other =>
      toHop(other, settingsFor(lines, { ...asked, host: other.host, user: other.user }), access),
    ),
    hop,
  ];
}

function toHop(target: Target, settings: Settings, access: Access): Hop {
  const host = expand(settings.first('hostname') ?? target.host, { h: target.host });
  const port = target.port ?? integer(settings, 'port', 22, 65535);
  const user = target.user ?? settings.first('user') ?? access.localUser;
  const alias = settings.first('hostkeyalias')?.toLowerCase();
  const names = namesOf({ name: target.host, host, port, user }, access, alias);
  const path = (text: string) => expandPath(text, names, access);
  const strict = settings.first('stricthostkeychecking')?.toLowerCase() ?? 'ask';
  const files = (keyword: string, usual: string[]) =>
    (settings.words(keyword) ?? usual).filter(word => word.toLowerCase() !== 'none').map(path);
  const named = settings.words('identityfile');
  return {
    name: target.host,
    host,
    port,
    user,
    family: family(settings.first('addressfamily')),
    bindAddress: settings.first('bindaddress'),
    connectTimeoutMs: 1000 * duration(settings, 'connecttimeout', 20),
    keepalive: {
      intervalMs: 1000 * duration(settings, 'serveraliveinterval', 15),
      countMax: integer(settings, 'serveralivecountmax', 3, 1000),
    },
    trust: {
      filed: alias ?? filedName(host, port),
      plain: alias ?? host.toLowerCase(),
      userFiles: files('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
      globalFiles: files('globalknownhostsfile', [
        `${access.etc}/ssh_known_hosts`,
        `${access.etc}/ssh_known_hosts2`,
      ]),
      acceptNew: access.acceptNewHostKey || ['accept-new', 'no', 'off'].includes(strict),
      hashNew: on(settings, 'hashknownhosts'),
    },
    identities: {
      files: files(
        'identityfile',
        usualKeys.map(name => `~/.ssh/${name}`),
      ),
      named: named !== undefined,
      only: on(settings, 'identitiesonly'),
      agent: agentSocket(settings.first('identityagent'), path, access),
      certificates: (settings.words('certificatefile') ?? []).map(path),
    },
    methods: methods(settings),
    prompts: on(settings, 'batchmode') ? 0 : integer(settings, 'numberofpasswordprompts', 3, 100),
    legacy: target.legacyAlgorithms,
  };
}

function namesOf(hop: Pick<Hop, 'name' | 'host' | 'port' | 'user'>, access: Access, alias?: string): Names {
  return {
    d: access.home,
    h: hop.host,
    i: String(access.uid ?? 0),
    k: alias ?? hop.name,
    L: access.localHost.split('.')[0] ?? '',
    l: access.localHost,
    n: hop.name,
    p: String(hop.port),
    r: hop.user,
    u: access.localUser,
  };
}

function expandPath(text: string, names: Names, access: Access): string {
  const home = text === '~' || text.startsWith('~/') ? access.home + text.slice(1) : text;
  return expand(home, names, access.env);
}

function agentSocket(
  named: string | undefined,
  path: (text: string) => string,
  access: Access,
): string | undefined {
  if (named?.toLowerCase() === 'none') return undefined;
  if (named === undefined || named === 'SSH_AUTH_SOCK') return access.env['SSH_AUTH_SOCK'] || undefined;
  return named.startsWith('$') && !named.startsWith('${')
    ? access.env[named.slice(1)] || undefined
    : path(named);
}

function methods(settings: Settings): Method[] {
  const preferred = settings.first('preferredauthentications')?.split(',') ?? allMethods;
  const off = (keyword: string) => settings.first(keyword)?.toLowerCase() === 'no';
  const disabled: Record<Method, boolean> = {
    publickey: off('pubkeyauthentication'),
    'keyboard-interactive': off('kbdinteractiveauthentication') || off('challengeresponseauthentication'),
    password: off('passwordauthentication'),
  };
  return preferred.flatMap(name => allMethods.filter(method => method === name && !disabled[method]));
}

function parseJump(text: string, names: Names): Target {
  const plain = expand(text, names)
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '');
  const match =
    /^(?:(?<user>.+)@)?(?:\[(?<v6>[^\]]+)\]|(?<host>[^:@[\]]+|[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*))(?::(?<port>\d{1,5}))?$/i.exec(
      plain,
    );
  const host = match?.groups?.['v6'] ?? match?.groups?.['host'];
  if (host === undefined)
    throw new NoAccess(
      'ssh-config-value',
      `ssh_config: ProxyJump '${text}' names no host`,
      'write user@host:port',
    );
  const user = match?.groups?.['user'];
  const port = match?.groups?.['port'];
  return { host, ...(user && { user }), ...(port && { port: Number(port) }), legacyAlgorithms: [] };
}

function family(word: string | undefined): 0 | 4 | 6 {
  return word?.toLowerCase() === 'inet' ? 4 : word?.toLowerCase() === 'inet6' ? 6 : 0;
}

function on(settings: Settings, keyword: string): boolean {
  return ['yes', 'true', 'always'].includes(settings.first(keyword)?.toLowerCase() ?? 'no');
}

function integer(settings: Settings, keyword: string, usual: number, most: number): number {
  const word = settings.first(keyword);
  if (word === undefined) return usual;
  if (!/^\d{1,9}$/.test(word) || Number(word) > most) throw badValue(keyword, word);
  return Number(word);
}

/** Seconds, from `90`, `1m30s`, `none` (sshd_config(5), TIME FORMATS). */
function duration(settings: Settings, keyword: string, usual: number): number {
  const word = settings.first(keyword)?.toLowerCase();
  if (word === undefined || word === 'none') return usual;
  if (!/^(\d{1,7}[smhdw]?)+$/.test(word)) throw badValue(keyword, word);
  const seconds = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 } as const;
  let sum = 0;
  for (const [, count, unit] of word.matchAll(/(\d+)([smhdw]?)/g)) {
    sum += Number(count) * (seconds[unit as keyof typeof seconds] ?? 1);
  }
  return Math.min(sum, 86400);
}

function badValue(keyword: string, word: string): NoAccess {
  return new NoAccess(
    'ssh-config-value',
    `ssh_config: ${keyword} can't be '${word}'`,
    'correct it in ssh_config',
  );
}

function noProxyCommand(host: string, command: string): NoAccess {
  return new NoAccess(
    'proxy-command',
    `ssh_config has ProxyCommand '${command}' for ${host}, and edgewg starts no ssh or other program to connect`,
    'use ProxyJump for this host',
  );
}
