// Loads the program, which lies beside this start as a few CommonJS files (scripts/bundle.mjs). They require one another by their names
// alone, so that none of them is looked for; and what V8 compiled of them is kept (code-cache.ts).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type * as Cli from './cli.ts';
import { type CacheHost, openCodeCache } from './code-cache.ts';
import { shippedFile } from './shipped.ts';

interface Loaded {
  exports: unknown;
}

/** `argv` says which command it is for: each uses other parts of the program. */
export function loadProgram(argv: readonly string[], host: CacheHost): typeof Cli {
  const folder = fileURLToPath(shippedFile('dist/bundle/'));
  const cache = openCodeCache(argv, host);
  const requireOther = createRequire(folder);
  const known = new Map<string, Loaded>();
  const load = (name: string): unknown => {
    const before = known.get(name);
    if (before !== undefined) return before.exports;
    const module: Loaded = { exports: {} };
    known.set(name, module);
    const filename = `${folder}${name}`;
    const source = readFileSync(filename);
    const cachedData = cache?.find(name, source);
    const script = new Script(
      `(function(exports,require,module,__filename,__dirname){${source.toString('utf8')}\n})`,
      {
        filename,
        ...(cachedData && { cachedData }),
      },
    );
    cache?.keep(name, script);
    script.runInThisContext()(module.exports, requireOne, module, filename, folder);
    return module.exports;
  };
  const requireOne = (id: string): unknown => (id.startsWith('./') ? load(id.slice(2)) : requireOther(id));
  return load('program.cjs') as typeof Cli;
}
