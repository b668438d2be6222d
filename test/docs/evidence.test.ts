// docs/safety.md 'Words and their evidence': every sentence of edgewg that says something good of a router stands there with what must
// have been seen for it, and nothing stands there that edgewg doesn't say.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

/** What makes a sentence a good word: that something was done, is as it was, agrees, or gets through. */
const good =
  /\bsaved[.;]|\bis saved\b|\bsaves it\b|\bhas saved\b|as before|as it was\b|nothing was done|nothing to (do|update|heal)|nothing is lost|up to date|plan .*is empty|becomes reachable|\bproven\b|confirmed already|\bUndone:|came up with what|what runs is saved|has a new handshake|^handshake .*ago|was put back$|put back, or|\bApplied:|The same as|^the same commands|rolled back already|sessions go on|^armed:|^none is pending|has every WireGuard node|kernel has every|^every key is in/;

/** One word alone is one of the progress of an apply. */
const single = new Set(['saved']);

const literal =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:\$\{(?:[^{}]|\{[^{}]*\})*\}|[^`\\]|\\.)*)`/g;

/** What says that something isn't known, or was another time's. */
const isNoPraise = (text: string): boolean =>
  /could not (be compared|compare)|nothing tells whether|it keeps the last fifty/.test(text);

/** Options say what a command is for, and imports name files. */
const isAboutCommands = (before: string): boolean => /(describe:|from|import\()\s*$/.test(before);

/** The string and template literals of a source, with `…` for what is put in. */
function* literalsOf(source: string): Generator<{ text: string; before: string }> {
  for (const found of source.matchAll(literal)) {
    const text = found[1] ?? found[2] ?? found[3];
    if (text === undefined) continue;
    const plain = text
      .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
      .replaceAll('\\n', ' ')
      .trim();
    yield { text: plain, before: source.slice(Math.max(0, found.index - 200), found.index) };
  }
}

function said(): { text: string; file: string }[] {
  const folders = ['router', 'report', 'commands', 'health', 'keys', 'plan', 'import'];
  const files = folders.flatMap(folder =>
    readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' }).map(name => `src/${folder}/${name}`),
  );
  return [...files, 'src/checks/firewall/reachability.ts']
    .filter(file => file.endsWith('.ts'))
    .flatMap(file =>
      [...literalsOf(readFileSync(file, 'utf8'))]
        .filter(
          ({ text, before }) =>
            (good.test(text) || single.has(text)) && !isAboutCommands(before) && !isNoPraise(text),
        )
        // the title and the text of an explanation
        .filter(({ before }) => !/(title|why|way):\s*$/.test(before))
        .map(({ text }) => ({ text, file })),
    );
}

interface Row {
  readonly phrases: readonly string[];
  readonly exit: string;
  readonly evidence: string;
}

function rows(): Row[] {
  const section =
    /\n## Words and their evidence\n([\s\S]*?)(?=\n## |$)/.exec(
      readFileSync('docs/safety.md', 'utf8'),
    )?.[1] ?? '';
  return [...section.matchAll(/^\| (`.*?) +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, words = '', exit = '', evidence = '']) => ({
      phrases: [...words.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => phrase),
      exit,
      evidence,
    }),
  );
}

const covers = (phrase: string, text: string): boolean =>
  single.has(phrase) ? text === phrase : text.includes(phrase);

describe('the words of edgewg about a router', () => {
  it('stand with their evidence in docs/safety.md, each of them', () => {
    const phrases = rows().flatMap(row => row.phrases);
    const all = said();
    assert.ok(all.length > 30, `${all.length} sentences`);
    const unproven = all.filter(({ text }) => !phrases.some(phrase => covers(phrase, text)));
    assert.deepEqual(unproven, [], 'these say something good, and docs/safety.md has no evidence for it');
  });

  it('are those that edgewg says, with an exit code and what was seen', () => {
    const all = said();
    const table = rows();
    assert.ok(table.length > 15, `${table.length} rows`);
    for (const { phrases, exit, evidence } of table) {
      for (const phrase of phrases)
        assert.ok(
          all.some(({ text }) => covers(phrase, text)),
          `nobody says: ${phrase}`,
        );
      assert.match(exit, /^(–|\d{1,3}(, \d{1,3})*)$/, `${phrases[0]}: ${exit}`);
      assert.ok(evidence.length > 30, `${phrases[0]} has no evidence`);
    }
  });

  it('would be found if somebody added one', () => {
    const source = [
      'say(`apply $',
      "{id} is saved`); // the router is as before\nsay('nothing was done');",
    ].join('');
    const texts = [...literalsOf(source)].map(({ text }) => text);
    assert.deepEqual(texts, ['apply … is saved', 'nothing was done']);
    assert.ok(texts.every(text => good.test(text)));
  });
});
