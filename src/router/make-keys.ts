// Makes private keys on the router before anything refers to them. Only their public halves come back.
import { NoAccess } from '../errors.ts';
import type { Connection } from '../ssh/connection.ts';
import { scrub } from '../vyatta/scrub.ts';
import { quote } from '../vyatta/words.ts';
import { isKey } from '../wireguard/key.ts';
import { newNonce, readRecords } from './records.ts';
import { makeKeysScript } from './scripts.ts';
import { scriptCommand } from './transaction.ts';

export interface NewKey {
  readonly tunnel: string;
  /** The file; undefined: one that is named after the key. */
  readonly path?: string;
}

export interface MadeKey {
  readonly tunnel: string;
  readonly publicKey: string;
}

/** Never over a file that is there: then that file's public key is reported. Rejects with {@link NoAccess}. */
export async function makeKeys(connection: Connection, wanted: readonly NewKey[]): Promise<MadeKey[]> {
  const nonce = newNonce();
  const steps = wanted.map(({ tunnel, path }) =>
    path === undefined ? `  key_new ${quote(tunnel)}` : `  key_generate ${quote(tunnel)} ${quote(path)}`,
  );
  const input = [
    `nonce=${quote(nonce)}`,
    `steps() {\n  :\n${steps.join('\n')}\n}`,
    makeKeysScript(),
    'make_keys',
    '',
  ].join('\n');
  const { stdout } = await connection.exec(scriptCommand, { input, timeoutMs: 60_000 });
  const records = readRecords(stdout, nonce);
  return wanted.map(({ tunnel }) => {
    const made = records.get(`key:${tunnel}`);
    const publicKey = made?.output.trim() ?? '';
    if (made?.exit === 0 && isKey(publicKey)) return { tunnel, publicKey };
    const said = [...records.values()].find(({ name }) => name.startsWith('refused:'))?.output.trim() ?? '';
    throw new NoAccess(
      'no-key-made',
      `the router made no key for ${tunnel}${said === '' ? '' : `: ${scrub(said)}`}`,
      'is the wireguard package installed, and the user an admin?',
    );
  });
}
