// The network of the blog post: an EdgeRouter 12 at home, two servers elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseBoot } from '../src/vyatta/boot.ts';
import { parseCommands, printCommands } from '../src/vyatta/commands.ts';
import { isMulti } from '../src/vyatta/nodes.ts';
import { equal } from '../src/vyatta/tree.ts';
import { root } from './support/run-cli.ts';

const blog = new URL('fixtures/blog/', root);
const read = (name: string): string => readFileSync(new URL(name, blog), 'utf8');

describe('the network of the blog', () => {
  for (const name of ['router', 'router-pppoe'])
    it(`${name}: config.boot and commands are the same configuration, as a router prints it`, () => {
      const tree = parseCommands(read(`${name}.commands`));
      assert.ok(equal(parseBoot(read(`${name}.boot`)), tree));
      assert.equal(printCommands(tree, isMulti), read(`${name}.commands`));
    });
});
