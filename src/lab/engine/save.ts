// `save`: the active configuration with its version trailer into a file (vyatta-save-config.pl; docs/edgeos.md 'Save, load, discard').
import type { Answer, Call } from '../call.ts';
import type { Engine } from './engine.ts';
import { trailerOf } from './release.ts';
import { show } from './show.ts';

export const bootFile = '/config/config.boot';

/** The text of a saved configuration. */
export function savedText(engine: Engine, defaults: boolean): string {
  const { active, templates, release } = engine;
  const subject = { template: templates, path: [], before: active, after: active, isOne: true };
  return `${show(templates, subject, { defaults })}${trailerOf(release)}`;
}

/** An absolute path: a bare name lies in /config. */
export function inConfig(file: string): string {
  return file.startsWith('/') ? file : `/config/${file}`;
}

export async function save(engine: Engine, call: Call, args: readonly string[]): Promise<Answer> {
  if (args.length > 2) return answer('Usage: save [config_file_name] --no-defaults\n', 1);
  const name = args[0] === '--no-defaults' ? undefined : args[0];
  const file = inConfig(name ?? bootFile);
  const head =
    file === bootFile
      ? `Saving configuration to '${file}'...\n`
      : `Warning: saving configuration to non-default location '${file}'...\n`;
  const known = await engine.surroundings.files.read(file);
  if (known !== undefined && !known.toString('utf8').includes(' === vyatta-config-version:'))
    return answer(`${head}File exists and is not a Vyatta configuration file, aborting save!\n`, 1);
  if (engine.profile.save > 0) await engine.world.sleep(engine.profile.save);
  const mishap = await engine.faults.at('save', call.env['CMD_WRAPPER_SESSION_ID'] ?? String(call.ppid));
  if (mishap !== undefined) return answer(`${head}${mishap.fail}\nError saving ${file}\n`, 1);
  try {
    await writeThrough(engine, call, file, savedText(engine, !args.includes('--no-defaults')));
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOSPC'
        ? 'No space left on device'
        : 'Permission denied';
    return answer(
      `${head}Error saving ${file}\n`,
      1,
      `mv: cannot move '/tmp/config.boot.${call.pid}' to '${file}': ${reason}\n`,
    );
  }
  return answer(`${head}Done\n`, 0);
}

/** By way of /tmp, as the router does it. */
async function writeThrough(engine: Engine, call: Call, file: string, text: string): Promise<void> {
  const { files } = engine.surroundings;
  const draft = `/tmp/config.boot.${call.pid}`;
  await files.write(draft, text, 0o664, call);
  await files.write(file, text, 0o664, call);
  await files.remove(draft);
}

function answer(stdout: string, exit: number, stderr = ''): Answer {
  return { stdout, stderr, exit };
}
