// `edgewg help TOPIC`: every page of docs/ in a terminal, by the person's pager.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import { page } from '../../src/cli/pager.ts';
import { topics, topicText } from '../../src/commands/topics.ts';
import { layOutTopic } from '../../src/report/topic.ts';
import { columns } from '../../src/report/visible.ts';
import { root, runCli } from '../support/run-cli.ts';

const pages = readdirSync(new URL('docs/', root))
  .filter(name => name.endsWith('.md'))
  .map(name => name.slice(0, -'.md'.length));

describe('edgewg help', () => {
  it('lists every page with its title', async () => {
    for (const words of [['help'], ['help', 'topics'], ['help', '-q']]) {
      const { stdout, exit } = await runCli(words);
      assert.equal(exit, 0);
      const listed = [...stdout.matchAll(/^ {2}(\S+) +\S.*$/gm)].map(([, name]) => name);
      assert.deepEqual(listed, pages.sort());
    }
  });

  it('prints a page, and says where the options of a command of that name are', async () => {
    const { stdout, exit } = await runCli(['help', 'keys']);
    assert.equal(exit, 0);
    assert.match(stdout, /^Keys\n====\n\nA WireGuard interface is its private key\./);
    assert.match(stdout, /\n {4}`plan --running FILE` {2}never {16}never\n/);
    assert.match(stdout, /\nThe options: edgewg keys --help\n$/);
  });

  it('prints the help of a command that has no page, and its own', async () => {
    assert.match((await runCli(['help', 'import'])).stdout, /^edgewg import\n[\s\S]*\nExamples:\n/);
    for (const words of [
      ['help', 'help'],
      ['help', '--help'],
    ])
      assert.match((await runCli(words)).stdout, /^edgewg help \[topic\]\n[\s\S]*\nExamples:\n/);
  });

  it('refuses what is neither, with the closest name', async () => {
    const { stderr, exit } = await runCli(['help', 'safty']);
    assert.deepEqual(
      { stderr, exit },
      { stderr: 'error: there is no page or command safty\n  hint: did you mean safety?\n', exit: 3 },
    );
  });
});

describe('a page in a terminal', () => {
  for (const { name, title } of topics())
    it(`${name} is plain text, wrapped`, () => {
      for (const width of [40, 80, 200]) {
        const lines = layOutTopic(topicText(name), width).split('\n');
        assert.equal(lines[0]?.split(' ')[0], title.split(' ')[0]);
        const long = lines.filter(line => columns(line) > Math.min(width, 100) && !line.startsWith('    '));
        // a word that is longer than the line, under its indent, has no other place
        assert.deepEqual(
          long.filter(line => !/^ *(- |\d+\. )?\S+$/.test(line) && !/^[=-]+$/.test(line)),
          [],
        );
      }
      assert.doesNotMatch(topicText(name), /\*\*|\]\([\w#.]|<!--|&(amp|lt|gt|quot);/);
    });

  it('has the headings of its document', () => {
    for (const name of pages) {
      const text = topicText(name);
      const document = readFileSync(new URL(`docs/${name}.md`, root), 'utf8').replace(
        /^ *```[\s\S]*?^ *```$/gm,
        '',
      );
      for (const [, heading = ''] of document.matchAll(/^## (.+)$/gm))
        assert.ok(text.includes(`\n${heading.replaceAll('`', '')}\n---`), heading);
    }
  });

  it('wraps items under their text, and leaves code alone', () => {
    const text = 'one two three\n- four five six\n12. seven eight\n\tcode that is not wrapped\n\n  x y';
    assert.equal(
      layOutTopic(text, 10),
      'one two\nthree\n- four\n  five six\n12. seven\n    eight\n    code that is not wrapped\n\n  x y',
    );
  });
});

describe('the pager', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-pager-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const show = async (text: string, env: Record<string, string>, stream: object): Promise<string> => {
    let written = '';
    const known = { PATH: process.env['PATH'], EDGEWG_PASSWORD: 'canary', ...env };
    await page(text, stream as WriteStream, known, more => {
      written += more;
    });
    return written;
  };
  const terminal = { isTTY: true, rows: 3 };
  const long = '1\n2\n3\n4\n5\n';

  it('gets a text that is longer than the terminal, and no secret', async () => {
    const out = join(folder, 'out');
    assert.equal(await show(long, { PAGER: `cat > '${out}'; env >> '${out}'` }, terminal), '');
    const said = readFileSync(out, 'utf8');
    assert.ok(said.startsWith(long));
    assert.match(said, /^LESS=FRX$/m);
    assert.ok(!said.includes('canary'));
  });

  it('may end before it has read everything', async () => {
    assert.equal(await show('x\n'.repeat(200_000), { PAGER: 'true' }, terminal), '');
  });

  it('is not asked for a short text, a pipe, or when it is empty or not there', async () => {
    const fails = { PAGER: 'exit 0' };
    assert.equal(await show('1\n2\n', fails, terminal), '1\n2\n');
    assert.equal(await show(long, fails, {}), long);
    assert.equal(await show(long, { PAGER: '' }, terminal), long);
    assert.equal(await show(long, { PAGER: 'no-such-pager-here' }, terminal), long);
  });
});
