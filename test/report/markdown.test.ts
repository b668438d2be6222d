// A plan as Markdown: nothing of a stranger's text may become more than letters, and the limits of those who show it are kept.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { marked } from 'marked';
import { command } from '../../src/commands/plan.ts';
import { changedOnly, topology } from '../../src/model/routing/topology.ts';
import { parsePlan } from '../../src/plan/saved.ts';
import type { Change, Finding, Plan } from '../../src/plan/types/plan.ts';
import { renderMermaid } from '../../src/report/graph/mermaid.ts';
import { renderMarkdown } from '../../src/report/markdown/markdown.ts';
import { code, fence, htmlCode, prose } from '../../src/report/markdown/prose.ts';
import { parseCommands } from '../../src/vyatta/commands.ts';
import { fakeIo } from '../support/fake-io.ts';
import { fixture } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';

const options = { allowed: new Map(), maxLength: 65_536, artifact: 'plan.json' };

const plans = [
  'first-tunnel',
  'remove-a-tunnel',
  'foreign-rule-refused',
  'ports-swapped',
  'unmanaged-phones',
];
const scenario = (name: string): Plan =>
  parsePlan(readFileSync(fixture(`scenarios/${name}/plan.json`), 'utf8'), name);

/** What GitHub's renderer makes links, images and mentions of; it looks at letters outside of code alone. */
function danger(markdown: string): string[] {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const letters = html
    .replace(/<(code|pre)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<!-- [\w .:]+ -->/g, '')
    .replaceAll('&#39;', "'");
  const tags = [...letters.matchAll(/<\/?([a-zA-Z][\w-]*)([^>]*)>/g)].map(([tag]) => tag);
  const ours = /^<\/?(p|h3|ul|li|em|strong|b|br|sub|blockquote|details|details open|summary|hr)>$/;
  return [
    ...tags.filter(tag => !ours.test(tag)),
    ...(letters.match(/@[\w-]|https?:|www\.|#\d|javascript:/g) ?? []),
  ];
}

const nasty = [
  '<img src=x onerror=alert(1)>',
  '`x` ``` ~~~',
  '@admin please look',
  '[a](https://evil.example)',
  '![a](//evil.example/x.png)',
  'www.evil.example',
  '| a | b |',
  '</details><script>alert(1)</script>',
  '--> <b>',
  '$$x$$ #1 owner/repo#2 :tada:',
  '# heading',
  '> quote',
  '- [x] done',
  '```mermaid',
  '"];click n0 href "javascript:alert(1)"',
  'end',
  '\u202egnp.exe',
  'a\nb\r\n::error::x',
];

const text = fc.oneof(
  fc.constantFrom(...nasty),
  fc
    .array(fc.constantFrom(...nasty, ...'`<>|@*_~[]()!#$\\-"\'&;:. \n', 'word'), { maxLength: 12 })
    .map(list => list.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('text of strangers in Markdown', () => {
  it('is nothing but letters in a sentence, a span, a block and a summary', () => {
    fc.assert(
      fc.property(text, hostile => {
        assert.deepEqual(danger(`- **x**: ${prose(hostile)}`), []);
        assert.deepEqual(danger(`- at ${code(hostile)}: x`), []);
        assert.deepEqual(danger(fence('diff', [`+ ${hostile}`, hostile])), []);
        assert.deepEqual(danger(`<details>\n<summary>${htmlCode(hostile)}</summary>\n\nx\n\n</details>`), []);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps every word of a sentence', () => {
    assert.equal(
      prose('wg4: port 51824 becomes reachable over IPv4'),
      '`wg4`: port 51824 becomes reachable over IPv4',
    );
    assert.equal(
      prose("MTU 1420 = 1500 (uplink.mtu) − 40 IPv6; wg0's rulesets, 'in' and 7654321"),
      "MTU 1420 = 1500 (`uplink.mtu`) − 40 IPv6; `wg0`'s rulesets, 'in' and `7654321`",
    );
    assert.equal(prose('= a + b'), '`=` a + b');
    assert.equal(prose('openPort: { ipv4: NUMBER }, or'), 'openPort: `{ ipv4: NUMBER }`, or');
    assert.equal(prose('a <b> `c` (see @d)'), 'a `` <b> `c` `` (see `@d`)');
    assert.equal(prose('x (10.0.0.0/8, 10.1.0.0/16).'), 'x (`10.0.0.0/8`, `10.1.0.0/16`).');
  });

  it('does nothing wherever a plan holds it', () => {
    const place = (hostile: string) => ({ file: hostile, line: 1, column: 1 });
    fc.assert(
      fc.property(text, hostile => {
        const change: Change = {
          path: ['interfaces', 'wireguard', 'wg4', 'description'],
          action: 'update',
          before: [hostile],
          after: [`${hostile}!`],
          source: place(hostile),
          impact: hostile,
        };
        const finding: Finding = {
          code: hostile,
          severity: 'error',
          message: hostile,
          hint: hostile,
          allow: hostile,
          source: place(hostile),
          running: { path: ['firewall', 'name', hostile] },
        };
        const plan: Plan = {
          ...scenario('first-tunnel'),
          router: hostile,
          changes: [change, { ...change, path: ['protocols', hostile, hostile] }],
          impacts: [{ tunnel: hostile, effect: 'gone', text: hostile }],
          diagnostics: [finding, { ...finding, severity: 'note' }, { ...finding, silenced: hostile }],
        };
        const markdown = renderMarkdown(plan, { ...options, artifact: hostile, origin: hostile });
        assert.deepEqual(danger(markdown), []);
      }),
      { numRuns: 50 },
    );
  });

  it('tells before all other findings which errors the site file ignores', () => {
    const error: Finding = { code: 'EW211', severity: 'error', message: 'm', silenced: 'because' };
    const warning: Finding = { code: 'EW122', severity: 'warning', message: 'n' };
    const plan: Plan = { ...scenario('first-tunnel'), diagnostics: [warning, error] };
    const markdown = renderMarkdown(plan, { ...options, artifact: 'a', origin: 'b' });
    const [box = '', next = ''] = markdown.split(/\n\n(?=> \[!)/).slice(1);
    assert.match(
      box,
      /^> \[!CAUTION\]\n> \*\*The site file ignores:\*\*\n>\n> \*\*`EW211`\*\*: m<br>Silenced: because$/,
    );
    assert.match(next, /^> \[!WARNING\]\n> \*\*`EW122`/);
    assert.doesNotMatch(markdown, /<summary>\d+ silenced/);
  });

  it('reaches no drawing but as letters and numbers of characters', () => {
    fc.assert(
      fc.property(text, hostile => {
        const tree = parseCommands('set interfaces wireguard wg4 listen-port 1');
        tree.children
          .get('interfaces')
          ?.children.get('wireguard')
          ?.children.get('wg4')
          ?.children.set('description', {
            children: new Map([[hostile, { children: new Map() }]]),
          });
        const drawn = renderMermaid(topology(hostile, tree, tree)) ?? '';
        assert.equal(drawn.split('\n').length, 5);
        for (const [, label = ''] of drawn.matchAll(/"([^"]*)"/g))
          assert.match(label.replaceAll('<br>', ' '), /^([\p{L}\p{M}\p{N} .,:/()[\]…→−+-]|#\d+;)*$/u);
      }),
    );
  });
});

describe('a plan as Markdown', () => {
  for (const name of plans)
    it(`tells ${name.replaceAll('-', ' ')}`, async () => {
      const folder = fixture(`scenarios/${name}/`);
      const io = fakeIo(folder);
      const args = { file: 'site.yaml', running: 'running.commands', format: 'markdown', allow: [] };
      const exit = await command.run(args as never, io);
      const { stdout } = io.written;
      assert.equal(exit, name === 'foreign-rule-refused' ? 3 : 0);
      assert.deepEqual(danger(stdout), []);
      assertGolden(stdout, new URL('plan.md', folder));
    });

  it('fits any length, and says what it lacks and where that is', () => {
    const plan = scenario('first-tunnel');
    const whole = renderMarkdown(plan, options);
    assert.doesNotMatch(whole, /Left out/);
    for (let maxLength = 1000; maxLength < Buffer.byteLength(whole); maxLength += 97) {
      const cut = renderMarkdown(plan, { ...options, maxLength });
      assert.ok(Buffer.byteLength(cut) <= maxLength, String(maxLength));
      assert.match(cut, /Left out: .*\. All of it is in `plan\.json`\./);
      assert.match(cut, /^### edgewg plan for `192\.0\.2\.1`/);
      assert.equal(cut.split('<details').length, cut.split('</details>').length);
      assert.equal((cut.match(/^```/gm) ?? []).length % 2, 0);
    }
  });

  it('holds a network of 400 tunnels in a comment', () => {
    const tunnels = (port: number): string =>
      Array.from(
        { length: 400 },
        (_, i) =>
          `set interfaces wireguard wg${i} listen-port ${port + i}\nset interfaces wireguard wg${i} peer ${Buffer.alloc(32, i).toString('base64')} allowed-ips 10.${i >> 8}.${i & 255}.0/24\n`,
      ).join('');
    const graph = topology(
      'r',
      parseCommands(tunnels(1000)),
      parseCommands(`${tunnels(1000)}set interfaces wireguard wg7 mtu 1400`),
    );
    const markdown = renderMarkdown(scenario('first-tunnel'), { ...options, graph });
    assert.ok(Buffer.byteLength(markdown) < 65_536);
    assert.match(markdown, /left out\.<\/sub>/);
    assert.equal(changedOnly(graph).nodes.length, 2);
  });
});
