// Networks, broken in one way after the other: the blog's (fixtures/blog/mutants.yaml), and one with clients (fixtures/clients).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { but } from './checked.ts';
import { root } from './run-cli.ts';

export interface Mutant {
  readonly break: string;
  /** The code that must be told. */
  readonly caught: string;
  readonly site?: Readonly<Record<string, string>>;
  readonly router?: string;
  readonly without?: readonly string[];
  readonly with?: readonly string[];
}

export interface Network {
  /** Codes of warnings that it has as it is, by router. */
  readonly unbroken: Readonly<Record<string, readonly string[]>>;
  readonly mutants: readonly Mutant[];
  readonly site: string;
  router(name: string): string;
  brokenSite(mutant: Mutant): string;
  brokenRouter(mutant: Mutant): string;
}

function networkIn(folder: string): Network {
  const read = (name: string): string => readFileSync(new URL(`fixtures/${folder}/${name}`, root), 'utf8');
  const { unbroken, mutants } = parse(read('mutants.yaml')) as Pick<Network, 'unbroken' | 'mutants'>;
  const site = read('site.yaml');
  const router = (name: string): string => read(`${name}.commands`);
  return {
    unbroken,
    mutants,
    site,
    router,
    brokenSite: mutant => but(site, ...Object.entries(mutant.site ?? {})),
    /** Lines go and come; a line that should go must be there. */
    brokenRouter({ router: name = 'router', without = [], with: more = [] }) {
      const lines = router(name).split('\n');
      for (const start of without)
        assert.ok(
          lines.some(line => line.startsWith(`set ${start}`)),
          `nothing to take away: ${start}`,
        );
      const left = lines.filter(line => !without.some(start => line.startsWith(`set ${start}`)));
      return [...left, ...more.map(line => `set ${line}`)].join('\n');
    },
  };
}

export const networks = { blog: networkIn('blog'), clients: networkIn('clients') } as const;

/** Broken in one way each, for those that want nothing but the files. */
export const brokenNetworks = (): { name: string; site: string; router: string }[] =>
  Object.values(networks).flatMap(network =>
    network.mutants.map(mutant => ({
      name: mutant.break,
      site: network.brokenSite(mutant),
      router: network.brokenRouter(mutant),
    })),
  );
