// Findings that somebody decided to live with: `# edgewg-ignore EW122: reason` in the site file. They stay in the plan, with
// the reason, and count for nothing. An error can be ignored only when its check says so: a pull request changes the file, and what
// guards the router is lifted by a person with a flag, or not at all.
import type { Silence } from '../site/site.ts';
import type { Explanations } from './types/check.ts';
import type { Finding } from './types/plan.ts';

/** The findings, those with the reason added that a silence names by code and, if it has one, by line. */
export function withSilences(
  diagnostics: readonly Finding[],
  silences: readonly Silence[],
  explanations: Explanations,
): readonly Finding[] {
  if (silences.length === 0) return diagnostics;
  return diagnostics.map(finding => {
    const found = silences.find(
      ({ code, line }) => code === finding.code && (line === undefined || line === finding.source?.line),
    );
    if (found === undefined || finding.silenced !== undefined) return finding;
    return isIgnorable(finding, explanations) ? { ...finding, silenced: found.reason } : refused(finding);
  });
}

const isIgnorable = ({ code, severity, allow }: Finding, explanations: Explanations): boolean =>
  allow === undefined &&
  (severity !== 'error' || (Object.hasOwn(explanations, code) && explanations[code]?.ignorable === true));

function refused(finding: Finding): Finding {
  const more = "the site file asks to ignore it, which it can't";
  return { ...finding, hint: finding.hint === undefined ? more : `${finding.hint}; ${more}` };
}
