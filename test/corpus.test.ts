// Real configurations, read where they lie beside the project; skipped where the folder is absent.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseBoot, printBoot } from '../src/vyatta/boot.ts';
import { parseCommands, printCommands } from '../src/vyatta/commands.ts';
import type { UnreadableText } from '../src/vyatta/source.ts';
import { equal, type Tree } from '../src/vyatta/tree.ts';

const corpus = new URL('../../../shared/corpus/', import.meta.url);
const files = existsSync(corpus) ? readdirSync(corpus).filter(f => /\.(boot|commands)$/.test(f)) : [];
const read = (file: string): string => readFileSync(new URL(file, corpus), 'utf8');
const parse = (file: string): Tree => (file.endsWith('.boot') ? parseBoot : parseCommands)(read(file));

/** Hand-written files that no router printed: the line that a strict reader must stop at. */
const rejected: Record<string, number> = {
  'TimoDJatomika__EdgeRouter-Stuff__aws-s2s.commands': 1,
  'bneijt__mullvad-edgerouter-x__mullvad-example_edit-session.commands': 1,
  'schlivo__edgerouter-x-wiregard-failsafe__example.boot': 1,
  'unknown__index-10656397145__two-tunnels-wg1-wg2.commands': 3,
  'unknown__index-17624459772__proton-wg1-pbr.commands': 34,
  'unknown__index-44616081034__ovpn-wg0-pbr-vlan.commands': 8,
};

/** `peer KEY = endpoint …`: words that braces can't hold. */
const notInBraces = 'unknown__index-36905361731__plt-wireguard-vbash.commands';

describe('corpus', () => {
  before(function () {
    if (files.length === 0) this.skip();
  });

  for (const file of files) {
    it(`${file}: print and parse give the same tree`, () => {
      const line = rejected[file];
      if (line !== undefined) {
        assert.throws(
          () => parse(file),
          (error: UnreadableText) => error.problems[0]?.line === line,
        );
        return;
      }
      const tree = parse(file);
      assert.ok(equal(parseCommands(printCommands(tree)), tree));
      if (file !== notInBraces) assert.ok(equal(parseBoot(printBoot(tree)), tree));
    });
  }
});
