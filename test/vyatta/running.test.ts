import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { Refused } from '../../src/errors.ts';
import { printCommands } from '../../src/vyatta/commands.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';

const commands = `set interfaces ethernet eth0 description 'to the world'\nset system host-name ubnt\n`;
const boot = `interfaces {\n    ethernet eth0 {\n        description "to the world"\n    }\n}\nsystem {\n    host-name ubnt\n}\n`;
const key = 'eFt5GKDX9lCHlfTGdLOC2nb/3gk5Om+5LRtcSEVfYEk=';

describe('a saved running configuration', () => {
  const same: [string, string | Uint8Array][] = [
    ['commands', commands],
    ['commands with Windows line ends', commands.replaceAll('\n', '\r\n')],
    ['commands behind blank lines and comments', `\n# saved today\n${commands}`],
    ['commands with a byte order mark', `\ufeff${commands}`],
    ['what PowerShell writes', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(commands, 'utf16le')])],
    ['config.boot', boot],
    ['config.boot with Windows line ends', boot.replaceAll('\n', '\r\n')],
  ];
  for (const [what, input] of same)
    it(`is read from ${what}`, () => {
      const bytes = typeof input === 'string' ? Buffer.from(input) : input;
      assert.equal(printCommands(readConfiguration(bytes, 'running')), commands);
    });

  const refused: [string, string | Uint8Array, string, RegExp][] = [
    ['nothing', ' \n', 'running-empty', /^running is empty$/],
    [
      'what a user who is no admin gets',
      'Must be an admin user to run this command.\n',
      'running-no-admin',
      /a user who is no admin/,
    ],
    ['a web page', '<html>\n<body>set</body>', 'running-unknown', /is no configuration of an EdgeRouter/],
    ['a site file', 'version: 1\nrouter: { host: 192.0.2.1 }\n', 'running-unknown', /is no configuration/],
    ['a binary file', Buffer.from([1, 2, 0, 3]), 'running-binary', /is a binary file/],
    ['an archived revision as it lies there', gzipSync(boot), 'running-binary', /is compressed/],
    [
      'commands with something between them',
      `${commands}ubnt@ubnt:~$ exit\ndelete system\n`,
      'running-unreadable',
      /^running can't be read as a configuration\nrunning:3:1: not a `set` command: ubnt@ubnt:~\$ exit\nrunning:4:1: not a `set` command: delete system$/,
    ],
    [
      'config.boot that ends too early',
      boot.slice(0, -3),
      'running-unreadable',
      /running:7:\d+: the \{ of line 6 is not closed: the text was cut short/,
    ],
  ];
  for (const [what, input, code, message] of refused)
    it(`is refused when it is ${what}`, () => {
      const bytes = typeof input === 'string' ? Buffer.from(input) : input;
      assert.throws(
        () => readConfiguration(bytes, 'running'),
        (error: unknown) => error instanceof Refused && error.code === code && message.test(error.message),
      );
    });

  it('shows at most ten bad lines, and no secret of them', () => {
    const lines = Array.from({ length: 30 }, () => `edit interfaces wireguard wg0 private-key ${key}\n`).join(
      '',
    );
    assert.throws(
      () => readConfiguration(Buffer.from(commands + lines), 'running'),
      ({ message }: Error) => message.split('\n').length === 12 && !message.includes(key.slice(0, 8)),
    );
  });
});
