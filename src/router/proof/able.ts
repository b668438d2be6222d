// Whether the router has what a proof needs, asked before anything is changed.
import { NoAccess } from '../../errors.ts';
import type { Proof } from '../../plan/types/proof.ts';
import type { Connection } from '../../ssh/connection.ts';
import { quote } from '../../vyatta/words.ts';
import { newNonce, RecordReader } from '../records.ts';
import { proofScript } from '../scripts.ts';

/** The first proof that can't be done, and the program that it lacks; undefined when all can. Throws {@link NoAccess} when it tells nothing. */
export async function missingFor(
  proofs: readonly Proof[],
  connection: Connection,
): Promise<{ readonly what: string; readonly program: string } | undefined> {
  const nonce = newNonce();
  const there = new Set<string>();
  let hasTold = false;
  const reader = new RecordReader(nonce, ({ name, exit }) => {
    hasTold = true;
    if (exit === 0) there.add(name.replace(/^can:/, ''));
  });
  await connection.exec(`exec bash -c ${quote(`${proofScript()}\ncan`)}`, {
    input: `${nonce}\n`,
    timeoutMs: 30_000,
    onStdout: chunk => reader.push(chunk),
  });
  if (!hasTold)
    throw new NoAccess(
      'no-proof',
      'the router did not run the script that tells what it has for a proof; nothing was done',
      'an admin needs bash there; a key with a forced command can only plan',
    );
  for (const proof of proofs) {
    if (proof.do === 'ping' && !there.has('ping'))
      return { what: `a ping through ${proof.tunnel}`, program: 'ping' };
    if (proof.do === 'tcp' && proof.by === 'router' && !(there.has('tcp') && there.has('timeout')))
      return { what: proof.to, program: there.has('tcp') ? 'timeout' : 'bash that connects' };
    if (proof.do === 'http' && proof.by === 'router' && !there.has('curl') && !there.has('wget'))
      return { what: proof.url, program: 'curl and no wget' };
  }
  return undefined;
}
