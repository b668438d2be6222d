// Findings and mistakes in one form, for the programs that show them at a line of the file.
import type { Finding, Severity } from '../../plan/types/plan.ts';
import type { Problem } from '../../site/problem.ts';
import type { SitePlace } from '../../site/site.ts';
import { printWord } from '../../vyatta/words.ts';

export interface Annotation {
  /** `EW100`, or the name of a mistake in the file: `unknown-key`. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly place?: SitePlace;
  /** How much of the line is meant. */
  readonly length?: number;
  /** The other side, on the router. */
  readonly running?: string;
  readonly silenced?: string;
}

const order: readonly Severity[] = ['error', 'warning', 'note'];

/** The worst first: GitHub shows ten of a kind for a step. */
export function ofFindings(diagnostics: readonly Finding[]): Annotation[] {
  return diagnostics
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .map(({ code, severity, message, hint, source, running, allow, silenced }) => {
      const ways = [hint, allow === undefined ? undefined : `lift it with --allow ${allow}`];
      const way = ways.filter(text => text !== undefined).join('; ');
      return {
        code,
        severity,
        message,
        ...(way !== '' && { hint: way }),
        ...(source && { place: source }),
        ...(running && { running: running.path.map(printWord).join(' ') }),
        ...(silenced !== undefined && { silenced }),
      };
    });
}

/** Mistakes in the site file, before there is a plan. */
export function ofProblems(problems: readonly Problem[]): Annotation[] {
  return problems.map(({ code, message, hint, file, line, column, length }) => ({
    code,
    severity: 'error',
    message,
    ...(hint !== undefined && { hint }),
    place: { file, line, column },
    length,
  }));
}
