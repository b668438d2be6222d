// What the router remembers of applies, and which of them a rollback takes back.
import assert from 'node:assert/strict';
import { renderHistory } from '../../src/report/history.ts';
import {
  type ApplyRecord,
  findApply,
  readApplies,
  readHistory,
  readLastApply,
} from '../../src/router/history.ts';
import { hostile } from '../support/hostile-router.ts';

const record = (id: string, undoes: string | null = null): ApplyRecord => ({
  format_version: '1.0',
  id,
  since: '2026-01-01T00:00:00.000Z',
  who: 'me@here',
  file: 'edgewg.yaml',
  router: 'home',
  from: null,
  digest_before: null,
  digest_after: null,
  undoes,
  commits: [],
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A router with these files in their folder; counts the bytes of each answer. */
function router(files: Readonly<Record<string, string>>, answers: string[] = []) {
  const names = Object.keys(files);
  const connection = hostile(() => '');
  return {
    ...connection,
    exec: async (command: string) => {
      const nonce = /[0-9a-f]{32}/.exec(command)?.[0] ?? '';
      const asked = names.filter(name => command.includes(`${name}`));
      const records = command.includes('stat -c')
        ? [`names 0 ${base64(names.map(name => `${files[name]?.length} ${name}\n`).join(''))}`]
        : (/ in (.*?); do /
            .exec(command)?.[1]
            ?.split(' ')
            .map((word, i) => `apply:${i} 0 ${base64(files[word.replaceAll("'", '')] ?? '') || '-'}`) ?? []);
      answers.push(asked.join(' '));
      const text = [...records, 'end 0 -'].map(line => `${nonce} ${line}\n`).join('');
      return { stdout: Buffer.from(text), stderr: Buffer.alloc(0), exit: 0, signal: undefined };
    },
  };
}

const stored = (...records: ApplyRecord[]): Record<string, string> =>
  Object.fromEntries(
    records.map((one, i) => [`s${String(i + 1).padStart(10, '0')}-${one.id}.json`, JSON.stringify(one)]),
  );

describe('the applies that a router remembers', () => {
  it("come in the router's order, whatever the clocks of the clients say", async () => {
    // the second client is a day behind; an older version numbered nothing
    const files = {
      ...stored(record('20260102-a'), record('20260101-b')),
      '20270101-old.json': JSON.stringify(record('20270101-old')),
    };
    const history = await readHistory(router(files));
    assert.deepEqual(
      history.map(({ id }) => id),
      ['20270101-old', '20260102-a', '20260101-b'],
    );
    assert.equal(findApply(history, undefined).id, '20260101-b');
    assert.equal((await readLastApply(router(files)))?.id, '20260101-b');
  });

  it('are read a few at a time, a large one by itself', async () => {
    const large = { ...record('1-large'), file: 'x'.repeat(5 << 20) };
    const answers: string[] = [];
    const files = stored(record('1-a'), large, record('1-b'), record('1-c'));
    const history = await readHistory(router(files, answers));
    assert.deepEqual(
      history.map(({ id }) => id),
      ['1-a', '1-large', '1-b', '1-c'],
    );
    assert.deepEqual(
      answers.slice(1).map(text => text.split(' ').length),
      [1, 1, 2],
    );
  });

  it('are passed over when file and record name different applies', async () => {
    assert.deepEqual(
      await readHistory(router({ 's0000000001-1-a.json': JSON.stringify(record('1-b')) })),
      [],
    );
  });
});

describe('a rollback', () => {
  it('takes back the newest that is not taken back yet, and never a rollback', () => {
    const [a, b, c] = [record('1-a'), record('1-b'), record('1-c', '1-b')];
    assert.equal(findApply([a, b], undefined).id, '1-b');
    assert.equal(findApply([a, b, c], undefined).id, '1-a');
    assert.throws(() => findApply([a, b, c], '1-c'), { code: 'is-rollback' });
    assert.throws(() => findApply([b, c], undefined), {
      code: 'no-such-apply',
      message: /rolled back already/,
    });
  });

  it('takes nothing for the newest while a newer record can not be read', async () => {
    const damaged = { 's0000000002-1-b.json': '{"format_version":"1.0","id":' };
    const { history, unread } = await readApplies(router({ ...stored(record('1-a')), ...damaged }));
    assert.throws(() => findApply(history, undefined, unread), {
      code: 'unreadable-record',
      message: /record of apply 1-b can't be read, so which apply is the last/,
    });
    assert.throws(() => findApply(history, '1-b', unread), { code: 'unreadable-record' });
    assert.equal(findApply(history, '1-a', unread).id, '1-a');
    assert.match(renderHistory(history, unread), /^1-a .*\n1-b {2}its record can't be read\n$/);
    // an older one is in nobody's way, unless nothing else is left
    const older = await readApplies(router({ 's0000000000-1-z.json': '', ...stored(record('1-a')) }));
    assert.equal(findApply(older.history, undefined, older.unread).id, '1-a');
    assert.throws(() => findApply([record('1-a'), record('1-c', '1-a')], undefined, older.unread), {
      code: 'unreadable-record',
    });
    assert.match(renderHistory([], unread), /^1-b/);
  });

  it('is marked in the list, and so is what it took back', () => {
    const lines = renderHistory([record('1-a'), record('1-b'), record('1-c', '1-b')]).split('\n');
    assert.deepEqual(
      lines.map(line => line.split('edgewg.yaml')[1]?.trim()),
      ['', 'rolled back', 'rollback of 1-b', undefined],
    );
  });
});
