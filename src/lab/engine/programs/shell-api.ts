// cli-shell-api: what scripts of the router ask of the configuration (cli_shell_api.cpp; transcript probes).

import { byVersion } from '../../../vyatta/tree.ts';
import type { Answer, Call } from '../../call.ts';
import { at, type View } from '../config.ts';
import { checkedPlace, exists } from '../edit.ts';
import type { Engine } from '../engine.ts';
import { loadText } from '../load.ts';
import { readWritten, understand } from '../parse.ts';
import { placeOf, type Template } from '../template.ts';
import { complaint, no, ok, said } from './answers.ts';
import { editEnvironment } from './edit-level.ts';
import { editLevel, sessionEnvironment, sessionIdOf } from './edits.ts';
import { showCfg, showConfig } from './show-api.ts';

type Operation = (engine: Engine, call: Call, args: readonly string[]) => Answer | Promise<Answer>;

const yes = (answer: boolean): Answer => (answer ? ok : no);
const list = (words: readonly string[]): Answer => said(words.map(word => `'${word}'`).join(' '));

function sessionOf(engine: Engine, call: Call) {
  return engine.session(sessionIdOf(call));
}

/** Reads the working configuration; without a session the router's library gives up. */
function inWorking(read: (view: View, engine: Engine, args: readonly string[]) => Answer): Operation {
  return (engine, call, args) => {
    const session = sessionOf(engine, call);
    if (session === undefined) return said('calling cfgPathExists() without config session\n', 1);
    return read(session.working, engine, args);
  };
}

const inActive =
  (read: (view: View, engine: Engine, args: readonly string[]) => Answer): Operation =>
  (engine, _call, args) =>
    read(engine.active, engine, args);

/** What is in force: outside a commit that is the active configuration. */
const inEffect = inActive;

function isThere(view: View, engine: Engine, path: readonly string[]): Answer {
  const place = placeOf(engine.templates, path);
  return yes(place !== undefined && exists(view, path, place.isValue));
}

function nodes(view: View, _engine: Engine, path: readonly string[]): Answer {
  const node = at(view, path);
  return list(node === undefined || node.values !== undefined ? [] : node.names().sort(byVersion));
}

function oneValue(view: View, engine: Engine, path: readonly string[]): Answer {
  const values = at(view, path)?.values;
  if (placeOf(engine.templates, path)?.template.kind !== 'leaf' || values === undefined) return no;
  return said(values[0] ?? '');
}

function allValues(view: View, engine: Engine, path: readonly string[]): Answer {
  const values = at(view, path)?.values;
  if (placeOf(engine.templates, path)?.template.kind !== 'multi' || values === undefined) return no;
  return list(values);
}

/** `getNodeType`: a value isn't a node, and what nobody knows counts as no leaf. */
function typeOf(templates: Template, path: readonly string[]): string {
  const place = placeOf(templates, path);
  if (place === undefined || place.isValue) return 'non-leaf';
  const { kind } = place.template;
  if (kind === 'tag' || kind === 'multi') return kind;
  return kind === 'node' && place.template.children.size > 0 ? 'non-leaf' : 'leaf';
}

const isKind =
  (kinds: readonly string[]): Operation =>
  ({ templates }, _call, args) =>
    yes(kinds.includes(typeOf(templates, args)));

async function validate(engine: Engine, call: Call, path: readonly string[]): Promise<Answer> {
  const session = sessionOf(engine, call) ?? engine.outside;
  const { place } = await checkedPlace(engine.scene(session, call), path);
  return yes(place !== undefined);
}

async function inFile(
  engine: Engine,
  call: Call,
  args: readonly string[],
  read: (view: View, engine: Engine, path: readonly string[]) => Answer,
): Promise<Answer> {
  const [file = '', ...path] = args;
  const data = await engine.surroundings.files.read(file, call);
  if (data === undefined) return no;
  return read(understand(engine.templates, readWritten(data.toString('utf8'))).config, engine, path);
}

const needsPath = 'Must specify config path';

/** Name, least number of arguments, what is said without them, what it does. */
const operations: Readonly<Record<string, readonly [number, string, Operation]>> = {
  getSessionEnv: [
    1,
    'Must specify session ID',
    (_engine, _call, [sid = '']) => said(sessionEnvironment(sid)),
  ],
  getEditEnv: [1, needsPath, (engine, call, args) => editEnvironment(engine, call, 'down', args)],
  getEditUpEnv: [0, '', (engine, call) => editEnvironment(engine, call, 'up', [])],
  getEditResetEnv: [0, '', (engine, call) => editEnvironment(engine, call, 'top', [])],
  editLevelAtRoot: [0, '', (_engine, call) => yes(editLevel(call).length === 0)],
  getEditLevelStr: [0, '', (_engine, call) => said(editLevel(call).join(' '))],
  markSessionUnsaved: [0, '', (engine, call) => mark(engine, call, true)],
  unmarkSessionUnsaved: [0, '', (engine, call) => mark(engine, call, false)],
  sessionUnsaved: [0, '', (engine, call) => yes(sessionOf(engine, call)?.unsaved ?? false)],
  sessionChanged: [0, '', (engine, call) => yes(sessionOf(engine, call)?.changed ?? false)],
  setupSession: [0, '', setUp],
  teardownSession: [0, '', (engine, call) => yes(engine.sessions.delete(sessionIdOf(call)))],
  inSession: [0, '', (engine, call) => yes(sessionOf(engine, call) !== undefined)],
  exists: [1, needsPath, inWorking(isThere)],
  existsActive: [1, needsPath, inActive(isThere)],
  existsEffective: [1, needsPath, inEffect(isThere)],
  listNodes: [0, '', inWorking(nodes)],
  listActiveNodes: [0, '', inActive(nodes)],
  listEffectiveNodes: [1, needsPath, inEffect(nodes)],
  returnValue: [1, needsPath, inWorking(oneValue)],
  returnActiveValue: [1, needsPath, inActive(oneValue)],
  returnEffectiveValue: [1, needsPath, inEffect(oneValue)],
  returnValues: [1, needsPath, inWorking(allValues)],
  returnActiveValues: [1, needsPath, inActive(allValues)],
  returnEffectiveValues: [1, needsPath, inEffect(allValues)],
  isMulti: [1, needsPath, isKind(['multi'])],
  isTag: [1, needsPath, isKind(['tag'])],
  isLeaf: [1, needsPath, isKind(['leaf', 'multi'])],
  isValue: [1, needsPath, ({ templates }, _call, args) => yes(placeOf(templates, args)?.isValue ?? false)],
  getNodeType: [1, needsPath, ({ templates }, _call, args) => said(typeOf(templates, args))],
  validateTmplPath: [
    1,
    needsPath,
    ({ templates }, _call, args) => yes(placeOf(templates, args) !== undefined),
  ],
  validateTmplValPath: [1, needsPath, validate],
  loadFile: [1, 'Must specify config file', loadFile],
  getPreCommitHookDir: [0, '', () => said('/etc/commit/pre-hooks.d')],
  getPostCommitHookDir: [0, '', () => said('/etc/commit/post-hooks.d')],
  cfExists: [2, 'Must specify config file and path', (e, c, a) => inFile(e, c, a, isThere)],
  cfReturnValue: [2, 'Must specify config file and path', (e, c, a) => inFile(e, c, a, oneValue)],
  cfReturnValues: [2, 'Must specify config file and path', (e, c, a) => inFile(e, c, a, allValues)],
};

function mark(engine: Engine, call: Call, unsaved: boolean): Answer {
  const session = sessionOf(engine, call);
  if (session === undefined) return no;
  session.unsaved = unsaved;
  return ok;
}

function setUp(engine: Engine, call: Call): Answer {
  const sid = sessionIdOf(call);
  if (sid === '' || !engine.isAdmin(call.user)) return no;
  engine.begin(sid);
  return ok;
}

async function loadFile(engine: Engine, call: Call, args: readonly string[]): Promise<Answer> {
  const session = sessionOf(engine, call);
  if (session === undefined)
    return said(
      'Cannot load config outside configuration session\ncalling loadFile() without config session\n',
      1,
    );
  const data = await engine.surroundings.files.read(args[0] ?? '', call);
  if (data === undefined) return said('Failed to open specified config file\n', 1);
  const output = await loadText(engine.scene(session, call), data.toString('utf8'));
  return said(output, output.endsWith('Failed to parse specified config file\n') ? 1 : 0);
}

export async function shellApi(engine: Engine, call: Call): Promise<Answer> {
  const position = call.args.findIndex((arg, i) => !arg.startsWith('--') && !isOptionValue(call.args[i - 1]));
  if (position === -1) return complaint('Must specify operation\n');
  const name = call.args[position] ?? '';
  const args = [...call.args.slice(0, position), ...call.args.slice(position + 1)];
  const session = sessionOf(engine, call);
  if (name === 'showCfg') return showCfg(engine, session, args, editLevel(call));
  if (name === 'showConfig') return showConfig(engine, call, session, args, editLevel(call));
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) return complaint('Invalid operation\n');
  const [least, sentence, run] = operation;
  if (args.length < least) return complaint(`${sentence}\n`);
  return run(engine, call, args);
}

function isOptionValue(before: string | undefined): boolean {
  return before === '--show-cfg1' || before === '--show-cfg2';
}
