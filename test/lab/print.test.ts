// What the lab prints of a configuration is what a router prints of it: the recordings' own, and real ones.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Console } from '../support/console.ts';

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

  for (const name of ['router', 'router-pppoe'])
    it(`of a real router's ${name}.boot, learning what nobody described`, async () => {
      const real = readFileSync(`fixtures/blog/${name}.boot`, 'utf8');
      const printed = readFileSync(`fixtures/blog/${name}.commands`, 'utf8');
      const lab = await Console.start({ seed: real, boot: real, hasKeys: true });
      assert.equal(await lab.commands(), printed);
      assert.equal(
        lab.text('/var/log/vyatta/vyatta-config-loader.log'),
        '== begin boot-config-loader\n-- exiting\n',
      );
    });
});
