// What the lab prints of a configuration is what a router prints of it: the recordings' own, and other people's real ones.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Console } from './support/console.ts';

const folder = 'fixtures/transcripts';
const boot = readFileSync(`${folder}/base.boot`, 'utf8');
const commands = readFileSync(`${folder}/base.commands`, 'utf8');

describe('the lab prints a configuration as the router does', () => {
  it('as commands, and as config.boot when it saves', async () => {
    const lab = await Console.start({ boot });
    assert.equal(await lab.commands(), `${commands.trimEnd()}\n`);
    await lab.cfg('save');
    assert.equal(lab.text('/config/config.boot'), boot);
  });

  it('and reads the commands back as the same configuration', async () => {
    const lab = await Console.start({ seed: commands });
    assert.equal(lab.router.seedAsBoot(), boot);
  });
});

const corpus = '../shared/corpus';
const real = existsSync(corpus) ? readdirSync(corpus).filter(file => /\.(boot|commands)$/.test(file)) : [];

describe('the lab takes any seed', () => {
  for (const file of real) {
    const text = readFileSync(`${corpus}/${file}`, 'utf8');
    it(file, async function () {
      const first = await Console.start({ seed: text }).catch(() => undefined);
      if (first === undefined) return this.skip();
      const saved = first.router.seedAsBoot();
      const lab = await Console.start({ seed: text, boot: saved });
      assert.equal(
        lab.text('/var/log/vyatta/vyatta-config-loader.log').match(/not valid|Failed to parse/g),
        null,
      );
      assert.equal((await Console.start({ seed: saved, boot: saved })).router.seedAsBoot(), saved);
    });
  }
});
