// Findings that somebody decided to live with: `# edgewg-ignore EW122: reason` in the site file. They stay in the plan, with
// the reason, and count for nothing. What a person has to lift by a flag no file can silence: a pull request changes the file.
import type { Silence } from '../site/site.ts';
import type { Diagnostic } from './types/plan.ts';

/** The findings, those with the reason added that a silence names by code and, if it has one, by line. */
export function withSilences(
  diagnostics: readonly Diagnostic[],
  silences: readonly Silence[],
): readonly Diagnostic[] {
  if (silences.length === 0) return diagnostics;
  return diagnostics.map(diagnostic => {
    if (diagnostic.allow !== undefined) return diagnostic;
    const found = silences.find(
      ({ code, line }) =>
        code === diagnostic.code && (line === undefined || line === diagnostic.source?.line),
    );
    return found === undefined ? diagnostic : { ...diagnostic, silenced: found.reason };
  });
}
