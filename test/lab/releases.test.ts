// What a lab of another release says of itself, and what an upgrade to it leaves.
import assert from 'node:assert/strict';
import { parseFault } from '../../src/lab/faults.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec } from '../support/ssh.ts';
import { boot } from './scenarios.ts';

const questions = `uname -r; cat /etc/version
O=/opt/vyatta/bin/vyatta-op-cmd-wrapper; $O show version | head -n 2
dpkg-query -W -f='\${Version}\\n' wireguard 2>&1
for path in "interfaces wireguard" "service ubnt-discover"; do cli-shell-api validateTmplPath $path && echo "$path"; done
for type in wg all; do cli-shell-api validateTmplValPath firewall options mss-clamp interface-type $type >/dev/null && echo "$type"; done
sg vyattacfg -c 'W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper; $W begin; $W save >/dev/null; $W end'
tail -n 1 /config/config.boot
`;

async function ask(lab: Lab): Promise<string[]> {
  const client = await connect(lab, { password: lab.password });
  const { stdout } = await exec(client, 'bash -s', questions);
  client.end();
  return stdout.trimEnd().split('\n');
}

const seed3 = boot.replace(/v2\.0\.9-hotfix\.7\.\S+/, 'v3.0.0.5842787.250101.0000');
const of3 = [
  '4.14.54-UBNT',
  'EdgeRouter.ER-e50.v3.0.1.5862409.250924.1408',
  'Version:      v3.0.1',
  'Build ID:     5862409',
  'dpkg-query: no packages found matching wireguard',
  'interfaces wireguard',
  'all',
  '/* Release version: v3.0.1.5862409.250924.1408 */',
];

describe("the lab's releases", () => {
  let lab: Lab | undefined;
  afterEach(() => lab?.close());

  it("are told by the seed's last line", async () => {
    lab = await startLab({ seed: seed3 });
    assert.deepEqual(await ask(lab), of3);
    assert.match(lab.hostKey, /^ssh-ed25519 /);
  });

  it('are the one that is asked for', async () => {
    lab = await startLab({ seed: seed3, release: '2.0.9-hotfix.7' });
    assert.deepEqual(await ask(lab), [
      '4.14.54-UBNT',
      'EdgeRouter.ER-e50.v2.0.9-hotfix.7.5622731.230615.0857',
      'Version:      v2.0.9-hotfix.7',
      'Build ID:     5622731',
      '1.0.20220627-1',
      'interfaces wireguard',
      'service ubnt-discover',
      'wg',
      'all',
      '/* Release version: v2.0.9-hotfix.7.5622731.230615.0857 */',
    ]);
  });

  it('may be upgraded while they run', async () => {
    lab = await startLab({ seed: boot, rebootMs: 0 });
    void lab.now(parseFault('now=upgrade:3.0.1'));
    await new Promise(resolve => setTimeout(resolve, 50));
    await lab.reboot();
    assert.deepEqual(await ask(lab), of3);
  });

  it('are no others', () => {
    assert.throws(() => parseFault('now=upgrade:4.0.0'), /names no release that the lab knows/);
  });
});
