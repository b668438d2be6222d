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

/**
 * The runner of GitHub Actions obeys lines that begin with `::`, blanks before it or not, and `##[` anywhere: a router's words, or
 * those of a pull request, give it no orders. `isData`: it may be JSON, of which no value may change.
 */
export function withoutOrders(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  isData: boolean,
): string {
  if (env['GITHUB_ACTIONS'] !== 'true') return text;
  // .NET counts a blank more than JavaScript
  const tame = text.replace(/^((?:[^\S\n]|\x85)*):(?=:)/gm, '$1\\u{3a}');
  // in JSON, where it can only be in a string, it stays the same
  return tame.replaceAll('##[', isData ? '#\\u0023[' : '#\\u{23}[');
}
