// Loads the program, which is one CommonJS file (scripts/bundle.mjs). Compiling it takes longer than most plans, so what V8 made of it
// lies beside it, for the V8 that built it. Any other compiles anew, and keeps the result where Node.js has a cache for that.
import { existsSync, readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { arch, versions } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type * as Cli from './cli.ts';
import { shippedFile } from './shipped.ts';

const file = fileURLToPath(shippedFile('dist/bundle/program.cjs'));

/** What V8 compiled, by its version: it refuses what another one made, or the same with other flags. */
export const compiledFile = (): string => `${file}.${versions.v8}-${arch}`;

/** Runs the file as Node.js would, but for the compiling. */
export function loadProgram({ XDG_CACHE_HOME: cache = '' }: NodeJS.ProcessEnv): typeof Cli {
  const script = existsSync(compiledFile()) ? programScript(readFileSync(compiledFile())) : undefined;
  if (script === undefined || script.cachedDataRejected === true) {
    const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };
    // not in /tmp, where Node.js would have it: code that others could have put there
    enableCompileCache?.(join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'edgewg'));
    return nodeModule.createRequire(file)(file) as typeof Cli;
  }
  return runProgram(script);
}

export function programScript(cachedData?: Buffer): Script {
  // scripts/bundle.mjs writes ASCII: one byte a character, which V8 needn't convert
  const source = nodeModule.wrap(readFileSync(file, 'latin1'));
  return new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
}

export function runProgram(script: Script): typeof Cli {
  const module = { exports: {} as typeof Cli };
  script.runInThisContext()(module.exports, nodeModule.createRequire(file), module, file, dirname(file));
  return module.exports;
}
