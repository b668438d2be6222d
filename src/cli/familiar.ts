// What people type who know terraform, kubectl or ansible, and what edgewg has for it. Nothing of it works by another name: a word that
// nearly fits, on a tool that changes routers, is answered and not guessed.
import { Refused } from '../errors.ts';

const plan = 'edgewg plan shows what would change, and touches nothing';
const status = 'edgewg status shows the tunnels as they are';
const drift = 'edgewg status --drift shows what differs from the site file';
const apply = 'edgewg apply plans, asks and applies';
const remove = 'edgewg tunnel remove or edgewg peer remove, then edgewg apply --allow delete=N';
const undo = 'edgewg rollback undoes an apply';

const commands = new Map<string, string>([
  ...['diff', 'preview', 'whatif', 'check-mode', 'dry-run'].map(word => [word, plan] as const),
  ...['get', 'describe', 'list', 'ls', 'state', 'ps', 'info', 'top'].map(word => [word, status] as const),
  ...['drift', 'refresh'].map(word => [word, drift] as const),
  ...['create', 'deploy', 'up', 'sync', 'run', 'playbook', 'converge', 'update', 'replace'].map(
    word => [word, apply] as const,
  ),
  ...['destroy', 'delete', 'remove', 'rm', 'down', 'uninstall'].map(word => [word, remove] as const),
  ...['undo', 'revert', 'rollout', 'restore'].map(word => [word, undo] as const),
  ...['lint', 'check', 'syntax-check', 'verify'].map(
    word => [word, 'edgewg validate checks the site file alone, edgewg plan against the router'] as const,
  ),
  ['history', 'edgewg rollback --list lists the applies that the router remembers'],
  ['logs', 'edgewg rollback --list lists the applies that the router remembers'],
  ['log', 'edgewg rollback --list lists the applies that the router remembers'],
  ['backup', 'edgewg snapshot writes the running configuration without secrets'],
  ['export', 'edgewg import writes a site file of what a router has'],
  ['add', 'edgewg tunnel add or edgewg peer add'],
  ['rotate', 'edgewg keys rotate INTERFACE gives an interface another key'],
  ['output', 'edgewg keys prints the public keys'],
  ['test', 'edgewg lab is a router to try things on'],
  ['ssh', 'edgewg ssh-command prints how to log in'],
  ['fmt', 'edgewg leaves the layout of a site file to you; edgewg validate checks it'],
]);

const formats = '--format chooses what is printed (text, json …), --out FILE is where a plan is saved';
const files = 'name the site files on the line: edgewg plan sites/home.yaml; or one with -f';
const lift = 'no refusal is lifted as a whole: each finding names its --allow';

const options = new Map<string, string>([
  ['dry-run', plan],
  ['check', plan],
  ['C', plan],
  ['n', plan],
  ['what-if', plan],
  ['noop', plan],
  ['auto-approve', '--yes applies without asking'],
  ['approve', '--yes applies without asking'],
  ['assume-yes', '--yes applies without asking'],
  ['non-interactive', '--yes applies without asking'],
  ['force', lift],
  ['ignore-errors', lift],
  ['o', formats],
  ['output', formats],
  ['json', '--format json'],
  ['out', 'edgewg plan --out FILE saves a plan'],
  ['diff', 'edgewg plan --diff shows the configuration before and after'],
  ['D', 'edgewg plan --diff shows the configuration before and after'],
  ['destroy', remove],
  ['target', 'a plan is of the whole site file: commit a smaller change of it'],
  ['t', 'a plan is of the whole site file: commit a smaller change of it'],
  ['tags', 'a plan is of the whole site file: commit a smaller change of it'],
  ['refresh-only', drift],
  ['detailed-exitcode', 'edgewg plan --detailed-exitcode'],
  ['parallelism', 'of several site files, --jobs says how many at once'],
  ['forks', 'of several site files, --jobs says how many at once'],
  ['l', files],
  ['limit', files],
  ['i', files],
  ['inventory', files],
  ['c', files],
  ['config', files],
  ['filename', files],
  ['R', files],
  ['chdir', files],
  ['context', files],
  ['host', '--router [USER@]HOST[:PORT] is another way to the router than the site file says'],
  ['user', '--router [USER@]HOST[:PORT] is another way to the router than the site file says'],
  ['u', '--router [USER@]HOST[:PORT] is another way to the router than the site file says'],
  ['var', 'a site file has no variables: its keys may be references (edgewg help keys)'],
  ['e', 'a site file has no variables: its keys may be references (edgewg help keys)'],
  ['var-file', 'a site file has no variables: its keys may be references (edgewg help keys)'],
  ['debug', '-v says more'],
  ['lock', '--lock-timeout SECONDS is how long another edgewg is waited for'],
  [
    'resolve',
    'resolve: 5m stands at a peer whose endpoint is a name (edgewg help howto); edgewg tunnel add and init take --resolve',
  ],
  ['w', 'edgewg status --watch SECONDS'],
  ['watch', 'edgewg status --watch SECONDS'],
]);

/** Undefined where edgewg has nothing for it, or `isKnown` tells that the word means something here. `words` end where `--` does. */
export function familiar(
  words: readonly string[],
  isKnown: { readonly command: (name: string) => boolean; readonly option: (name: string) => boolean },
): Refused | undefined {
  const first = words.find(word => !word.startsWith('-'));
  const answer = first !== undefined && !isKnown.command(first) ? commands.get(first) : undefined;
  if (answer !== undefined) return new Refused('usage', `edgewg has no command ${first}`, answer);
  for (const word of words) {
    // terraform's options have one dash
    const [, dashes = '', name = ''] = /^(--?)([A-Za-z][A-Za-z-]*)(?:=.*)?$/.exec(word) ?? [];
    const hint = options.get(name);
    if (hint === undefined || (isKnown.option(name) && (dashes === '--' || name.length === 1))) continue;
    const own = isKnown.option(name) ? `options have two dashes: --${name}` : hint;
    return new Refused('usage', `there is no option ${dashes}${name} here`, own);
  }
  return undefined;
}
