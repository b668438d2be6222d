// What comments and documents cite is in the repository: documents with their headings, recordings, issues that docs/edgeos.md names.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root } from '../support/run-cli.ts';

const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const below = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(path => `${folder}/${path}`);
const files = [...['src', 'test', 'scripts', 'docs'].flatMap(below), ...readdirSync(root), '.ci/run'].filter(
  path => !/node_modules|^CHANGELOG/.test(path) && /^\.ci\/run$|\.(ts|mjs|js|sh|pl|md|json)$/.test(path),
);

/** Without the signs of a comment, so that a sentence reads on over its lines. */
const flat = (text: string): string => text.replace(/\n[ \t]*(?:\/\/|\*|#)?[ \t]+/g, ' ');
/** The comments alone: elsewhere words such as `transcript` are names. */
const comments = (text: string): string =>
  flat((text.match(/^[ \t]*(?:\/\/|\/\*\*|\*|#).*$|\/\/ .*$/gm) ?? []).join('\n'));

const headings = new Map<string, Set<string>>();
const headingsOf = (page: string): Set<string> => {
  const known =
    headings.get(page) ??
    new Set([...read(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, title = '']) => title));
  headings.set(page, known);
  return known;
};

const page = String.raw`(?:docs\/(?:[\w-]+\/)*)?[A-Za-z][\w-]*\.md`;
const cited = new RegExp(String.raw`(?<![\w./-])(${page})((?:,? (?:and )?'.+?'(?=[\s.,;:)\]*"]|$))*)`, 'g');

/** What is wrong with the documents that a text cites: `docs/NAME.md`, or with headings `docs/NAME.md 'One', 'Two'`. */
function wrongDocuments(text: string): string[] {
  return [...text.matchAll(cited)].flatMap(([, name = '', titles = '']) => {
    if (!name.startsWith('docs/') && titles === '') return [];
    if (!existsSync(new URL(name, root))) return [name];
    const wanted = [...titles.matchAll(/'(.+?)'(?=[\s.,;:)\]*"]|$)/g)].map(([, title = '']) => title);
    return wanted.filter(title => !headingsOf(name).has(title)).map(title => `${name} '${title}'`);
  });
}

const recordings = read('docs/edgeos.md');
const name = String.raw`(?:interactive\/)?[a-z0-9]+(?:-[a-z0-9]+)*`;
const list = new RegExp(String.raw`\btranscripts? (${name}(?:(?:, (?:and )?| and )${name})*)`, 'g');

/** Recordings that are neither a file of fixtures/transcripts nor in the table of docs/edgeos.md. */
function wrongRecordings(text: string): string[] {
  const named = [...text.matchAll(list)].flatMap(([, names = '']) => names.split(/, and |, | and /));
  const terminal = [...text.matchAll(/\binteractive\/(\d+\w?(?:(?:, (?:and )?| and )\d\d\w?)*)/g)]
    .flatMap(([, numbers = '']) => numbers.split(/, and |, | and /))
    .map(number => `interactive/${number}`);
  return [...named.filter(one => /^[a-z]/.test(one) && !one.startsWith('interactive/')), ...terminal].filter(
    one =>
      !(one.startsWith('interactive/')
        ? recordings.includes(`| ${one} `)
        : existsSync(new URL(`fixtures/transcripts/exec/${one}.json`, root))),
  );
}

const wrongIssues = (text: string): string[] =>
  (text.match(/\b[WL]!\d+/g) ?? []).filter(issue => !new RegExp(`${issue}\\b`).test(recordings));

/** Documents beside the project, which a reader doesn't have. */
const elsewhere = /\bedgeos3?-facts\b|\(design, '|\b(?:design|style|peers)\.md\b/g;

const own = 'test/docs/citations.test.ts';
const faults = (find: (text: string) => string[]): string[] =>
  files.filter(path => path !== own).flatMap(path => find(read(path)).map(fault => `${path}: ${fault}`));

describe('citations', () => {
  it('are documents of this repository, and headings that they have', () => {
    let count = 0;
    const wrong = faults(text => {
      const all = flat(text);
      count += [...all.matchAll(cited)].filter(([, , titles]) => titles !== '').length;
      return wrongDocuments(all);
    });
    assert.deepEqual(wrong, []);
    assert.ok(count >= 90, `${count} citations with a heading`);
  });

  it('are recordings that are here, or that docs/edgeos.md lists', () => {
    assert.deepEqual(
      faults(text => wrongRecordings(comments(text))),
      [],
    );
  });

  it('are issues of others that docs/edgeos.md names', () => {
    assert.deepEqual(
      faults(text => wrongIssues(comments(text))),
      [],
    );
  });

  it('are no documents beside the project', () => {
    assert.deepEqual(
      faults(text => text.match(elsewhere) ?? []),
      [],
    );
  });

  it('are found when they are wrong', () => {
    assert.deepEqual(
      wrongDocuments("see docs/none.md, docs/mtu.md 'To measure' and docs/mtu.md 'No such'."),
      ['docs/none.md', "docs/mtu.md 'No such'"],
    );
    assert.deepEqual(wrongDocuments("(docs/mtu.md 'EdgeOS's limits', 'Nowhere'; more)"), [
      "docs/mtu.md 'Nowhere'",
    ]);
    assert.deepEqual(wrongDocuments("(CONTRIBUTING.md, 'Rules' and 'Ruins')"), ["CONTRIBUTING.md 'Ruins'"]);
    assert.deepEqual(
      wrongRecordings('(transcripts routes, no-such and interactive/99; interactive/07, 98)'),
      ['no-such', 'interactive/99', 'interactive/98'],
    );
    assert.deepEqual(wrongIssues('(W!80, W!999999)'), ['W!999999']);
  });
});
