// Messages and hints in one voice: they begin small, unless with a name, and are no sentences with a full stop; contractions are used.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../support/run-cli.ts';

const names = /^(WireGuard|EdgeOS|Mermaid|MetalLB|Calico|ProxyJump|Kubernetes|OpenSSH|[A-Z]{2,})/;
const folder = new URL('src/', root);
const text = String.raw`('(?:\\.|[^'\n\\])*'|"(?:\\.|[^"\n\\])*"|\`(?:\\.|[^\`\\])*\`)`;
/** Where sentences for a person stand: properties of findings and issues, and the arguments of errors behind their code. */
const places = [
  new RegExp(String.raw`\b(?:message|hint)[:=]? *(?:=|:)? *${text}`, 'g'),
  new RegExp(String.raw`new (?:Refused|NoAccess|PutBack|StateUnknown)\(\s*'[\w-]+',\s*${text}`, 'g'),
];

const said = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .flatMap(name => {
    const source = readFileSync(new URL(name, folder), 'utf8');
    return places.flatMap(place =>
      [...source.matchAll(place)].map(([, quoted = '']) => ({ name, words: quoted.slice(1, -1) })),
    );
  });

describe('what edgewg says', () => {
  it('is found in the source', () => assert.ok(said.length > 400, `${said.length} texts`));

  const rules: readonly [string, (words: string) => boolean][] = [
    ['begins small', words => /^[A-Z]/.test(words) && !names.test(words)],
    ['has no full stop at its end', words => /[a-z)]\.$/.test(words) && !words.endsWith('and .')],
    ["says can't", words => /\b(cannot|can not)\b/.test(words)],
    ['has no "Error:" in front', words => /^error\b/i.test(words)],
    [
      'calls the router router, and the site file site file',
      words => /\b(the device itself|config file|configuration file|spec file)\b/i.test(words),
    ],
  ];
  for (const [rule, isBroken] of rules)
    it(rule, () =>
      assert.deepEqual(
        said.filter(({ words }) => isBroken(words)).map(({ name, words }) => `${name}: ${words}`),
        [],
      ),
    );

  it('stays with plain technical English, in comments and documents as well', () => {
    const poetry = /\b(feels?|fares?|suffers?|amiss|story|stories|tale)\b/i;
    const texts = ['src', 'docs'].flatMap(name =>
      readdirSync(new URL(`${name}/`, root), { recursive: true, encoding: 'utf8' })
        .filter(file => /\.(ts|md)$/.test(file))
        .map(file => `${name}/${file}`),
    );
    const lines = texts.flatMap(file =>
      readFileSync(new URL(file, root), 'utf8')
        .split('\n')
        .flatMap((line, i) => (poetry.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
    );
    assert.deepEqual(lines, []);
  });

  it('sends nobody to a file that the npm package has not', () => {
    const shipped = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => /\/files\//.test(name))
      .map(name => ({ name, words: readFileSync(new URL(name, folder), 'utf8') }));
    const help = { name: 'help', words: readFileSync(new URL('dist/src/help.txt', root), 'utf8') };
    const others = [...said, ...shipped, help].flatMap(({ name, words }) =>
      [...words.matchAll(/(?<![\w/.])(?:fixtures|docs|test)\/[\w.-]+/g)].map(([file]) => `${name}: ${file}`),
    );
    assert.deepEqual(others, []);
  });
});
