// One value of a site file is written, and nothing else of it moves.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { Refused } from '../../src/errors.ts';
import { withText } from '../../src/site/edit.ts';
import { loadSite } from '../../src/site/load.ts';
import { fixture } from '../support/fixtures.ts';

const path = ['tunnels', 'wg4', 'privateKey'];
const file = '/config/auth/edgewg-wg4-AbC.key';

function check(before: string, after: string, value = file): void {
  assert.equal(withText(before, path, value), after);
  assert.equal(parseDocument(after).getIn(path), value);
}

describe('a value written into a site file', () => {
  it('takes the place of the one that is there, in its comments and line ends', () => {
    check(
      'tunnels: # all\r\n  wg4:\r\n    privateKey:   "/config/auth/a.key"   # old\r\n    mtu: 1420\r\n',
      `tunnels: # all\r\n  wg4:\r\n    privateKey:   ${file}   # old\r\n    mtu: 1420\r\n`,
    );
    check(
      'tunnels: { wg4: { privateKey: env:A, mtu: 1 } }\n',
      `tunnels: { wg4: { privateKey: ${file}, mtu: 1 } }\n`,
    );
    check('tunnels:\n  wg4:\n    privateKey:\n', `tunnels:\n  wg4:\n    privateKey: ${file}\n`);
    check(
      'tunnels:\n  wg4:\n    privateKey: >-\n      env:A\n    mtu: 1\n',
      `tunnels:\n  wg4:\n    privateKey: ${file}\n    mtu: 1\n`,
    );
  });

  it('becomes the first key of a tunnel that has none', () => {
    check(
      'tunnels:\n  # ours\n  wg4:\n    # the address\n    address: [10.0.0.1/32] # x\n',
      `tunnels:\n  # ours\n  wg4:\n    # the address\n    privateKey: ${file}\n    address: [10.0.0.1/32] # x\n`,
    );
    check(
      'tunnels:\r\n    wg4:\r\n        mtu: 1\r\n',
      `tunnels:\r\n    wg4:\r\n        privateKey: ${file}\r\n        mtu: 1\r\n`,
    );
    check('tunnels: { wg4: {} }\n', `tunnels: { wg4: { privateKey: ${file} } }\n`);
    check('tunnels:\n  wg4: {mtu: 1}\n', `tunnels:\n  wg4: { privateKey: ${file},mtu: 1}\n`);
  });

  it('is quoted where YAML would take it for something else', () => {
    const command = 'command:op read "op://home/wg4/key" #x';
    check(
      'tunnels: { wg4: { privateKey: a } }\n',
      `tunnels: { wg4: { privateKey: ${JSON.stringify(command)} } }\n`,
      command,
    );
    check('tunnels: { wg4: { privateKey: a } }\n', 'tunnels: { wg4: { privateKey: env:WG4 } }\n', 'env:WG4');
  });

  it('leaves the rest of a whole file as it is, byte for byte', () => {
    const before = readFileSync(fixture('specs/valid/everything.yaml'), 'utf8');
    const after = withText(before, path, file);
    const changed = after.split('\n').filter((line, i) => line !== before.split('\n')[i]);
    assert.deepEqual(changed, [`    privateKey: ${file}`]);
    const tunnel = loadSite(after, 'x').site.tunnels.find(({ name }) => name === 'wg4');
    assert.deepEqual(tunnel?.privateKey, { kind: 'router', path: file });
  });

  it('is refused where there is nothing to write it into', () => {
    for (const text of [
      'tunnels: {}\n',
      'version: 1\n',
      'tunnels: { wg4: x }\n',
      'tunnels:\n  ? wg4\n  : - a\n',
    ])
      assert.throws(() => withText(text, path, file), Refused, text);
  });
});
