// `load` and `merge`: a file into the working configuration. `load` takes the difference between the active
// configuration and the file and applies it, going on past what it can't set (vyatta-load-config.pl; cstore.cpp).
import type { Answer, Call } from '../call.ts';
import { commandsBetween, commandsOf } from './commands.ts';
import { checkSet, commentPath, deletePath, makePath, type Scene } from './edit.ts';
import type { Engine } from './engine.ts';
import { readWritten, type Understood, UnreadableConfig, understand } from './parse.ts';
import { trailerOf } from './release.ts';
import { bootFile, inConfig } from './save.ts';
import type { Session } from './session.ts';
import { placeOf } from './template.ts';

/** Exit code by which the box learns that a person has to be asked before it calls again with `--confirmed`. */
const mustAsk = 77;

export async function load(
  engine: Engine,
  call: Call,
  session: Session | undefined,
  args: readonly string[],
): Promise<Answer> {
  const isMerge = args.some(arg => arg === '--merge' || arg.startsWith('--merge='));
  const isConfirmed = args.includes('--confirmed');
  const file = inConfig(args.find(arg => !arg.startsWith('--')) ?? bootFile);
  const data = await engine.surroundings.files.read(file, call);
  if (data === undefined)
    return {
      stdout: '',
      stderr: `Cannot open configuration file ${file}: No such file or directory\n`,
      exit: 2,
    };
  let text = data.toString('utf8');
  if (!text.includes('vyatta-config-version') && !isConfirmed) {
    if (call.isTerminal) return { stdout: '', stderr: '', exit: mustAsk };
    const stdout = 'Warning: file does NOT appear to be a valid config file.\n';
    const script = '/opt/vyatta/sbin/vyatta-load-config.pl';
    const stderr = `Cannot write to terminal: No such device or address at ${script} line 147.\n`;
    return { stdout, stderr, exit: 6 };
  }
  if (!text.includes('vyatta-config-version')) text = await migrate(engine, call, file, text);
  const head = `Loading configuration from '${file}'...\n`;
  const mishap = await engine.faults.at('load', session?.id ?? '');
  if (mishap !== undefined) return { stdout: `${head}${mishap.fail}\n`, stderr: '', exit: 1 };
  if (session === undefined)
    return {
      stdout: `${head}Cannot load config outside configuration session\ncalling loadFile() without config session\n`,
      stderr: '',
      exit: 1,
    };
  const scene = engine.scene(session, call);
  const said = isMerge ? await mergeText(scene, text) : await loadText(scene, text);
  const tail = session.changed
    ? `\n${isMerge ? 'Merge' : 'Load'} complete.  Use 'commit' to make changes active.\n`
    : 'No configuration changes to commit\n';
  return { stdout: head + said + tail, stderr: '', exit: 0 };
}

/** A file without the version line gets one; what it was stays beside it. */
async function migrate(engine: Engine, call: Call, file: string, text: string): Promise<string> {
  const stamp = engine.world
    .now()
    .toISOString()
    .replace(/T(\d\d):(\d\d).*/, '-$1$2');
  const { files } = engine.surroundings;
  await files.write(`${file}.${stamp}.pre-migration`, text, 0o644, call);
  const migrated = text + trailerOf(engine.release);
  await files.write(file, migrated, 0o644, call);
  return migrated;
}

/** Applies a file's text by `load`; gives what the router prints while it does. */
export async function loadText(scene: Scene, text: string): Promise<string> {
  let file: Understood;
  try {
    file = understand(scene.templates, readWritten(text));
  } catch (error) {
    if (!(error instanceof UnreadableConfig)) throw error;
    return `${error.message}Failed to parse specified config file\n`;
  }
  const start = { template: scene.templates, isInstance: false, words: [] };
  const { deletes, sets, comments } = commandsBetween(start, scene.active, file.config);
  let said = '';
  const report = (verb: string, path: readonly string[], edited: { ok: boolean; output: string }): void => {
    said += edited.output;
    if (!edited.ok) said += `${verb} [${path.map(word => `'${word}'`).join(' ')}] failed\n`;
  };
  for (const path of deletes) report('Delete', path, deletePath(scene, path));
  for (const path of sets) report('Set', path, makePath(scene, path));
  for (const path of file.unknown) report('Set', path, unknownPath(scene, path));
  for (const path of comments) report('Comment', path, commentPath(scene, path));
  return said;
}

/** A path of the file that no template has fails; one that lacks its value fails with another sentence. */
function unknownPath(scene: Scene, path: readonly string[]): { ok: boolean; output: string } {
  const isKnown = placeOf(scene.templates, path) !== undefined;
  const sentence = isKnown
    ? 'The specified configuration node requires a value\n'
    : 'The specified configuration node is not valid\n';
  return { ok: false, output: sentence };
}

/** `merge` sets line by line, every value checked. */
async function mergeText(scene: Scene, text: string): Promise<string> {
  let file: Understood;
  try {
    file = understand(scene.templates, readWritten(text));
  } catch (error) {
    if (!(error instanceof UnreadableConfig)) throw error;
    return error.message;
  }
  const start = { template: scene.templates, isInstance: false, words: [] };
  const { sets } = commandsOf(start, file.config);
  let said = '';
  for (const path of [...sets, ...file.unknown]) {
    const place = placeOf(scene.templates, path);
    const checked = await checkSet(scene, path);
    said += checked.output;
    const made = checked.ok && place !== undefined ? makePath(scene, path) : checked;
    if (made !== checked && !made.output.includes('already exists')) said += made.output;
    if (!made.ok) said += `Set failed\n"set ${path.map(word => `'${word}'`).join(' ')}" failed\n`;
  }
  return said;
}
