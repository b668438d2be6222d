// The two forms in which a router prints its configuration are one tree, whatever its values hold.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBoot, printBoot } from '../../src/vyatta/boot.ts';
import { parseCommands, printCommands } from '../../src/vyatta/commands.ts';
import { readConfiguration } from '../../src/vyatta/running.ts';
import { UnreadableText } from '../../src/vyatta/source.ts';
import { emptyTree, equal, insert, leaves, value } from '../../src/vyatta/tree.ts';
import { shapeOf } from '../support/shapes.ts';

/**
 * What `set` and `load` take: no double quote, no line break; a backslash at the end swallows the quote of config.boot. A value in
 * quotes of its own is printed as one without them is.
 */
const hostile = fc
  .array(
    fc.constantFrom(
      "'",
      "''",
      ' ',
      '  ',
      '{',
      '}',
      '#',
      ';',
      '!',
      '*',
      '/*',
      '*/',
      'set ',
      '&quot;',
      'a',
      'the kids',
      'ü',
      '=',
      '\\x',
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map(parts => parts.join(''))
  .filter(text => text.trim() === text && !text.endsWith('\\') && !/^'.*'$/.test(text));

/** Words of nodes that no table knows: where a value with blanks ends is told by its quotes alone. */
const plain = fc
  .array(fc.constantFrom('a', 'b', '-', '.', ':', '#', '!', ' ', "it's"), { minLength: 1, maxLength: 6 })
  .map(parts => parts.join(''))
  .filter(text => text.trim() === text);

const configuration = fc
  .record({
    descriptions: fc.array(hostile, { minLength: 1, maxLength: 6 }),
    foreign: fc.array(plain, { maxLength: 6 }),
    comment: fc.option(fc.constantFrom('set up: by hand', "it's mine", 'two\nset lines', 'the { of it')),
  })
  .map(({ descriptions, foreign, comment }) => {
    const tree = emptyTree();
    descriptions.forEach((text, i) => {
      insert(tree, ['interfaces', 'wireguard', `wg${i}`, 'description', text]);
      insert(tree, ['firewall', 'name', `R${i}`, 'rule', '10', 'description', text]);
    });
    foreign.forEach((text, i) => void insert(tree, ['system', 'login', `banner${i}`, 'text', text]));
    if (comment !== null) insert(tree, ['interfaces', 'wireguard', 'wg0']).comment = comment;
    return tree;
  });

describe('the two forms of a configuration', () => {
  it('give one tree, whatever the values hold', () => {
    fc.assert(
      fc.property(configuration, tree => {
        const [commands, boot] = [printCommands(tree), printBoot(tree, shapeOf)];
        assert.ok(equal(parseCommands(commands), tree), commands);
        assert.ok(equal(parseBoot(boot), tree), boot);
        for (const text of [commands, boot])
          assert.ok(equal(readConfiguration(Buffer.from(text), 'running'), tree), text);
      }),
      { numRuns: 500 },
    );
  });

  const description = (line: string): string | undefined =>
    value(parseCommands(`set interfaces wireguard wg0 description ${line}\n`), [
      'interfaces',
      'wireguard',
      'wg0',
      'description',
    ]);

  for (const [line, expected] of [
    ["'the kids' phones'", "the kids' phones"],
    ["'rock 'n' roll'", "rock 'n' roll"],
    ["'tis", "'tis"],
    ["it's", "it's"],
    ["'a' 'b'", "a' 'b"],
    ['"Android S20"', 'Android S20'],
    ["''", ''],
  ] as const)
    it(`reads the description ${line}`, () => assert.equal(description(line), expected));

  const words = (line: string): readonly string[] =>
    [...leaves(parseCommands(`set ${line}\n`))].flatMap(({ path }) => path);

  for (const [line, expected] of [
    ["a b 'the kids' phones'", ['a', 'b', "the kids' phones"]],
    ["a 'x y' rule 10 description 'z #1'", ['a', 'x y', 'rule', '10', 'description', 'z #1']],
    ["a 'one' b 'two'", ['a', 'one', 'b', 'two']],
    ["a 'the dogs''", ['a', "the dogs'"]],
    ["a 'b", ['a', "'b"]],
  ] as const)
    it(`splits ${line}`, () => assert.deepEqual(words(line), expected));

  for (const line of ["a 'b c", "interfaces wireguard wg0 description 'the kids", '"a b c'])
    it(`refuses ${line}, where a quoted word is cut`, () =>
      assert.throws(() => parseCommands(`set ${line}`), UnreadableText));

  it('refuses a last line that was cut within a quoted word', () =>
    assert.throws(() => parseCommands("set system host-name a\nset system x 'b"), UnreadableText));
});

describe('config.boot, as its lexer reads it', () => {
  for (const [what, text] of [
    ['a comment behind a brace', 'a {\n    b { /* why */\n        c d\n    }\n}\n'],
    ['several nodes in a line of braces', 'a { b {\n c d\n} } /* the end */\n'],
    ['a brace right behind a name', 'a{\n    b{\n        c d\n    }\n}\n'],
    ['a colon behind a name', 'a {\n    b {\n        c: d\n    }\n}\n'],
  ] as const)
    it(`reads ${what}`, () =>
      assert.match(printCommands(parseBoot(text)), /^set a b c d\n(?:comment a b c d 'why'\n)?$/));

  it('gives a node the first of several comments, and none from the end of a block', () => {
    const tree = parseBoot('/* one */ /* two */ a {\n    b c\n    /* left over */\n}\nd e\n');
    assert.equal(tree.children.get('a')?.comment, 'one');
    assert.equal(tree.children.get('d')?.comment, undefined);
  });

  for (const [what, text] of [
    ['a value glued to its name', 'a"b"\n'],
    ['a value behind a quoted one', 'a "b"c\n'],
    ['two values', 'a b c\n'],
    ['a prompt', 'a b\nubnt@ubnt:~$ exit\n'],
  ] as const)
    it(`refuses ${what}`, () => assert.throws(() => parseBoot(text), UnreadableText));

  it('is not taken for commands when a comment has a line that begins with set', () => {
    const text = '/* how this router was\nset up: by hand */\ninterfaces {\n    loopback lo {\n    }\n}\n';
    const tree = readConfiguration(Buffer.from(text), 'running');
    const commands =
      "set interfaces loopback lo\ncomment interfaces 'how this router was\nset up: by hand'\n";
    assert.equal(printCommands(tree), commands);
    assert.ok(equal(parseCommands(commands), tree));
  });
});

describe('a configuration of another system', () => {
  for (const [what, system, text] of [
    ['names of peers', 'VyOS', "set interfaces wireguard wg01 peer CLIENT1 public-key 'AAAA'\n"],
    ['a port of an interface', 'VyOS', 'set interfaces wireguard wg01 port 51820\n'],
    ['NAT at the top', 'VyOS', 'set nat source rule 10 outbound-interface eth0\n'],
    ['its version', 'VyOS', 'interfaces {\n}\n// vyos-config-version: "bgp@5"\n'],
    ['its release', 'VyOS', 'interfaces {\n}\n/* Release version: 1.2.6 */\n'],
    ['its release', 'Vyatta', 'interfaces {\n}\n/* Release version: VC6.6R1 */\n'],
    ['its first line', 'XORP', '/*XORP Configuration File, v1.0*/\ninterfaces {\n}\n'],
    ['its interfaces', 'XORP', 'interfaces {\n    interface eth0 {\n    }\n}\n'],
  ] as const)
    it(`is told as ${system} by ${what}`, () =>
      assert.throws(
        () => readConfiguration(Buffer.from(text), 'running'),
        ({ message }: Error) => message.startsWith(`running is a configuration of ${system}: `),
      ));

  it("is no EdgeRouter's", () => {
    const text =
      'service {\n    nat {\n        rule 5000 {\n        }\n    }\n}\n/* Release version: v2.0.9-hotfix.7.5622731 */\n';
    assert.ok(readConfiguration(Buffer.from(text), 'running').children.has('service'));
  });
});
