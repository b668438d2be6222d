// The keys that a site file names by reference, for the commands that contact a router: read by the means of the command
// line, hidden from logs that can hide them.
import { Refused } from '../errors.ts';
import type { Extent, Outside } from '../keys/references.ts';
import type { Secret } from '../secret.ts';
import type { LoadedSite, SitePath } from '../site/load.ts';
import type { KeyIdentity } from '../wireguard/key.ts';
import type { Io } from './io.ts';

/** Larger than any key, and small enough to be read in vain. */
const mostBytes = 64 * 1024;

export interface SiteKeys {
  /** What may be known of the key at a path of the site file; undefined when it wasn't resolved. */
  identityOf(at: SitePath): KeyIdentity | undefined;
  /** The keys by the file on the router in which they will lie. */
  readonly secrets: ReadonlyMap<string, Secret>;
}

/** Rejects with all references that yield no key, at their places in the site file. */
export async function readKeys(loaded: LoadedSite, io: Io, extent: Extent): Promise<SiteKeys> {
  const { site } = loaded;
  const { placeName, referencesOf, resolveReferences } = await import('../keys/references.ts');
  if (referencesOf(site).length === 0) return { identityOf: () => undefined, secrets: new Map() };
  const { keys, faults } = await resolveReferences(site, await outside(loaded, io), extent);
  for (const { secret } of keys.values()) io.hide(secret);
  if (faults.length > 0) {
    const { SiteProblems } = await import('../site/problem.ts');
    const problems = faults.map(fault => loaded.problemAt(fault.at, fault));
    throw new SiteProblems(loaded.place([]).file, problems);
  }
  return {
    identityOf: at => keys.get(placeName(at)),
    secrets: new Map([...keys.values()].map(key => [key.path, key.secret])),
  };
}

/** Files and programs as seen from the site file's folder. */
export async function outside(loaded: LoadedSite, io: Io): Promise<Outside> {
  const { dirname, resolve } = await import('node:path');
  const { lastWords } = await import('../vyatta/scrub.ts');
  const { secretVariables } = await import('../keys/references.ts');
  const folder = resolve(io.cwd, dirname(loaded.place([]).file));
  const withheld = secretVariables(loaded.site);
  return {
    env: io.env,
    readFile: path => io.readFile(resolve(folder, path), mostBytes, 'files').catch(isMissing),
    run: words => io.run(words, { cwd: folder, withheld }),
    lastWords,
  };
}

/** `undefined` for a file that isn't there, and the error again for any other. */
function isMissing(error: unknown): undefined {
  const cause = error instanceof Refused ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (cause?.code !== 'ENOENT') throw error;
}
