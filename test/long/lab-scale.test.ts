// Many clients, many lines.
import assert from 'node:assert/strict';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec } from '../support/ssh.ts';

const wrapper = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
const session = 'sg vyattacfg -c "bash -s"';
const commands = 'cli-shell-api showConfig --show-active-only --show-commands';

describe('the lab under load', () => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('keeps 50 sessions at once apart, and all that they commit', async () => {
    lab = await startLab();
    const name = (index: number) => `10.7.${index}.0/24`;
    const work = async (index: number) => {
      const client = await connect(lab, { password: lab.password });
      const script = [
        `W=${wrapper}`,
        '$W begin',
        `$W set firewall group network-group G${index} network ${name(index)}`,
        `$W show firewall group | grep -c '^+'`,
        'until $W commit | grep -q . || true; ! $W show firewall group | grep -q "^+"; do sleep 0.2; done',
        '$W end; echo "end=$?"',
      ].join('\n');
      const { stdout, code } = await exec(client, session, script);
      client.end();
      assert.deepEqual([stdout.split('\n').slice(-2), code], [['end=0', ''], 0], stdout);
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));
    const client = await connect(lab, { password: lab.password });
    const { stdout } = await exec(client, `${commands} | grep network-group`);
    client.end();
    const wanted = Array.from(
      { length: 50 },
      (_, index) => `set firewall group network-group G${index} network ${name(index)}`,
    );
    assert.deepEqual(stdout.trimEnd().split('\n').sort(), wanted.sort());
  });

  it('takes 1,000 set lines of one session, and says how long', async () => {
    lab = await startLab();
    const client = await connect(lab, { password: lab.password });
    const lines = Array.from(
      { length: 1000 },
      (_, i) => `W set firewall group address-group A address 10.${i >> 8}.${i & 255}.1`,
    );
    const script = [
      `W() { ${wrapper} "$@" </dev/null; }`,
      'W begin',
      ...lines,
      'W commit; echo "commit=$?"',
      'W end',
    ].join('\n');
    const start = performance.now();
    const { stdout } = await exec(client, session, script);
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(`      1,000 set lines: ${seconds.toFixed(1)} s\n`);
    assert.equal(stdout, 'commit=0\n');
    assert.equal((await exec(client, `${commands} | grep -c address-group`)).stdout, '1000\n');
    client.end();
  });

  it('starts from 20,000 lines', async () => {
    const groups = Array.from(
      { length: 20_000 },
      (_, i) => `set firewall group address-group G${i >> 8} address 10.9.${i >> 8}.${i & 255}`,
    );
    const start = performance.now();
    lab = await startLab({ seed: `${groups.join('\n')}\nset system login user ubnt level admin\n` });
    process.stdout.write(`      20,000 lines: up in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
    const client = await connect(lab, { password: lab.password });
    assert.equal((await exec(client, `${commands} | grep -c address-group`)).stdout, '20000\n');
    client.end();
  });
});
