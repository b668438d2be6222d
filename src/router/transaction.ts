// Turns a plan into the one script that the router runs by itself once it has it: data in front of the fixed functions of
// scripts/. Every word goes through quote(); nothing here talks to a router.

import { Refused } from '../errors.ts';
import { kernelPaths } from '../model/kernel/touches.ts';
import { tunnel } from '../objects/tunnel.ts';
import { configurationAfter } from '../plan/after.ts';
import { contentOf } from '../plan/helper-steps.ts';
import { applied } from '../plan/order.ts';
import { touchedInterfaces } from '../plan/touched.ts';
import type { Commit, HelperStep, KeyStep, Operation, Plan } from '../plan/types/plan.ts';
import type { Proof } from '../plan/types/proof.ts';
import type { Secret } from '../secret.ts';
import { find, leaves, type Tree } from '../vyatta/tree.ts';
import { printCommand, quote } from '../vyatta/words.ts';
import { canonicalInterfaceAddress } from '../wireguard/prefix.ts';
import { results } from './log.ts';
import { tellProofs } from './proof/told.ts';
import { startScript, transactionScript } from './scripts.ts';

export interface TransactionOptions {
  /** The apply's name, in commit comments and on disk: `[0-9a-z-]+`. */
  readonly id: string;
  readonly nonce: string;
  /** Who applies from where, for whoever finds the lock held. */
  readonly who: string;
  readonly since: Date;
  /** Seconds for the proof, from the last commit's return; then the router undoes by itself. */
  readonly confirmWithin: number;
  /** Seconds to wait for another edgewg, and for the commit lock of anybody. */
  readonly lockTimeout: number;
  readonly allowDrift: boolean;
  readonly lastResort: 'reboot' | 'none';
  /** The router's keyed digest of what the plan was made for, secrets too ({@link RouterFacts.seal}). */
  readonly seal: string;
  /** SHA-256 of config.boot as it was read, for whoever looks after a restart. */
  readonly savedDigest: string;
  /** Ids of applies that a restart has ended: the log gets to say so. */
  readonly interrupted: readonly string[];
  /** Asks for every peer's last handshake just before the last commit. */
  readonly tellHandshakes?: boolean;
  /** The record that stays on the router after a proven save; no secrets. */
  readonly record: string;
  /** The site file, for whoever confirms from elsewhere. */
  readonly file?: string;
  /** After so many commits the router waits until the client says that they are well. */
  readonly canaryCommits?: number;
  /** Seconds to leave it unsaved for a person's word once it is proven; undefined: it is saved at once. */
  readonly hold?: number;
  /** What is proven besides. */
  readonly proofs?: readonly Proof[];
  /** The keys that the plan writes, by their file on the router. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** Runs a script of its stdin: the primary group must be vyattacfg (docs/edgeos.md 'Group and shell'). */
export const scriptCommand = "exec sg vyattacfg -c 'exec bash -s'";

/** The same in every run: reads {@link transactionInput}, and becomes what it holds. */
export const transactionCommand = (): string =>
  `exec sg vyattacfg -c ${quote(`exec bash -c ${quote(`${startScript()}\nedgewg_start`)}`)}`;

/**
 * The whole stdin of the transaction's exec. Keys come behind the script, a line each, and are read from there when their
 * time has come: they are in no file but their own, in no argument and in no variable of the environment.
 */
export function transactionInput(plan: Plan, running: Tree, options: TransactionOptions): string {
  const { nonce, id, lockTimeout, since, who } = options;
  // its length is compared with what a shell keeps of it, which is not the line breaks at its end
  const script = payload(plan, running, options).trimEnd();
  const head = [
    nonce,
    id,
    lockTimeout,
    Buffer.byteLength(script),
    since.toISOString(),
    who.replaceAll(/\s+/g, ' '),
  ];
  const keys = plan.keys
    .filter(step => step.do === 'write')
    .map(step => `${secretOf(step, options).reveal()}\n`);
  return `${head.join(' ')}\n${script}${keys.join('')}`;
}

function secretOf({ path }: KeyStep, { secrets }: TransactionOptions): Secret {
  const secret = secrets.get(path);
  if (secret !== undefined) return secret;
  throw new Refused(
    'key-unknown',
    `the plan writes ${path}, and the site file refers to no key for it`,
    'plan again with the site file as it is',
  );
}

/** A client's word to the switch. `until`: the end of the window, in seconds since the router started or, with `+`, from now on, and the digest of what was proven. */
export type Word = (
  | { readonly verb: 'confirm' | 'undo' | 'wait' | 'go' }
  | { readonly verb: 'until'; readonly until: number | `+${number}`; readonly proven?: string }
) & {
  /** Who says it, where that is not who applied: for the router's log. */
  readonly by?: string;
};

/**
 * The command of the exec that gives the switch a word, and waits for what it makes of it. When there is no such apply it
 * has ended, which the log says, or its script is still on the way: that one gets a moment. After a restart anybody may have
 * made /tmp/edgewg: no other script is run than one that this user has written, in a folder of its own; or, as its user, one of another
 * admin, whose folder nobody else may look into. An apply that still waits for the lock of another has no folder: whoever undoes it makes
 * that one, and with it calls it off (scripts/start.sh, `call_off`); a lock that is free has been taken by it within two seconds.
 */
export function answerCommand(id: string, word: Word, seconds: number, nonce: string): string {
  const [folder, run, mark] = [quote(`/tmp/edgewg/${id}`), quote(`/tmp/edgewg/${id}/run`), quote(nonce)];
  const ended = `grep -qsE ${quote(` ${id} (${results.join('|')}) `)} /config/user-data/edgewg/log`;
  const until = word.verb === 'until' ? ` ${word.until} ${quote(word.proven ?? '-')}` : '';
  const by = word.by === undefined && until === '' ? '' : ` ${quote(word.by ?? '')}`;
  const answer = `bash ${run} answer ${word.verb} ${seconds} ${mark}${by}${until}`;
  const ofAdmin = (path: string): string =>
    `owner=$(stat -c %U ${path} 2>/dev/null) && case " $(id -nG "$owner" 2>/dev/null) " in *' vyattacfg '*) ;; *) false ;; esac`;
  const isLocked = '[ -e /tmp/edgewg/lock ]';
  const givesUp =
    word.verb === 'undo'
      ? `{ [ $n -ge 3 ] && ${isLocked} && ! [ -L /tmp/edgewg ] && mkdir -m 0711 ${folder} 2>/dev/null; } || { ! ${isLocked} && [ $((n - locked)) -ge 3 ]; } || [ $n -ge 8 ]`
      : '[ $n -ge 3 ]';
  return [
    `n=0 locked=0; until [ -r ${run} ] || { [ -d ${folder} ] && ! [ -O ${folder} ]; } || ${ended} || ${givesUp}; do n=$((n + 1)); ! ${isLocked} || locked=$n; sleep 1; done`,
    `if ! [ -L /tmp/edgewg ] && ! [ -L ${folder} ]; then`,
    `[ -O ${folder} ] && ! [ -L ${run} ] && [ -O ${run} ] && exec ${answer}`,
    `! [ -O ${folder} ] && ${ofAdmin('/tmp/edgewg')} && ${ofAdmin(folder)} && exec sudo -n -u "$owner" ${answer}`,
    'fi',
    `printf '%s result 3 -\\n%s end 0 -\\n' ${mark} ${mark}`,
  ].join('\n');
}

function payload(plan: Plan, running: Tree, options: TransactionOptions): string {
  const { commits } = plan;
  const after = configurationAfter(running, commits);
  return [
    ...assignments({
      nonce: options.nonce,
      id: options.id,
      who: options.who,
      since: options.since.toISOString(),
      expected_digest: plan.running_digest ?? '',
      expected_seal: options.seal,
      saved_before: options.savedDigest,
      interrupted: options.interrupted.join(' '),
      with_handshakes: options.tellHandshakes === true ? '1' : '0',
      window: String(options.confirmWithin),
      patience: String(Math.max(options.lockTimeout, 1)),
      last_resort: options.lastResort,
      allow_drift: options.allowDrift ? '1' : '0',
      commits: String(commits.length),
      canary: String(options.canaryCommits ?? 0),
    }),
    define('key_steps', [...plan.keys.map(keyLine), ...helperLines(plan, 'before')]),
    define('old_helpers', helperLines(plan, 'after')),
    ...commits.flatMap(({ run, undo }, i) => [
      define(`run_${i + 1}`, run.map(operationLine)),
      define(`undo_${i + 1}`, undo.map(operationLine)),
    ]),
    define('expect', expectations(running, commits)),
    define('ipv6_new', ipv6Lines(after, commits)),
    define('ipv6_old', ipv6Lines(running, commits)),
    ...assignments({ record: options.record }),
    define(
      'told',
      toldLines(plan, options).map(line => `printf '%s\\n' ${quote(line)}`),
    ),
    transactionScript(),
  ].join('\n');
}

/** What whoever decides about an apply that is held wants to know of it: no more than is shown to every admin. */
function toldLines(plan: Plan, { file = '', hold, proofs = [] }: TransactionOptions): string[] {
  if (hold === undefined) return [];
  const paths = plan.commits.flatMap(({ run }) => run).map(({ path }) => path);
  const tunnels = touchedInterfaces(plan);
  // the names of what they are about have no blanks
  const touched = kernelPaths(paths).filter(path => tunnel.match(path) === undefined);
  return [
    `file ${file.replaceAll(/\p{Cc}/gu, ' ')}`,
    `tunnels ${tunnels.join(' ')}`,
    ...touched.map(path => `touched ${path.join(' ')}`),
    ...tellProofs(proofs),
  ];
}

function assignments(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, text]) => `${name}=${quote(text)}`);
}

function define(name: string, lines: readonly string[]): string {
  return `${name}() {\n${['  :', ...lines.map(line => `  ${line}`)].join('\n')}\n}`;
}

function operationLine({ op, path }: Operation): string {
  const words = path.map(quote).join(' ');
  return op === 'prune' ? `prune ${words}` : `op ${op} ${words}`;
}

function keyLine(step: KeyStep): string {
  if (step.do === 'generate') return `key_generate ${quote(step.tunnel)} ${quote(step.path)}`;
  if (step.do === 'write')
    return `key_write ${quote(step.tunnel)} ${quote(step.path)} ${quote(step.identity ?? '')}`;
  return `key_move ${quote(step.path)} ${(step.from ?? []).map(quote).join(' ')}`;
}

/** What is put on the router before the session, or goes after the save. */
function helperLines({ helpers = [] }: Plan, when: 'before' | 'after'): string[] {
  return helpers.filter(step => (step.do === 'remove') === (when === 'after')).map(helperLine);
}

function helperLine(step: HelperStep): string {
  if (step.do === 'remove') return `helper_remove ${quote(step.path)}`;
  const where = `${quote(step.tunnel)} ${quote(step.path)}`;
  if (step.do === 'restore') return `helper_restore ${where}`;
  const content = contentOf(step);
  if (content === undefined)
    throw new Refused(
      'helper-unknown',
      `the plan puts ${step.path} on the router, and this edgewg would put another script there`,
      'plan again with this edgewg',
    );
  return `helper_put ${where} ${quote(Buffer.from(content).toString('base64'))}`;
}

/**
 * What the router must print when everything is as before, for whoever undoes without the client: lines that are there,
 * and beginnings of lines that are not. Only our paths: others may have changed theirs meanwhile.
 */
function expectations(running: Tree, commits: readonly Commit[]): string[] {
  const after = configurationAfter(running, commits);
  const restored = applied(
    after,
    [...commits].reverse().flatMap(commit => commit.undo),
  );
  const lines = new Set<string>();
  for (const { op, path } of commits.flatMap(commit => [...commit.run, ...commit.undo])) {
    if (op === 'prune') continue;
    const node = find(restored, path);
    if (node === undefined) lines.add(`lacks ${quote(printCommand('set', path))}`);
    else if (node.children.size === 0) lines.add(`has ${quote(printCommand('set', path))}`);
    else for (const leaf of leaves(node, path)) lines.add(`has ${quote(printCommand('set', leaf.path))}`);
  }
  return [...lines];
}

/** The IPv6 addresses of every interface that the commits touch: EdgeOS may drop them on the way (docs/edgeos.md 'Running tunnels'). */
function ipv6Lines(tree: Tree, commits: readonly Commit[]): string[] {
  const touched = new Set<string>();
  for (const { path } of commits.flatMap(commit => commit.run))
    for (const name of tunnel.match(path)?.instance ?? []) touched.add(name);
  return [...touched].flatMap(name => {
    if (tunnel.says(tree, 'disable', name)) return [];
    return tunnel
      .values(tree, 'address', name)
      .filter(address => address.includes(':'))
      .map(
        address => `readd_ipv6 ${quote(name)} ${quote(canonicalInterfaceAddress(address))} ${quote(address)}`,
      );
  });
}
