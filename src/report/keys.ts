// The keys of a router for a person, an interface at a time. All of its words may be a stranger's.
import type { ChalkInstance } from 'chalk';
import type { KeyEntry, KeyList } from '../keys/list.ts';
import { visible } from './visible.ts';

/** One block per key; ends with a line break. */
export function renderKeys({ keys, unused }: KeyList, paint: ChalkInstance): string {
  const blocks = keys.map(key => block(key, paint));
  if (unused.length > 0)
    blocks.push(
      [
        paint.bold('no interface uses'),
        ...unused.map(({ path, age, publicKey }) =>
          visible(`  ${path}  ${ageText(age)}  public key ${publicKey}`),
        ),
      ].join('\n'),
    );
  if (blocks.length === 0) return 'the router has no WireGuard interface, and the site file names none\n';
  return `${blocks.join('\n\n')}\n`;
}

function block(key: KeyEntry, paint: ChalkInstance): string {
  const title = key.kind === 'private' ? key.interface : `${key.interface}, preshared key`;
  const rows = [
    ...(key.shown === undefined ? [] : [[key.kind === 'private' ? 'public key' : 'fingerprint', key.shown]]),
    ...(key.path === undefined ? [] : [['file', fileText(key)]]),
    ...key.peers.map((peer, i) => [
      i > 0 ? '' : key.kind === 'private' ? 'known by' : 'shared with',
      nameOf(peer),
    ]),
  ];
  return [
    paint.bold(visible(title)),
    ...rows.map(([label = '', text = '']) => `  ${paint.dim(label.padEnd(11))}  ${visible(text)}`),
    ...key.remarks.map(remark => `  ${paint.yellow('!')} ${visible(remark)}`),
  ].join('\n');
}

function fileText({ path = '', mode, owner, group, age }: KeyEntry): string {
  return mode === undefined ? path : `${path}  ${mode} ${owner} ${group}  ${ageText(age ?? 0)}`;
}

const ageText = (age: number): string => (age === 0 ? 'changed today' : `changed ${age} days ago`);

function nameOf({ name, publicKey }: KeyEntry['peers'][number]): string {
  return name === undefined ? publicKey : `${name}  ${publicKey}`;
}
