// Findings that somebody decided to live with: `# edgewg-ignore EW122: reason` in the site file. They stay in the plan, with
// the reason, and count for nothing. What a person has to lift by a flag no file can silence: a pull request changes the file.
import type { Silence } from '../site/site.ts';
import type { Finding } from './types/plan.ts';

/** The findings, those with the reason added that a silence names by code and, if it has one, by line. */
export function withSilences(
  diagnostics: readonly Finding[],
  silences: readonly Silence[],
): readonly Finding[] {
  if (silences.length === 0) return diagnostics;
  return diagnostics.map(finding => {
    if (finding.allow !== undefined) return finding;
    const found = silences.find(
      ({ code, line }) => code === finding.code && (line === undefined || line === finding.source?.line),
    );
    return found === undefined ? finding : { ...finding, silenced: found.reason };
  });
}
