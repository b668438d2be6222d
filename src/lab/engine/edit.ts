// set, delete, comment and move in a session's working configuration, with the sentences of the router (cstore.cpp;
// transcripts set-errors, existing-and-missing, defaults).
import type { Call } from '../call.ts';
import { type Outcome, printOutcome } from './action.ts';
import { at, type ConfigNode, type View } from './config.ts';
import { layerAt, removeAt } from './overlay.ts';
import type { Session } from './session.ts';
import { type Place, placeOf, type Template, takesValue } from './template.ts';
import { characterProblem, typeProblem } from './values.ts';
import type { World } from './world.ts';

type Path = readonly string[];

/** What an edit printed, and whether it counts as done. */
export interface Edited {
  readonly ok: boolean;
  readonly output: string;
}

const notValid = 'The specified configuration node is not valid\n';
const done: Edited = { ok: true, output: '' };
const refuse = (output: string): Edited => ({ ok: false, output });

/** Where an edit happens. */
export interface Scene {
  readonly templates: Template;
  readonly active: ConfigNode;
  readonly session: Session;
  readonly call: Call;
  readonly world: World;
}

/** Whether `path` may be set, its values checked by their templates from the left. */
export async function checkSet(scene: Scene, path: Path): Promise<Edited> {
  const { place, output } = await checkedPlace(scene, path);
  if (place === undefined) return refuse(output);
  if (!place.isValue && takesValue(place.template))
    return refuse(`${output}The specified configuration node requires a value\n`);
  if (place.isValue) return { ok: true, output };
  const verdict = await checkValue(scene, place.template, path, '');
  return { ok: verdict.ok, output: output + verdict.output };
}

/** Where `path` leads when its values pass; `output` ends with the reason when they don't. */
export async function checkedPlace(
  scene: Scene,
  path: Path,
): Promise<{ place: Place | undefined; output: string }> {
  let output = '';
  let template = scene.templates;
  for (let i = 0; i < path.length; i++) {
    const next = template.children.get(path[i] ?? '');
    if (next === undefined) return { place: undefined, output: output + notValid };
    template = next;
    if (!takesValue(template) || i + 1 === path.length) continue;
    i++;
    const isLast = i + 1 === path.length;
    if (!isLast && (template.kind !== 'tag' || path[i] === ''))
      return { place: undefined, output: output + notValid };
    const verdict = await checkValue(scene, template, path.slice(0, i), path[i] ?? '');
    output += verdict.output;
    if (!verdict.ok) return { place: undefined, output: `${output}Value validation failed\n` };
    if (isLast) return { place: { template, isValue: true }, output };
  }
  if (path.length === 0) return { place: undefined, output: notValid };
  return { place: { template, isValue: false }, output };
}

/** One value by its template: forbidden characters, type, then the template's own checks. */
async function checkValue(scene: Scene, template: Template, node: Path, value: string): Promise<Edited> {
  const problem = characterProblem(value) ?? typeProblem(template, value);
  if (problem !== undefined) return refuse(problem);
  let output = '';
  for (const check of template.checks) {
    if (check.onlyInCommit) continue;
    const outcome: Outcome = await check.run({
      state: 'unchanged',
      path: template.kind === 'tag' ? [...node, value] : node,
      value,
      inCommit: false,
      active: scene.active,
      working: scene.session.working,
      call: scene.call,
      session: scene.session.id,
      world: scene.world,
    });
    output += printOutcome(outcome, undefined);
    if (!outcome.ok) return refuse(output);
  }
  return { ok: true, output };
}

/** Whether the working configuration has `path`, as a node or as a value of one. */
export function exists(view: View, path: Path, isValue: boolean): boolean {
  if (at(view, path) !== undefined) return true;
  return isValue && (at(view, path.slice(0, -1))?.values?.includes(path.at(-1) ?? '') ?? false);
}

/** Makes `path`, which passed {@link checkSet}: every missing node on the way, with the defaults below it. */
export function makePath(scene: Scene, path: Path): Edited {
  const { session, templates } = scene;
  let isNew = false;
  for (let length = 1; length <= path.length; length++) {
    const part = path.slice(0, length);
    const place = placeOf(templates, part);
    if (place === undefined) return refuse(notValid);
    if (exists(session.working, part, place.isValue)) continue;
    const refusal = makeOne(scene, part, place);
    session.changed = true;
    if (refusal !== undefined) return refuse(refusal);
    isNew = true;
  }
  const last = placeOf(templates, path);
  if (last?.isValue && last.template.default !== undefined) {
    // The router forgets whether the mark was there, so that a leaf with a default never 'already exists'.
    layerAt(session.layer, path.slice(0, -1)).isDefault = false;
    session.changed = true;
    isNew = true;
  }
  return isNew ? done : { ok: true, output: 'The specified configuration node already exists\n' };
}

function makeOne(scene: Scene, path: Path, { template, isValue }: Place): string | undefined {
  const { session } = scene;
  const value = path.at(-1) ?? '';
  const node = isValue ? path.slice(0, -1) : path;
  if (isValue && template.kind !== 'tag') {
    const values = at(session.working, node)?.values ?? [];
    const { kind, limit } = template;
    if (kind === 'multi' && limit !== undefined && values.length >= limit)
      return `Cannot set value "${value}": number of values exceeded (${limit} allowed)\n`;
    layerAt(session.layer, node).values = kind === 'multi' ? [...values, value] : [value];
    return undefined;
  }
  if (isValue && template.limit !== undefined) {
    const count = at(session.working, node)?.names().length ?? 0;
    if (count >= template.limit)
      return `Cannot set node "${value}": number of values exceeds limit(${template.limit} allowed)\n`;
  }
  layerAt(session.layer, path);
  if (isValue || !takesValue(template)) makeDefaults(scene, path, template);
  return undefined;
}

function makeDefaults({ session }: Scene, path: Path, template: Template): void {
  for (const [name, child] of template.children) {
    if (child.default === undefined) continue;
    const layer = layerAt(session.layer, [...path, name]);
    layer.values = [child.default];
    layer.isDefault = true;
  }
}

/** Deletes `path`; a leaf with a default goes back to it. */
export function deletePath(scene: Scene, path: Path): Edited {
  const { session, active } = scene;
  const place = placeOf(scene.templates, path);
  if (place === undefined) return refuse(notValid);
  const { template, isValue } = place;
  if (!exists(session.working, path, isValue)) {
    const what = !isValue || template.kind === 'tag' ? 'node' : 'value';
    return { ok: true, output: `Nothing to delete (the specified ${what} does not exist)\n` };
  }
  session.changed = true;
  const node = isValue && template.kind !== 'tag' ? path.slice(0, -1) : path;
  if (template.default !== undefined) {
    const layer = layerAt(session.layer, node);
    layer.values = [template.default];
    layer.isDefault = true;
    return done;
  }
  const rest = at(session.working, node)?.values?.filter(value => value !== path.at(-1)) ?? [];
  if (isValue && template.kind === 'multi' && rest.length > 0) {
    layerAt(session.layer, node).values = rest;
    return done;
  }
  removeAt(active, session.layer, node);
  const tag = path.slice(0, -1);
  if (isValue && template.kind === 'tag' && at(session.working, tag)?.names().length === 0)
    removeAt(active, session.layer, tag);
  return done;
}

/** `comment PATH TEXT`: an empty text removes the comment. */
export function commentPath(scene: Scene, args: Path): Edited {
  const path = args.slice(0, -1);
  const text = args.at(-1) ?? '';
  const place = placeOf(scene.templates, path);
  if (place === undefined) return refuse(notValid);
  const { template, isValue } = place;
  if (!exists(scene.session.working, path, isValue))
    return refuse('The specified config node does not exist\n');
  if (isValue && template.kind !== 'tag') return refuse('Cannot comment on config values\n');
  if (!isValue && template.kind === 'tag') return refuse('Cannot add comment at this level\n');
  if (text.includes('*')) return refuse("Cannot use the '*' character in a comment\n");
  if (text === '' && at(scene.session.working, path)?.comment === undefined)
    return refuse('Failed to remove comment for specified config node\n');
  layerAt(scene.session.layer, path).comment = text === '' ? null : text;
  scene.session.changed = true;
  return done;
}
