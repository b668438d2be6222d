// The last step of a rotation: the old key files go, when the peers work with the new key and nothing names the old ones.
import { Exit, Refused } from '../errors.ts';
import type { KeyInUse, KeyToCome, OtherEnd } from '../keys/rotation.ts';
import type { ApplyRecord } from '../router/history.ts';
import type { Site } from '../site/load.ts';
import type { Applying } from './applying.ts';
import type { Io } from './io.ts';
import { inUse, type Rotating } from './rotating.ts';

interface Finishing extends Rotating {
  readonly site: Site;
}

export async function finish(finishing: Finishing, applying: Applying, io: Io): Promise<number> {
  const { site, tunnel, connection, reading } = finishing;
  const { oldKeyFiles } = await import('../keys/rotation.ts');
  const { readHistory } = await import('../router/history.ts');
  const now = await inUse(tunnel, reading);
  const history = await readHistory(connection);
  refuseUnswitched(finishing, now);
  const old = oldKeyFiles(site, tunnel.name, reading.running, reading.facts, history);
  if (old.length === 0) {
    io.stdout.write(`no old key file of ${tunnel.name} is left\n`);
    return Exit.done;
  }
  await refuseSilent(finishing, now, history, applying);
  await confirm(old, tunnel.name, applying, io);
  const { forgetKeys } = await import('../router/forget-keys.ts');
  const since = new Date();
  const { newApplyId } = await import('../router/history.ts');
  const done = await forgetKeys(
    connection,
    old.map(({ path }) => path),
    { id: newApplyId(since), who: io.who, since, lockTimeout: applying.lockTimeout },
  );
  const { visible } = await import('../report/visible.ts');
  for (const { path, because } of done)
    io.stdout.write(
      because === undefined ? `gone: ${path}\n` : `${visible(`kept: ${path}: still named by ${because}`)}\n`,
    );
  return done.every(({ because }) => because === undefined) ? Exit.done : Exit.refused;
}

/** While the site file names another key than the interface has, both are needed. */
function refuseUnswitched({ tunnel, reading }: Finishing, now: KeyInUse): void {
  const source = tunnel.privateKey;
  const path =
    source === undefined ? `/config/auth/${tunnel.name}.key` : source.kind === 'router' && source.path;
  const live = reading.facts.interfaces.get(tunnel.name)?.publicKey;
  const own = now.path === undefined ? undefined : reading.facts.keyFiles.get(now.path)?.publicKey;
  if (live !== undefined && own !== undefined && live !== own)
    throw new Refused(
      'not-switched',
      `${tunnel.name} runs with another key than its file ${now.path} holds`,
      'look at it with `edgewg keys`; no key file goes before that is clear',
    );
  if (path !== false && path !== now.path)
    throw new Refused(
      'not-switched',
      `${tunnel.name} still runs with the key that is to go`,
      `edgewg keys rotate ${tunnel.name} --switch comes first; to give the rotation up, take its change of the site file back`,
    );
}

/** A key that nobody has answered to may have to be taken back. */
async function refuseSilent(
  { tunnel, reading: { running, facts } }: Finishing,
  now: KeyInUse,
  history: readonly ApplyRecord[],
  { allowed }: Applying,
): Promise<void> {
  if (allowed.has('no-handshake')) return;
  const { otherEnds, silentSince, switchedAt } = await import('../keys/rotation.ts');
  const since =
    now.path === undefined ? undefined : switchedAt(tunnel.name, now.path, history, facts.applies);
  if (since === undefined)
    throw new Refused(
      'no-handshake',
      `the router doesn't remember when ${tunnel.name} got its key, so it is unknown whether its peers work with it`,
      'see the handshakes in `edgewg status`; --allow no-handshake takes the old keys away all the same',
    );
  const silent = silentSince(since, otherEnds(tunnel, running), tunnel.name, facts);
  if (silent.length === 0) return;
  const nameOf = (end: OtherEnd): string => end.name ?? `${end.publicKey.slice(0, 8)}…`;
  throw new Refused(
    'no-handshake',
    `since ${tunnel.name} got its key there was no handshake with ${silent.map(nameOf).join(', ')}`,
    'a peer that has the new public key and sends packets handshakes within two minutes: wait, or give it the key; --allow no-handshake takes the old keys away all the same',
  );
}

async function confirm(old: readonly KeyToCome[], name: string, { yes }: Applying, io: Io): Promise<void> {
  const { visible } = await import('../report/visible.ts');
  const lines = old.map(({ path, publicKey }) => visible(`  ${path}  public key ${publicKey}`));
  if (!io.isQuiet || !yes) io.stderr.write(`old key files of ${name}:\n${lines.join('\n')}\n`);
  if (yes) return;
  if (io.ask === undefined)
    throw new Refused(
      'not-confirmed',
      'nobody is there to confirm that they go',
      'give --yes, or run it at a terminal',
    );
  const answer = await io.ask(
    '\nTake them away for good? A rollback to them is then impossible. Only "yes" does it: ',
  );
  if (answer.trim() !== 'yes') throw new Refused('not-confirmed', 'not confirmed; nothing was done');
}
