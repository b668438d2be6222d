// Every relative link of README and docs leads to a file that is there, and to a heading that it has.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root } from '../support/run-cli.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];
/** The pages of those who work on edgewg; all others are a user's. */
const contributing = /^docs\/contributing\//;

/** Without what is code: a block's comments are no headings, and its brackets no links. */
const prose = (at: URL): string => readFileSync(at, 'utf8').replace(/^ *(```+)[^\n]*\n.*?^ *\1$/gms, '');

/** The anchors that GitHub gives to headings: lower case, no punctuation, hyphens for spaces, -1 for the second of a name. */
const anchorsOf = (text: string): Set<string> => {
  const seen = new Map<string, number>();
  const anchors = [...text.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, title = '']) => {
    const name = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}-${times}`;
  });
  return new Set(anchors);
};

/** What is wrong with the links of a page; code in a line is none. */
const brokenLinks = (page: string): { broken: string[]; count: number } => {
  const here = new URL(page, root);
  const text = prose(here).replace(/`[^`\n]*`/g, '`code`');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => !/^[a-z]+:/.test(link));
  const broken = links.filter(link => {
    const [path = '', anchor] = link.split('#');
    const at = path === '' ? here : new URL(path, here);
    if (!existsSync(at)) return true;
    return anchor !== undefined && !anchorsOf(prose(at)).has(anchor);
  });
  return { broken, count: links.length };
};

describe('the links of the documents', () => {
  it('lead from the README to every page of a user, and from CONTRIBUTING.md to every other', () => {
    const unlinked = (from: string, wanted: string[]): string[] => {
      const text = prose(new URL(from, root));
      return wanted.filter(page => page !== from && !text.includes(`](${page})`));
    };
    assert.deepEqual(
      unlinked(
        'README.md',
        pages.filter(page => !contributing.test(page)),
      ),
      [],
    );
    assert.deepEqual(
      unlinked(
        'CONTRIBUTING.md',
        pages.filter(page => contributing.test(page)),
      ),
      [],
    );
  });

  it('lead to files and headings that are there', () => {
    const found = pages.map(page => ({ page, ...brokenLinks(page) }));
    assert.deepEqual(
      found.flatMap(({ page, broken }) => broken.map(link => `${page}: ${link}`)),
      [],
    );
    const sum = found.reduce((total, { count }) => total + count, 0);
    assert.ok(sum >= 40, `${sum} links`);
  });
});
