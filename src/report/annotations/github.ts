// Workflow commands of GitHub Actions (and Forgejo's): a finding at its line of the pull request.
import { visible } from '../visible.ts';
import type { Annotation } from './annotation.ts';

const levels = { error: 'error', warning: 'warning', note: 'notice' } as const;

/**
 * One command a line. Warnings and notes that the file ignores are left out; an error that it ignores is told as a warning, since
 * whoever reviews the file decides about that, too.
 * `placeOf` gives a file's path in the repository.
 */
export function renderGithub(annotations: readonly Annotation[], placeOf: (file: string) => string): string {
  return annotations
    .filter(({ silenced, severity }) => silenced === undefined || severity === 'error')
    .map(({ code, severity, message, hint, place, length, running, silenced }) => {
      const end = place === undefined || length === undefined ? [] : [`endColumn=${place.column + length}`];
      const at =
        place === undefined
          ? []
          : [`file=${property(placeOf(place.file))}`, `line=${place.line}`, `col=${place.column}`, ...end];
      const level = silenced === undefined ? levels[severity] : 'warning';
      const lines = [
        ...(silenced === undefined ? [] : [`the site file ignores this error: ${silenced}`]),
        message,
        ...(running === undefined ? [] : [`on the router: ${running}`]),
        ...(hint === undefined ? [] : [`the way out: ${hint}`]),
      ];
      return `::${level} ${[...at, `title=${property(code)}`].join(',')}::${lines.map(data).join('%0A')}\n`;
    })
    .join('');
}

/** What GitHub's runner itself would put back; controls can't begin a command of their own. */
function data(text: string): string {
  return visible(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
