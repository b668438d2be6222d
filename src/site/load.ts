// The way into src/site: the text of a site file in, the site out, or all that is wrong with the file at once. Reads no
// file and asks nobody: the command hands over the bytes.
import { decode } from './bytes.ts';
import { type Spot, spotAt } from './nodes.ts';
import { normalise } from './normalise.ts';
import { type Problem, SiteProblems } from './problem.ts';
import { Pruned } from './prune.ts';
import type { RuleContext } from './rules/rule.ts';
import { rules } from './rules.ts';
import { fitting } from './schema/shape.ts';
import { siteShape } from './schema/site.ts';
import { silencesOf } from './silences.ts';
import type { Site, SitePath, SitePlace } from './site.ts';
import { type Finding, SourceText, type Span } from './text.ts';
import type { Shaped } from './wrong.ts';
import * as wrong from './wrong.ts';
import { readYaml } from './yaml.ts';

export type { Problem } from './problem.ts';
export { SiteProblems } from './problem.ts';
export type * from './site.ts';

export interface LoadedSite {
  readonly site: Site;
  /**
   * Where something stands: a leaf at its value, a map or a list at its key (as `part` says otherwise). What isn't
   * written, such as a default, is at the nearest thing above it that is.
   */
  place(path: SitePath, part?: 'key'): SitePlace;
  /** The same place as a problem, with its line: for diagnostics of the plan that are shown as those of the file. */
  problemAt(path: SitePath, problem: { code: string; message: string; hint?: string }, part?: 'key'): Problem;
}

/** Reads a site file; `file` is its name, for places. Throws {@link SiteProblems} with everything that is wrong. */
export function loadSite(input: string | Uint8Array, file: string): LoadedSite {
  const { text, findings } = decode(input);
  const source = new SourceText(file, text);
  if (findings.length > 0) throw problems(source, findings);
  const yaml = readYaml(text);
  const silences = silencesOf(yaml.comments, source, yaml.findings);
  if (yaml.data === undefined) throw problems(source, yaml.findings);
  const spots = yaml.spots;
  const { written, pruned, shapeFindings } = checkShape(yaml.data, spots, text);
  const all = [...yaml.findings, ...shapeFindings];
  const site = written && normalise(written, silences);
  if (site !== undefined) all.push(...checkRules(site, source, spots, path => pruned.original(path)));
  if (site === undefined || all.length > 0) throw problems(source, all);
  return loaded(site, source, spots);
}

/** Apart, so that nothing else of the reading stays for the places. */
function loaded(site: Site, source: SourceText, spots: Spot): LoadedSite {
  return {
    site,
    place: (path, part) => source.place(spanOf(spots, path, part)[0]),
    problemAt: (path, problem, part) => source.problem({ ...problem, span: spanOf(spots, path, part) }),
  };
}

function spanOf(spots: Spot, path: SitePath, part?: 'key'): Span {
  const { spot } = spotAt(spots, path);
  return (part === 'key' || spot.children !== undefined ? spot.key : undefined) ?? spot.value;
}

/** In the file's order, each once. */
function problems(source: SourceText, findings: readonly Finding[]): SiteProblems {
  const seen = new Set<string>();
  const inOrder = findings
    .toSorted((a, b) => a.span[0] - b.span[0])
    .filter(({ span, code, message }) => {
      const key = `${source.place(span[0]).line} ${code === 'yaml' ? '' : span[0]} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
  return new SiteProblems(
    source.file,
    inOrder.map(finding => source.problem(finding)),
  );
}

/** Zod is asked only where it has something to say. */
function checkShape(data: unknown, spots: Spot, text: string): Shaped {
  const written = fitting(siteShape, data);
  if (written !== undefined) return { written, pruned: new Pruned(data), shapeFindings: [] };
  return wrong.findWrong(data, spots, text);
}

function checkRules(
  site: Site,
  source: SourceText,
  spots: Spot,
  original: (path: SitePath) => SitePath,
): Finding[] {
  const findings: Finding[] = [];
  const context: RuleContext = {
    site,
    report: (path, problem, part) => findings.push({ ...problem, span: spanOf(spots, original(path), part) }),
    offset: path => spanOf(spots, original(path), 'key')[0],
    line: path => ` (line ${source.place(spanOf(spots, original(path))[0]).line})`,
    isMissing: path => {
      const { spot, rest } = spotAt(spots, original(path));
      return rest.length > 0 || spot.children?.size === 0;
    },
  };
  for (const rule of rules) rule(context);
  return findings;
}
