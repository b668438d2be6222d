// GitHub Actions hides what it was told to hide. The order stands in the very log that it is to keep clean, where the
// runner takes it out; so it is given only to a pipe, never to a terminal or a file.
import type { Secret } from '../secret.ts';

/** The line that hides a secret, for stderr; empty where there is no runner to read it, or nothing worth hiding. */
export function maskCommand(
  secret: Secret,
  env: Readonly<Record<string, string | undefined>>,
  isStream: boolean,
): string {
  if (env['GITHUB_ACTIONS'] !== 'true' || !isStream) return '';
  const lines = secret
    .reveal()
    .split(/\r?\n/)
    .filter(line => line.trim() !== '');
  return lines.map(line => `::add-mask::${line.replaceAll('%', '%25')}\n`).join('');
}
