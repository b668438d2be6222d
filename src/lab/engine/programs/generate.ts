// `generate vpn wireguard private-key FILE`: a key into a file that only root reads (docs/edgeos.md 'Key files').
import { Secret } from '../../../secret.ts';
import { generateKeyPair, generatePresharedKey, publicKeyOf } from '../../../wireguard/key.ts';
import type { Answer, Call } from '../../call.ts';
import type { Engine } from '../engine.ts';
import { complaint, said } from './answers.ts';

export async function generateKey(
  engine: Engine,
  call: Call,
  kind: 'private' | 'preshared',
  name: string,
): Promise<Answer> {
  if (!engine.isAdmin(call.user)) return said('Must be an admin user to run this command.\n');
  const file = name.startsWith('/') ? name : `/config/auth/${name}`;
  const { files } = engine.surroundings;
  if ((await files.read(file)) !== undefined) return complaint(`${file} already exists\n`);
  const text = kind === 'private' ? generateKeyPair().privateKey.reveal() : generatePresharedKey().reveal();
  await files.write(file, `${text}\n`, 0o600);
  return kind === 'private' ? said(`Public key: ${publicKeyOf(new Secret(text))}\n`) : said('');
}
