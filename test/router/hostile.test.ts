// A router that means harm: what it sends can't hang, exhaust or fool the client.
import assert from 'node:assert/strict';
import { Refused } from '../../src/errors.ts';
import { findApply, readHistory } from '../../src/router/history.ts';
import { readAgain, readRouter } from '../../src/router/read.ts';
import { RecordReader, readRecords } from '../../src/router/records.ts';
import { hostile } from '../support/hostile-router.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const record = (undo: string[][], run: string[][] = []) =>
  JSON.stringify({
    format_version: '1.0',
    id: '1-a',
    since: 'x',
    who: 'x',
    file: 'x',
    router: 'r',
    digest_before: null,
    commits: [{ run: run.map(path => ({ op: 'set', path })), undo: undo.map(path => ({ op: 'set', path })) }],
  });

const withRecord = (text: string) =>
  hostile(
    nonce =>
      `${nonce} names 0 ${base64('9 s0000000001-1-a.json\n')}\n${nonce} apply:0 0 ${base64(text) || '-'}\n${nonce} end 0 -\n`,
  );

describe('a hostile router', () => {
  it('can not make a rollback run what edgewg never plans', async () => {
    for (const path of [
      ['system', 'login', 'user', 'evil', 'level', 'admin'],
      ['interfaces', 'wireguard', 'wg4', 'up-command', 'reboot'],
      ['interfaces', 'wireguard', 'wg4', 'description', 'a;reboot'],
      ['interfaces', 'wireguard', 'wg4', 'peer', 'x', 'allowed-ips', '10.0.0.1/32 (x)'],
      ['interfaces', 'wireguard', 'wg4', 'private-key', '/x;touch /y'],
    ])
      for (const text of [record([path]), record([], [path])]) {
        const history = await readHistory(withRecord(text));
        assert.throws(
          () => findApply(history, undefined),
          (error: unknown) => error instanceof Refused && error.code === 'strange-record',
        );
      }
    const fine = record([['interfaces', 'wireguard', 'wg4', 'description', 'srv4 (rack #2)']]);
    assert.equal(findApply(await readHistory(withRecord(fine)), '1-a').id, '1-a');
  });

  it('that forges or breaks records is passed over or refused', async () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"__proto__":{"id":"x"}}',
      record([]).replace('"1-a"', '"../x"'),
      `[${'['.repeat(100_000)}`,
    ])
      assert.deepEqual(await readHistory(withRecord(text)), []);
    for (const answer of ['', 'welcome\n', `${'0'.repeat(32)} end 0 -\n`])
      await assert.rejects(readRouter(hostile(() => answer)), /something else than the read script/);
    await assert.rejects(
      readRouter(hostile(nonce => `${nonce} admin 0 ${base64('u')}\n`)),
      /cut short after admin/,
    );
    await assert.rejects(readRouter(hostile(nonce => `${nonce} end 0 -\n`)), /no admin/);
    await assert.rejects(
      readRouter(
        hostile(
          nonce => `${nonce} admin 0 -\n${nonce} running 0 ${base64('\u0000\u001b[2J')}\n${nonce} end 0 -\n`,
        ),
      ),
      (error: Error) => error.constructor.name === 'NoAccess',
    );
  });

  it('that could not print its routes has told of none, and not that there are none', async () => {
    const lines = { admin: 'ubnt\n', running: "set system host-name 'r'\n", boot: 'b\n' };
    const told = async (exit: number, routes: string): Promise<string | undefined> => {
      const router = hostile(nonce =>
        [...Object.entries(lines), ['netfilter', ''], ['end', '']]
          .map(([name, text]) => `${nonce} ${name} 0 ${base64(text ?? '') || '-'}\n`)
          .concat(`${nonce} routes ${exit} ${base64(routes) || '-'}\n`)
          .join(''),
      );
      const { facts } = await readRouter(router);
      return (await readAgain(router, facts, undefined, ['kernel-routes'])).kernel?.routes;
    };
    const text = '10.0.0.0/8 dev wg4 proto zebra\n';
    assert.equal(await told(0, text), text);
    assert.equal(await told(1, text), undefined, 'of one family alone');
    assert.equal(await told(0, ''), undefined);
  });

  it('is given a limit in bytes for every answer', async () => {
    const most: number[] = [];
    await readRouter(hostile(() => '', most)).catch(() => {});
    await readHistory(hostile(nonce => `${nonce} end 0 -\n`, most));
    assert.deepEqual(most, [16 << 20, 16 << 20]);
  });

  it('that sends one giant line, a bit at a time, costs no more than its bytes', () => {
    const started = performance.now();
    let count = 0;
    const reader = new RecordReader('n', () => count++);
    const bit = Buffer.alloc(1024, 'a');
    for (let i = 0; i < 16 * 1024; i++) reader.push(bit);
    reader.push(Buffer.from('\nn x 0 -\n'));
    assert.equal(count, 1);
    assert.ok(performance.now() - started < 5000);
  });

  it('may fold its records into one, and what of them is not whole is left out', () => {
    const inside = `n a\nx\nnb\n\nn 0\nn c\n\nn 3\nn d\ncut sho`;
    const found = readRecords(Buffer.from(`n records 0 ${base64(inside)}\nn end 0 -`), 'n');
    const told = [...found.values()].map(({ name, exit, output }) => [name, exit, output]);
    assert.deepEqual(told, [
      ['a', 0, 'x\nnb\n'],
      ['c', 3, ''],
      ['end', 0, ''],
    ]);
    assert.throws(() => readRecords(Buffer.from(`n records 0 ${base64(inside)}`), 'n'), /cut short after c/);
  });

  it('may cut its records anywhere', () => {
    const text = Buffer.from(`n a 0 ${base64('x')}\nn b 1 -\r\nn end 0 -\n`);
    const whole = [...readRecords(text, 'n').values()];
    for (let size = 1; size < 9; size++) {
      const found: unknown[] = [];
      const reader = new RecordReader('n', one => found.push(one));
      for (let at = 0; at < text.length; at += size) reader.push(text.subarray(at, at + size));
      assert.deepEqual(found, whole);
    }
  });
});
