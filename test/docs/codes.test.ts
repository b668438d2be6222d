// The codes of findings that documents name exist; where a title follows, it is the finding's.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { explanations } from '../../src/checks/explain.ts';
import { root } from '../support/run-cli.ts';

const pages = ['README.md', ...readdirSync(new URL('docs/', root)).map(name => `docs/${name}`)].filter(name =>
  name.endsWith('.md'),
);
const text = (page: string): string => readFileSync(new URL(page, root), 'utf8');

describe('the codes in the documents', () => {
  it('are codes that there are', () => {
    const named = pages.flatMap(page =>
      [...text(page).matchAll(/\bEW\d{3}\b/g)].map(([code]) => ({ page, code })),
    );
    assert.ok(named.length >= 40, `${named.length} codes`);
    assert.deepEqual(
      named.filter(({ code }) => !Object.hasOwn(explanations, code)),
      [],
    );
  });

  it('of the questions stand with their titles', () => {
    const faq = text('docs/faq.md').replace(/\s+/g, ' ');
    const named = [...faq.matchAll(/\b(EW\d{3})(?:: ([^)]*)\))?/g)].map(([, code = '', title]) => ({
      code,
      title,
    }));
    assert.ok(named.length >= 4);
    for (const { code, title } of named) assert.equal(title, explanations[code]?.title, code);
  });
});
