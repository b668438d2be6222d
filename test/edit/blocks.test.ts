// Entries of a site file's text: what is added and taken out again leaves the file as it was, byte for byte.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { withEntry, withoutEntry } from '../../src/edit/blocks.ts';
import { withItem } from '../../src/edit/lists.ts';
import { addPeer, removePeer } from '../../src/edit/peers.ts';
import { loadSite } from '../../src/site/load.ts';
import { fixture } from '../support/fixtures.ts';

const key = Buffer.alloc(32, 9).toString('base64');
const scenarios = readdirSync(fixture('scenarios')).map(name => `scenarios/${name}/site.yaml`);

describe('an entry of a site file', () => {
  for (const name of ['blog/site.yaml', ...scenarios]) {
    const text = readFileSync(fixture(name), 'utf8');
    const tunnels = loadSite(text, name).site.tunnels.filter(({ peers }) => peers.length > 0);
    for (const tunnel of tunnels)
      it(`${name}: a peer of ${tunnel.name} comes and goes`, () => {
        const peer = { tunnel: tunnel.name, name: 'extra', publicKey: key, allowedIPs: ['203.0.113.77/32'] };
        const more = addPeer(text, name, peer);
        assert.notEqual(more, text);
        const removed = removePeer(more, name, tunnel.name, 'extra') ?? assert.fail('no peer');
        const again = loadSite(removed.text, name).site;
        assert.ok(!again.tunnels.some(one => one.peers.some(({ publicKey }) => publicKey === key)));
        if (removed.by === 'left-out') assert.equal(removed.text, text);
        else {
          assert.deepEqual(again.absent.peers.get(tunnel.name), [key]);
          // wanted again: it is absent no more
          assert.equal(loadSite(addPeer(removed.text, name, peer), name).site.absent.peers.size, 0);
        }
      });
  }

  it('takes the maps with it that are empty then', () =>
    assert.equal(withoutEntry('a: 1\nb:\n  c:\n    d: 2\n', ['b', 'c', 'd']), 'a: 1\n'));

  it('leaves comments above it, and the lines of others', () =>
    assert.equal(
      withoutEntry('m:\n  # of a\n  a: 1 # one\n  # of b\n  b:\n    - 2\n    - 3\n  c: 4\n', ['m', 'b']),
      'm:\n  # of a\n  a: 1 # one\n  # of b\n  c: 4\n',
    ));

  it('goes out of braces, too', () =>
    assert.equal(withoutEntry('m: { a: 1, b: 2 }\n', ['m', 'a']), 'm: { b: 2 }\n'));

  it('makes the maps that it stands in', () =>
    assert.equal(
      withEntry('a: 1\n', { at: ['b', 'c', 'd'], data: 2, lines: ['d: 2'] }),
      'a: 1\nb:\n  c:\n    d: 2\n',
    ));

  it('keeps the line ends of the file', () =>
    assert.equal(withEntry('a: 1\r\n', { at: ['b'], data: 2, lines: ['b: 2'] }), 'a: 1\r\nb: 2\r\n'));
});

describe('an item of a list', () => {
  for (const [what, text, expected] of [
    ['in brackets', 'l: [a, b] # both\n', 'l: [a, b, c] # both\n'],
    ['of nothing', 'l: []\n', 'l: [c]\n'],
    ['below dashes', 'l:\n  - a\n  - b # two\nm: 1\n', 'l:\n  - a\n  - b # two\n  - c\nm: 1\n'],
    ["that isn't there", 'm: 1\n', 'm: 1\nl: [c]\n'],
  ] as const)
    it(`comes last in one ${what}`, () => assert.equal(withItem(text, ['l'], 'c'), expected));
});
