// A WireGuard configuration as a QR code for a phone, in as few rows as it can have.
import type { ChalkInstance } from 'chalk';
import { renderUnicodeCompact } from 'uqr';

/** Light modules around it: scanners find a code on a terminal with two of the four that ISO 18004 asks for. */
const border = 2;

/** Ends with a line break. */
export function renderQr(configuration: string, paint: ChalkInstance): string {
  // blocks are the light modules; with colours they are that on a light terminal, too
  const lines = renderUnicodeCompact(dense(configuration), { border, ecc: 'L' }).split('\n');
  return `${lines.map(line => paint.bgBlack.whiteBright(line)).join('\n')}\n`;
}

/** The same to a reader of such files (wg-quick(8)): without comments, empty lines, and blanks around `=` and behind commas. */
export function dense(configuration: string): string {
  return configuration
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
    .map(line => line.replace(/^(\w+)\s*=\s*/, '$1=').replace(/,\s+/g, ','))
    .join('\n');
}
