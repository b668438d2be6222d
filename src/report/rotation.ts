// What a rotation tells a person: the new public key, and for each other end what has to change there, and when.
import type { ChalkInstance } from 'chalk';
import type { KeyInUse, KeyToCome, OtherEnd } from '../keys/rotation.ts';
import { visible } from './visible.ts';

export interface Prepared {
  readonly tunnel: string;
  readonly now: KeyInUse;
  readonly next: Omit<KeyToCome, 'path'> & { readonly path?: string };
  readonly ends: readonly OtherEnd[];
}

/** Of a key that is ready and that nothing uses yet; ends with a line break. */
export function renderPrepared({ tunnel, now, next, ends }: Prepared, paint: ChalkInstance): string {
  const blocks = [
    [
      paint.bold(`The next key of ${visible(tunnel)} is ready. Nothing uses it yet.`),
      ...row('public key', next.publicKey, paint),
      ...row('file', next.path ?? 'made by the apply, from the reference in the site file', paint),
      ...row('until now', now.publicKey ?? 'not known', paint),
    ].join('\n'),
    ...ends.map(end => endBlock(end, now, next, paint)),
    [
      paint.bold('Then, here:'),
      `    edgewg keys rotate ${visible(tunnel)} --switch --expect-handshake 60`,
      '  The router goes back to the old key by itself unless every peer that it can call answers the new one.',
    ].join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const row = (label: string, text: string, paint: ChalkInstance): string[] => [
  `  ${paint.dim(label.padEnd(10))}  ${visible(text)}`,
];

/**
 * With wg(8) as it is there: a peer without allowed IPs may shake hands and carries nothing, and giving it the prefixes takes
 * them from the old one in the same call.
 */
function endBlock(end: OtherEnd, now: KeyInUse, next: Prepared['next'], paint: ChalkInstance): string {
  const name = end.name === undefined ? end.publicKey : `${end.name}  ${end.publicKey}`;
  const old = now.publicKey ?? 'OLD';
  const psk = end.hasPresharedKey ? ' preshared-key FILE' : '';
  const note = end.hasPresharedKey ? ['  (FILE holds the preshared key that the old peer has)'] : [];
  return [
    `${paint.bold('At')} ${visible(name)}${end.isDisabled ? '  (disabled here)' : ''}${paint.bold(', where IF is its interface:')}`,
    '  before the switch, so that it is let in; nothing that runs is touched:',
    visible(`    wg set IF peer ${next.publicKey}${psk}`),
    ...note,
    '  started before the switch, it moves the prefixes as soon as the new key shakes hands:',
    visible(
      `    until wg show IF latest-handshakes | grep -q '^${next.publicKey}[[:blank:]]*[1-9]'; do sleep 0.2; done`,
    ),
    visible(
      `    wg set IF peer ${next.publicKey} allowed-ips "$(wg show IF allowed-ips | sed -n 's|^${old}[[:blank:]]*||p' | tr ' ' ,)"`,
    ),
    '  once it works, and in its configuration for good:',
    visible(`    wg set IF peer ${old} remove`),
  ].join('\n');
}
