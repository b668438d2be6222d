// The edit level of configure mode: `edit`, `up` and `top` as environments to be evaluated by the shell.
import type { Answer, Call } from '../../call.ts';
import { checkSet, exists, makePath } from '../edit.ts';
import type { Engine } from '../engine.ts';
import { placeOf } from '../template.ts';
import { said } from './answers.ts';
import { editLevel, escapeLevel, sessionIdOf } from './edits.ts';

export async function editEnvironment(
  engine: Engine,
  call: Call,
  way: 'down' | 'up' | 'top',
  args: readonly string[],
): Promise<Answer> {
  const session = engine.session(sessionIdOf(call));
  if (session === undefined) return said('calling getEditEnv() without config session\n', 1);
  const level = editLevel(call);
  if (way === 'top') return said(environment([]));
  if (way === 'up') {
    if (level.length === 0) return said('Already at the top level\n', 1);
    const place = placeOf(engine.templates, level);
    return said(environment(level.slice(0, place?.isValue ? -2 : -1)));
  }
  const path = [...level, ...args];
  const place = placeOf(engine.templates, path);
  if (place === undefined) return said('The specified configuration node is not valid\n', 1);
  const { kind } = place.template;
  const isLevel = kind === 'tag' ? place.isValue : kind === 'node' || kind === 'flag';
  if (!isLevel) return said('The "edit" command cannot be issued at the specified level\n', 1);
  if (!exists(session.working, path, place.isValue)) {
    const scene = engine.scene(session, call);
    const checked = await checkSet(scene, path);
    if (!checked.ok) return said(`${checked.output}The specified config path is not valid\n`, 1);
    makePath(scene, path);
  }
  return said(environment(path));
}

/** Single quotes are enough: no word of a configuration holds one. The prompt's escapes are bash's. */
function environment(level: readonly string[]): string {
  const path = escapeLevel(level);
  const edit = level.length === 0 ? '[edit]' : `[edit ${level.join(' ')}]`;
  const levels = `export VYATTA_EDIT_LEVEL='${path}'; export VYATTA_TEMPLATE_LEVEL='${path}'; `;
  return `${levels}export PS1='${edit}\\n\\u@\\h# ';`;
}
