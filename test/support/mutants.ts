// The blog's network, broken in one way after the other (fixtures/blog/mutants.yaml).
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

const blog = new URL('fixtures/blog/', root);
const read = (name: string): string => readFileSync(new URL(name, blog), 'utf8');

export const { unbroken, mutants } = parse(read('mutants.yaml')) as {
  unbroken: Record<string, string[]>;
  mutants: Mutant[];
};

export const blogSite = read('site.yaml');
export const blogRouter = (name: string): string => read(`${name}.commands`);

export const brokenSite = ({ site }: Mutant): string => but(blogSite, ...Object.entries(site ?? {}));

/** Lines go and come; a line that should go must be there. */
export function brokenRouter({ router = 'router', without = [], with: more = [] }: Mutant): string {
  const lines = blogRouter(router).split('\n');
  for (const start of without)
    assert.ok(
      lines.some(line => line.startsWith(`set ${start}`)),
      `nothing to take away: ${start}`,
    );
  const left = lines.filter(line => !without.some(start => line.startsWith(`set ${start}`)));
  return [...left, ...more.map(line => `set ${line}`)].join('\n');
}

export const brokenBlogs = (): { name: string; site: string; router: string }[] =>
  mutants.map(mutant => ({
    name: mutant.break,
    site: brokenSite(mutant),
    router: brokenRouter(mutant),
  }));
