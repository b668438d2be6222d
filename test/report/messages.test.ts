// The messages that people meet most, as they stand on a terminal of 80 columns: fixtures/messages.txt is to be looked at.
import assert from 'node:assert/strict';
import { Chalk } from 'chalk';
import { findingBlocks } from '../../src/report/findings.ts';
import { columns } from '../../src/report/visible.ts';
import { cases, planOf } from '../support/check-fixtures.ts';
import { fixture } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';
import { runHere } from '../support/run-here.ts';

const width = 80;
const paint = new Chalk({ level: 0 });

/** Those of docs/troubleshooting.md and docs/faq.md, and those of a first tunnel. */
const codes =
  'EW001 EW002 EW005 EW010 EW013 EW015 EW020 EW025 EW030 EW100 EW101 EW103 EW122 EW130 EW132 EW133 EW134 EW140 EW210 EW212 EW230 EW231';

const commands = [
  'diff',
  'apply --dry-run',
  'aply',
  'plan --formt json',
  'plan -f nope.yaml',
  'show nope.json',
  'explain EW999',
  'apply --allow',
  'plan --format json --diff',
  'status --watch 0',
];

describe('the messages that people meet most', () => {
  it('fit a terminal of 80 columns, and no word is cut', async () => {
    const found = codes.split(' ').flatMap(code => {
      const name = cases.find(one => one.startsWith(code)) ?? assert.fail(code);
      const [first] = planOf(name, 'failing').diagnostics.filter(one => one.code === code);
      return first === undefined ? [] : findingBlocks([first], { paint, isVerbose: false, width });
    });
    const refused: string[] = [];
    for (const words of commands) {
      const { stderr } = await runHere(words.split(' '), { env: { COLUMNS: String(width) } });
      refused.push(`$ edgewg ${words}\n${stderr.trimEnd()}`);
    }
    const text = [...found, ...refused].join('\n\n');
    for (const line of text.split('\n'))
      assert.ok(columns(line) <= width || !/\S \S/.test(line.trim()), `too wide: ${line}`);
    assertGolden(`${text}\n`, fixture('messages.txt'));
  });
});
