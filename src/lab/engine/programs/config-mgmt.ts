// vyatta-config-mgmt.pl without its questions: commit-confirm, confirm, rollback and comparisons with revisions
// (docs/edgeos.md 'commit-confirm'; interactive/09, 12 and 13). The box asks the person, then calls.
import type { Answer, Call } from '../../call.ts';
import { printRevisions, readRevision, revisions } from '../archive.ts';
import { type View, valueAt } from '../config.ts';
import { type Pending, pendingConfirm } from '../confirm.ts';
import type { Engine } from '../engine.ts';
import { readWritten, understand } from '../parse.ts';
import { bootFile } from '../save.ts';
import { show } from '../show.ts';
import { no, ok, said } from './answers.ts';
import { sessionIdOf } from './edits.ts';

export async function configMgmt(engine: Engine, call: Call): Promise<Answer> {
  const option = (name: string): string | undefined =>
    call.args.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const pending = pendingConfirm(engine);
  switch (option('action')) {
    case 'commit-confirm':
      return commitConfirm(
        engine,
        call,
        pending,
        option('minutes') ?? '10',
        call.args.includes('--confirmed'),
      );
    case 'confirm':
      return said((await pending.cancel()) ? '' : 'No confirm pending\n');
    case 'show-commit-log':
      return said(await printRevisions(engine));
    case 'rollback':
      return rollback(engine, call, option('revnum') ?? '', call.args.includes('--confirmed'));
    case 'compare':
      return compare(
        engine,
        call,
        (option('revs') ?? '').split(',').filter(word => word !== ''),
      );
    case 'valid-rev':
      return (await revisionProblem(engine, option('revnum') ?? '')) === undefined ? ok : no;
    default:
      return no;
  }
}

async function commitConfirm(
  engine: Engine,
  call: Call,
  pending: Pending,
  text: string,
  isConfirmed: boolean,
): Promise<Answer> {
  const limit = Number(valueAt(engine.active, ['system', 'config-management', 'commit-revisions']) ?? 0);
  if (limit === 0) return said('commit-revisions is not configured.\n', 1);
  if (pending.isArmed) return said('Another confirm is pending\n');
  const minutes = /^\d+$/.test(text) ? Number(text) : 10;
  const question = `commit confirm will be automatically reboot in ${minutes} minutes unless confirmed\n`;
  if (!isConfirmed) return said(question);
  await engine.surroundings.files.write(
    '/config/archive/config.boot-rollback',
    (await engine.surroundings.files.read(bootFile)) ?? '',
    0o644,
    call,
  );
  await pending.arm(minutes);
  return said('');
}

async function revisionProblem(engine: Engine, text: string): Promise<string | undefined> {
  if (!/^\d+$/.test(text)) return `Invalid number [${text}]\n`;
  const count = (await revisions(engine)).length;
  return Number(text) < count ? undefined : `Invalid revision [${text}]\n`;
}

/** Puts a revision into config.boot and restarts. */
async function rollback(engine: Engine, call: Call, text: string, isConfirmed: boolean): Promise<Answer> {
  const wrong = await revisionProblem(engine, text);
  if (wrong !== undefined) return said(wrong, 1);
  if (!isConfirmed) return ok;
  const config = await readRevision(engine, Number(text));
  if (config === undefined) return said(`Invalid revision [${text}]\n`, 1);
  await engine.surroundings.files.write(bootFile, config, 0o664, call);
  engine.surroundings.reboot();
  return ok;
}

/** `compare`, `compare saved`, `compare N`, `compare N M` of configure mode: older against newer. */
async function compare(engine: Engine, call: Call, words: readonly string[]): Promise<Answer> {
  if (words.length > 2) return said('Specified too many configuration revisions for comparison\n', 1);
  for (const word of words) {
    if (word === 'saved') continue;
    const wrong = await revisionProblem(engine, word);
    if (wrong !== undefined) return said(wrong);
  }
  const working = engine.session(sessionIdOf(call))?.working ?? engine.active;
  const [one, two] = words;
  const after =
    two === undefined ? working : await revision(engine, String(Math.min(Number(one), Number(two))));
  const before =
    one === undefined
      ? engine.active
      : await revision(engine, two === undefined ? one : String(Math.max(Number(one), Number(two))));
  const subject = { template: engine.templates, path: [], before, after, isOne: false };
  const text = show(engine.templates, subject, { defaults: true, context: true });
  if (text !== '' || one === undefined || one === 'saved') return said(text);
  const what = two === undefined ? `working and revision ${one}` : `revision ${one} and revision ${two}`;
  return said(`No changes between ${what} configurations\n`);
}

async function revision(engine: Engine, name: string): Promise<View> {
  const text =
    name === 'saved'
      ? ((await engine.surroundings.files.read(bootFile))?.toString('utf8') ?? '')
      : ((await readRevision(engine, Number(name))) ?? '');
  return understand(engine.templates, readWritten(text)).config;
}
