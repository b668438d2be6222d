// The recorded scenarios again, as they were recorded: over SSH, in one real bash under sg, on a freshly booted router.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { startLab } from '../../src/lab/lab.ts';
import { connect, exec } from '../support/ssh.ts';

interface Scenario {
  readonly name: string;
  readonly steps: readonly { readonly run: string; readonly stdout: string; readonly exit: number }[];
}

const folder = 'fixtures/transcripts';
const boot = readFileSync(`${folder}/base.boot`, 'utf8');
const differences = JSON.parse(readFileSync(`${folder}/differences.json`, 'utf8')) as Record<string, string>;
const mark = '@@step@@';
const prologue = [
  'W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper',
  'O=/opt/vyatta/bin/vyatta-op-cmd-wrapper',
  'r() { "$W" "$@" </dev/null; echo "=> $?"; }',
];

// no dpkg package was installed on the machine of the recordings (their README); a router has one, and so has the lab
const notARouters = ['probes 18'];

describe('the recordings over SSH', () => {
  for (const file of readdirSync(`${folder}/exec`)) {
    const { name, steps } = JSON.parse(readFileSync(`${folder}/exec/${file}`, 'utf8')) as Scenario;
    it(name, async () => {
      const lab = await startLab({ seed: boot });
      try {
        const client = await connect(lab, { password: lab.password });
        const script = steps.map(({ run }) => `${run}\nprintf '\\n${mark}%s\\n' $?`);
        const { stdout } = await exec(
          client,
          'sg vyattacfg -c "bash -s"',
          [...prologue, ...script, ''].join('\n'),
        );
        client.end();
        const ran = stdout.split(`\n${mark}`);
        for (const [index, step] of steps.entries()) {
          if (`${name} ${index}` in differences || notARouters.includes(`${name} ${index}`)) continue;
          const before = ran[index] ?? '';
          const said = index === 0 ? before : before.slice(before.indexOf('\n') + 1);
          const got = { stdout: said, exit: Number.parseInt(ran[index + 1] ?? '', 10) };
          assert.deepEqual(got, { stdout: step.stdout, exit: step.exit }, `${index}: ${step.run}`);
        }
      } finally {
        await lab.close();
      }
    });
  }
});
