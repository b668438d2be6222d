// `cli-shell-api showCfg` and `showConfig` with all their options (cli_shell_api.cpp; transcripts load-save-merge,
// interactive/02).
import type { Answer, Call } from '../../call.ts';
import { commandsBetween, commandsOf, printLists, type Start } from '../commands.ts';
import { at, type View } from '../config.ts';
import type { Engine } from '../engine.ts';
import { readWritten, UnreadableConfig, understand } from '../parse.ts';
import type { Session } from '../session.ts';
import { show } from '../show.ts';
import { placeOf, type Template } from '../template.ts';
import { said } from './answers.ts';

interface Options {
  readonly flags: ReadonlySet<string>;
  readonly cfg1: string | undefined;
  readonly cfg2: string | undefined;
  readonly path: readonly string[];
}

/** Options may stand anywhere; what is left is the path. */
function readOptions(args: readonly string[]): Options {
  const flags = new Set<string>();
  const path: string[] = [];
  const files: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const [, name = '', value] = /^--(show-cfg[12])(?:=(.*))?$/.exec(arg) ?? [];
    if (name !== '') files[name] = value ?? args[++i] ?? '';
    else if (arg === '--') path.push(...args.slice(i + 1).splice(0));
    else if (arg.startsWith('--')) flags.add(arg.slice(2));
    else path.push(arg);
    if (arg === '--') break;
  }
  return { flags, cfg1: files['show-cfg1'], cfg2: files['show-cfg2'], path };
}

/** `show` of the config wrapper and `showCfg`: working against active, or active alone outside a session. */
export function showCfg(
  engine: Engine,
  session: Session | undefined,
  args: readonly string[],
  level: readonly string[],
): Answer {
  const { flags, path } = readOptions(args);
  const full = [...level, ...path];
  const isActive = session === undefined || flags.has('show-active-only');
  const isWorking = !isActive && flags.has('show-working-only');
  const before = at<View>(isWorking ? session.working : engine.active, full);
  const after = isActive ? before : at(session.working, full);
  const subject = {
    template: engine.templates,
    path: full,
    level,
    before,
    after,
    isOne: isActive || isWorking,
  };
  return said(show(engine.templates, subject, showOptions(flags)));
}

function showOptions(flags: ReadonlySet<string>): {
  defaults: boolean;
  hideSecrets: boolean;
  context: boolean;
} {
  return {
    defaults: flags.has('show-show-defaults'),
    hideSecrets: flags.has('show-hide-secrets'),
    context: flags.has('show-context-diff'),
  };
}

/** `showConfig`: any two of @ACTIVE, @WORKING and files. Path and edit level count only where no file is asked for. */
export async function showConfig(
  engine: Engine,
  call: Call,
  session: Session | undefined,
  args: readonly string[],
  level: readonly string[],
): Promise<Answer> {
  const { flags, cfg1, cfg2, path } = readOptions(args);
  let [one, two] = ['@ACTIVE', '@WORKING'];
  if (flags.has('show-active-only')) two = '@ACTIVE';
  else if (flags.has('show-working-only')) one = '@WORKING';
  else if (cfg1 !== undefined && cfg2 !== undefined) [one, two] = [cfg1, cfg2];
  const hasFile = [one, two].some(name => !name.startsWith('@'));
  const useLevel = !flags.has('show-ignore-edit') && !hasFile;
  if ([one, two].includes('@WORKING') && session === undefined)
    return said('calling cfgPathExists() without config session\n', 1);
  const views = [await viewOf(engine, call, session, one), await viewOf(engine, call, session, two)];
  const [before, after] = views;
  if (before === undefined || after === undefined) return said('Cannot parse specified config file(s)\n');
  const top = useLevel ? level : [];
  const full = useLevel ? [...top, ...path] : [];
  const subject = {
    template: engine.templates,
    path: full,
    level: top,
    before: at(before, full),
    after: at(after, full),
    isOne: one === two,
  };
  if (flags.has('show-commands')) return said(commands(engine.templates, full, subject));
  return said(show(engine.templates, subject, showOptions(flags)));
}

async function viewOf(
  engine: Engine,
  call: Call,
  session: Session | undefined,
  name: string,
): Promise<View | undefined> {
  if (name === '@ACTIVE') return engine.active;
  if (name === '@WORKING') return session?.working;
  const data = await engine.surroundings.files.read(name, call);
  if (data === undefined) return undefined;
  try {
    return understand(engine.templates, readWritten(data.toString('utf8'))).config;
  } catch (error) {
    if (error instanceof UnreadableConfig) return undefined;
    throw error;
  }
}

/** Lines begin with the last node of the path, not with the whole of it (interactive/03). */
function commands(
  templates: Template,
  path: readonly string[],
  { before, after, isOne }: { before: View | undefined; after: View | undefined; isOne: boolean },
): string {
  const place = placeOf(templates, path);
  if (path.length > 0 && place === undefined) return '';
  const words = path.slice(place?.isValue ? -2 : -1);
  const start: Start = { template: place?.template ?? templates, isInstance: place?.isValue ?? false, words };
  return printLists(isOne ? commandsOf(start, after) : commandsBetween(start, before, after));
}
