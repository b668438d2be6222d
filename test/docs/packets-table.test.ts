// docs/contributing/packets.md names the tests that send packets: each that it names is there, and each that is there is named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Listed {
  readonly tests: readonly { readonly title: string; readonly fullTitle: string }[];
}

describe('docs/contributing/packets.md', () => {
  it('names the tests that there are', () => {
    const mocha = fileURLToPath(new URL('../../../node_modules/mocha/bin/mocha.js', import.meta.url));
    const files = fileURLToPath(new URL('../packets/*.test.js', import.meta.url));
    const words = [mocha, '--no-config', '--dry-run', '--reporter', 'json', files];
    const listed = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Listed;
    assert.ok(listed.tests.length > 50);
    const rows = readFileSync('docs/contributing/packets.md', 'utf8').matchAll(/^\|.*?`([^`]+)`.*\|$/gm);
    const named = [...rows].map(([, name = '']) => name);
    // one of the transfers stands for its likes, and a test of every variant stands there without its suite
    const like = (text: string): string =>
      text.replace('PPPoE', 'Ethernet').replace('IPv6', 'IPv4').replace('pod to LAN', 'LAN to pod');
    const names = listed.tests.map(({ title, fullTitle }) => [
      title,
      like(`${fullTitle.slice('packets: '.length, -title.length - 1)}: ${title}`),
    ]);
    assert.deepEqual(
      named.filter(name => !names.flat().includes(name)),
      [],
    );
    assert.deepEqual(
      names.filter(own => !own.some(name => named.includes(name))),
      [],
    );
  }).timeout(60_000);
});
