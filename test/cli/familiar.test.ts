// Words of terraform, kubectl and ansible: refused, with the command or option that edgewg has.
import assert from 'node:assert/strict';
import { runHere } from '../support/run-here.ts';

const cases: readonly (readonly [words: string, says: RegExp])[] = [
  ['diff', /edgewg has no command diff\n {2}hint: edgewg plan /],
  ['get tunnels', /no command get\n {2}hint: edgewg status /],
  ['destroy', /no command destroy\n {2}hint: edgewg tunnel remove .* --allow delete=N/],
  ['rotate wg4', /no command rotate\n {2}hint: edgewg keys rotate /],
  ['history', /hint: edgewg rollback --list/],
  ['apply --dry-run', /no option --dry-run here\n {2}hint: edgewg plan /],
  ['apply --check', /hint: edgewg plan /],
  ['apply --auto-approve', /hint: --yes /],
  ['apply -auto-approve', /no option -auto-approve here\n {2}hint: --yes /],
  ['apply --force', /hint: no refusal is lifted as a whole: each finding names its --allow/],
  ['plan -o json', /no option -o here\n {2}hint: --format /],
  ['plan -out=plan.json', /options have two dashes: --out/],
  ['plan -detailed-exitcode', /options have two dashes: --detailed-exitcode/],
  ['apply --out=x', /hint: edgewg plan --out FILE/],
  ['plan -l home', /hint: name the site files on the line/],
  ['status -w', /hint: edgewg status --watch SECONDS/],
];

describe('a word of another tool', () => {
  for (const [words, says] of cases)
    it(`${words} is answered`, async () => {
      const { stdout, stderr, exit } = await runHere(words.split(' '));
      assert.deepEqual([stdout, exit], ['', 3], stderr);
      assert.match(stderr, says);
    });

  it('hides no mistake of its own, and none of a word that means something', async () => {
    assert.match((await runHere(['aply'])).stderr, /did you mean apply\?/);
    assert.match(
      (await runHere(['constructor'])).stderr,
      /there is no command constructor\n {2}hint: edgewg --help/,
    );
    assert.match(
      (await runHere(['plam', 'site.yaml'])).stderr,
      /there is no command plam\n {2}hint: did you mean plan\?/,
    );
    assert.match(
      (await runHere(['fleet', 'a.yaml'])).stderr,
      /there is no command fleet\n {2}hint: edgewg help fleet is a page/,
    );
    assert.match(
      (await runHere(['wg4', 'status'])).stderr,
      /there is no command wg4\n {2}hint: edgewg --help/,
    );
    assert.match((await runHere(['status', '--watch', '0'])).stderr, /--watch takes a whole number/);
    assert.match((await runHere(['plan', '--formt', 'json'])).stderr, /did you mean --format\?/);
  });
});
