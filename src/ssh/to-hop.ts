// From what ssh_config says about one host to a hop: defaults, tokens and paths filled in. Contacts nobody, reads no file.
import type { Access } from './access.ts';
import { integer, isOff, isOn, seconds } from './config-values.ts';
import type { Target } from './contract.ts';
import { expand, type Names } from './expand.ts';
import type { Hop, Method } from './hop.ts';
import { filedName } from './known-hosts.ts';
import type { Settings } from './settings.ts';

const usualKeys = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const allMethods: readonly Method[] = ['publickey', 'keyboard-interactive', 'password'];

/** The settings of one host as values. Throws NoAccess `ssh-config-value` for what ssh wouldn't take either. */
export function toHop(target: Target, settings: Settings, access: Access): Hop {
  const named = settings.first('hostname');
  const host = named === undefined ? target.host : expand(named, { h: target.host });
  const port = target.port ?? integer(settings, 'port', 22, 65535);
  const saidUser = target.user ?? settings.first('user');
  const user = saidUser ?? access.localUser;
  const alias = settings.first('hostkeyalias')?.toLowerCase();
  const names = namesOf({ name: target.host, host, port, user }, access, alias);
  const path = (text: string) => expandPath(text, names, access);
  const strict = settings.first('stricthostkeychecking')?.toLowerCase() ?? 'ask';
  const files = (keyword: string, usual: string[]) =>
    (settings.words(keyword) ?? usual).filter(word => word.toLowerCase() !== 'none').map(path);
  return {
    name: target.host,
    host,
    port,
    user,
    isUserSaid: saidUser !== undefined,
    family: family(settings.first('addressfamily')),
    bindAddress: settings.first('bindaddress'),
    connectTimeoutMs: 1000 * (seconds(settings, 'connecttimeout', 20) || 20),
    keepalive: {
      intervalMs: 1000 * seconds(settings, 'serveraliveinterval', 15),
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
      hashNew: isOn(settings, 'hashknownhosts'),
    },
    identities: {
      files: files(
        'identityfile',
        usualKeys.map(name => `~/.ssh/${name}`),
      ),
      named: settings.words('identityfile') !== undefined,
      only: isOn(settings, 'identitiesonly'),
      agent: agentSocket(settings.first('identityagent'), path, access),
      certificates: (settings.words('certificatefile') ?? []).map(path),
    },
    methods: methods(settings),
    prompts: isOn(settings, 'batchmode') ? 0 : integer(settings, 'numberofpasswordprompts', 3, 100),
    legacy: target.legacyAlgorithms,
  };
}

/** The texts of the `%` tokens. */
export function namesOf(
  hop: Pick<Hop, 'name' | 'host' | 'port' | 'user'>,
  access: Access,
  alias?: string,
): Names {
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
  const disabled: Record<Method, boolean> = {
    publickey: isOff(settings, 'pubkeyauthentication'),
    'keyboard-interactive':
      isOff(settings, 'kbdinteractiveauthentication') || isOff(settings, 'challengeresponseauthentication'),
    password: isOff(settings, 'passwordauthentication'),
  };
  return preferred.flatMap(name => allMethods.filter(method => method === name && !disabled[method]));
}

function family(word: string | undefined): 0 | 4 | 6 {
  return word?.toLowerCase() === 'inet' ? 4 : word?.toLowerCase() === 'inet6' ? 6 : 0;
}
