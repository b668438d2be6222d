// my_set, my_delete, my_comment, my_move, my_commit, my_discard: one change each in the session that the environment
// names, below the edit level (cli_bin.cpp).
import type { Answer, Call } from '../../call.ts';
import { commit } from '../do-commit.ts';
import { checkSet, commentPath, deletePath, type Edited, makePath, type Scene } from '../edit.ts';
import type { Engine } from '../engine.ts';
import { move, rename } from '../move.ts';
import { no, ok, said } from './answers.ts';

/** What one of the programs is called with, wherever the session came from. */
export interface Edit {
  readonly verb: 'set' | 'delete' | 'comment' | 'move' | 'rename' | 'copy' | 'commit' | 'discard';
  readonly args: readonly string[];
  /** The session's id, whether there is one or not. */
  readonly sid: string;
  /** Words of the edit level. */
  readonly level: readonly string[];
}

const entry: Readonly<Record<Edit['verb'], string>> = {
  set: 'validateSetPath',
  delete: 'deleteCfgPath',
  comment: 'commentCfgPath',
  move: 'validateMoveArgs',
  rename: 'validateRenameArgs',
  copy: 'validateCopyArgs',
  commit: '',
  discard: 'discardChanges',
};

export async function edit(engine: Engine, call: Call, request: Edit): Promise<Answer> {
  const { verb, args, sid } = request;
  const session = engine.session(sid);
  if (verb === 'commit') return commit(engine, call, session, sid);
  if (verb !== 'discard' && args.length === 0)
    return said(`Need to specify the config node to ${verb}\n${failure(verb)}`, 1);
  if (verb === 'discard' && args.length > 0) return said(`Invalid discard command\n${failure(verb)}`, 1);
  if (session === undefined) return said(`calling ${entry[verb]}() without config session\n`, 1);
  if (verb === 'discard')
    return said(`${session.discard() ? 'Changes' : 'No changes'} have been discarded\n`);
  const mishap = await stepOf(engine, verb, sid);
  if (mishap !== undefined) return said(`${mishap}\n${failure(verb)}`, 1);
  const done = await carryOut(engine.scene(session, call), request);
  if (done.ok) return done.output === '' ? ok : said(done.output);
  return said(done.output + failure(verb), 1);
}

/** Counts the session's edits, so that a fault may wait for the twelfth. */
async function stepOf(engine: Engine, verb: string, sid: string): Promise<string | undefined> {
  const session = engine.session(sid);
  if (session === undefined) return undefined;
  const count = (session.edits.get(verb) ?? 0) + 1;
  session.edits.set(verb, count);
  return (await engine.faults.at(`${verb}:${count}`, sid))?.fail;
}

async function carryOut(scene: Scene, { verb, args, level }: Edit): Promise<Edited> {
  const path = [...level, ...args];
  if (verb === 'delete') return deletePath(scene, path);
  if (verb === 'comment') return commentPath(scene, path);
  if (verb === 'move') return move(scene, path);
  if (verb === 'rename' || verb === 'copy') return rename(scene, level, args, verb);
  const checked = await checkSet(scene, path);
  if (!checked.ok) return checked;
  const made = makePath(scene, path);
  return { ok: made.ok, output: checked.output + made.output };
}

function failure(verb: string): string {
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)} failed\n`;
}

/** `my_set …` with the session and the edit level that the environment names. */
export async function myProgram(engine: Engine, call: Call): Promise<Answer> {
  const verb = call.program.slice('my_'.length) as Edit['verb'];
  if (!(verb in entry)) return no;
  return edit(engine, call, { verb, args: call.args, sid: sessionIdOf(call), level: editLevel(call) });
}

const workPrefix = '/opt/vyatta/config/tmp/new_config_';

/** The session id in the environment; empty when there is none. */
export function sessionIdOf(call: Call): string {
  const folder = call.env['VYATTA_TEMP_CONFIG_DIR'] ?? '';
  return folder.startsWith(workPrefix) ? folder.slice(workPrefix.length) : '';
}

/** VYATTA_EDIT_LEVEL is a path with `%2F` for a slash in a word and `%%%` for an empty one. */
export function editLevel(call: Call): string[] {
  return (call.env['VYATTA_EDIT_LEVEL'] ?? '/')
    .split('/')
    .filter(word => word !== '')
    .map(word => (word === '%%%' ? '' : word.replaceAll('%2F', '/').replaceAll('%25', '%')));
}

export function escapeLevel(words: readonly string[]): string {
  const escaped = words.map(word =>
    word === '' ? '%%%' : word.replaceAll('%', '%25').replaceAll('/', '%2F'),
  );
  return `/${escaped.join('/')}`;
}

/** The environment that `cli-shell-api getSessionEnv` prints to be evaluated. */
export function sessionEnvironment(sid: string): string {
  const folders = [
    ['VYATTA_ACTIVE_CONFIGURATION_DIR', '/opt/vyatta/config/active'],
    ['VYATTA_CHANGES_ONLY_DIR', `/tmp/changes_only_${sid}`],
    ['VYATTA_TEMP_CONFIG_DIR', `${workPrefix}${sid}`],
    ['VYATTA_CONFIG_TMP', `/opt/vyatta/config/tmp/tmp_${sid}`],
    ['VYATTA_CONFIG_TEMPLATE', '/opt/vyatta/share/vyatta-cfg/templates'],
  ];
  const declarations = folders.map(([name, value]) => ` declare -x -r ${name}=${value};`).join('');
  return `declare -x VYATTA_EDIT_LEVEL=/; declare -x VYATTA_TEMPLATE_LEVEL=/; umask 002; {${declarations} } >&/dev/null || true`;
}
