// Loads the program, which lies beside this start as a few CommonJS files (scripts/bundle.mjs).
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Cli from './cli.ts';
import { shippedFile } from './shipped.ts';

/** Compiling it takes longer than most plans: Node.js keeps what came of it where it has a cache for that (22.1 and later). */
export function loadProgram({ XDG_CACHE_HOME: cache = '' }: NodeJS.ProcessEnv): typeof Cli {
  const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
  // not in /tmp, where Node.js would have it: code that others could have put there
  enableCompileCache?.(join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'edgewg'));
  const file = fileURLToPath(shippedFile('dist/bundle/program.cjs'));
  return nodeModule.createRequire(file)(file) as typeof Cli;
}
