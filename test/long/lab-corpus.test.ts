// Whatever EdgeOS configuration somebody has, the lab takes it as a seed: it loads, prints, and reads back what it printed.
// The corpus isn't part of the project; without it there is nothing to test.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Console } from '../support/console.ts';

const corpus = ['../shared/corpus'].find(existsSync) ?? '';
const real = corpus !== '' ? readdirSync(corpus).filter(file => /\.(boot|commands)$/.test(file)) : [];

describe('the lab takes any seed', () => {
  for (const file of real) {
    const text = readFileSync(`${corpus}/${file}`, 'utf8');
    it(file, async function () {
      const first = await Console.start({ seed: text }).catch(() => undefined);
      if (first === undefined) return this.skip();
      const saved = first.router.seedAsBoot();
      const lab = await Console.start({ seed: text, boot: saved, hasKeys: true });
      // VyOS has nodes where EdgeOS has others; whoever hid a key must live with a tunnel less.
      if (!file.startsWith('vyos__'))
        assert.doesNotMatch(
          lab.text('/var/log/vyatta/vyatta-config-loader.log'),
          /node is not valid|Failed to parse/,
        );
      assert.equal((await Console.start({ seed: saved, boot: saved })).router.seedAsBoot(), saved);
    });
  }
});
