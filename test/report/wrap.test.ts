// Sentences in lines: nothing is lost, nothing is wider than it need be, and no word is cut.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { dense } from '../../src/report/qr.ts';
import { columnsOf, wrap, wrapParts } from '../../src/report/wrap.ts';

const words = fc.array(fc.string({ unit: fc.constantFrom(...'abcé漢-/:='), minLength: 1, maxLength: 30 }), {
  minLength: 1,
  maxLength: 40,
});

describe('wrapping', () => {
  it('keeps every word, and makes a line longer than the width only for one that is longer itself', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 60 }), (list, width) => {
        const lines = wrap(list.join(' '), { width, indent: '  ' });
        assert.deepEqual(lines.join(' ').trim().split(/ +/), list);
        for (const [i, line] of lines.entries()) {
          assert.ok(columnsOf(line) <= width || !line.trim().includes(' '), line);
          assert.equal(line.startsWith('  '), i > 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('counts no colours, keeps the blanks in front, and leaves one line where there is no width', () => {
    const { red } = new Chalk({ level: 1 });
    assert.deepEqual(wrap(red('aaaa bbbb'), { width: 9, indent: '' }), [red('aaaa bbbb')]);
    assert.deepEqual(wrap('  aa bb', { width: 5, indent: '    ' }), ['  aa', '    bb']);
    const long = 'word '.repeat(100).trim();
    assert.deepEqual(wrap(long, { width: Number.POSITIVE_INFINITY, indent: ' ' }), [long]);
  });

  it('breaks between parts', () => {
    assert.deepEqual(wrapParts(['mtu 1420', 'listen-port 51820', 'x'], '; ', { width: 24, indent: '  ' }), [
      '  mtu 1420;',
      '  listen-port 51820; x',
    ]);
  });
});

describe('the text of a QR code', () => {
  it('says the same in fewer letters', () => {
    const text = '# phone\n[Interface]\nAddress = 10.0.0.2/32, fd00::2/128\n\n[Peer]\nPublicKey = abc=\n';
    assert.equal(dense(text), '[Interface]\nAddress=10.0.0.2/32,fd00::2/128\n[Peer]\nPublicKey=abc=');
  });
});
