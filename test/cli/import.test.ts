// What `import` says of the file that it wrote, edited or left, and its exit code.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHere } from '../support/run-here.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

const router = `set interfaces ethernet eth0 address 198.51.100.2/24
set interfaces wireguard wg0 address 10.9.0.1/24
set interfaces wireguard wg0 listen-port 51820
set interfaces wireguard wg0 mtu 1420
set interfaces wireguard wg0 private-key /config/auth/wg0.key
set interfaces wireguard wg0 route-allowed-ips false
set interfaces wireguard wg0 peer ${key(4)} allowed-ips 10.9.0.0/24
`;

describe('import --update', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-import-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const imported = (running: string, ...words: string[]) => {
    writeFileSync(join(folder, 'running'), running);
    return runHere(['import', '--running', 'running', ...words], { cwd: folder });
  };
  const site = (): string => readFileSync(join(folder, 'edgewg.yaml'), 'utf8');

  it('says what its plan was seen to be: empty, against the configuration that was given', async () => {
    await imported(router, '--router', '198.51.100.2');
    const { stderr, exit } = await imported(router, '--update');
    assert.equal(stderr, 'nothing to update in edgewg.yaml; its plan against this configuration is empty\n');
    assert.equal(exit, 0);
  });

  it('ends in 2, as import does, where the plan is refused for what is on the router', async () => {
    const running = `${router}set interfaces wireguard wg0 peer ${key(5)} allowed-ips 10.9.0.0/24\n`;
    assert.equal((await imported(running, '--router', '198.51.100.2')).exit, 2);
    const { stderr, exit } = await imported(running, '--update');
    assert.match(
      stderr,
      /^nothing to update in edgewg\.yaml; its plan changes nothing and is refused .*:\n {4}EW130: /,
    );
    assert.equal(exit, 2);
    const planned = await runHere(['plan', '--running', 'running'], { cwd: folder });
    assert.equal(planned.exit, 3);
  });

  it('takes out of absent what the router has again, and keeps the rest of it', async () => {
    const running = `${router}set interfaces wireguard wg7 mtu 1420
set firewall name LAN_IN rule 33 action accept
set service nat rule 5010 type masquerade
set firewall group network-group LANS network 10.0.0.0/8
set protocols static interface-route 10.7.0.0/24 next-hop-interface wg0
set interfaces wireguard wg0 peer ${key(5)} allowed-ips 10.7.0.0/24
set firewall name 44 rule 10 action accept
`;
    await imported(router, '--router', '198.51.100.2');
    const absent = `absent:
  tunnels: [wg7]
  firewallRules: { LAN_IN: [33, 44], OTHER: [33], "44": [44, 10] }
  natRules: [10, 5010]
  groups: [LANS]
  routes: { wg0: [10.7.0.0/24, 10.8.0.0/24] }
  peers: { wg0: ["${key(5)}"] }
`;
    writeFileSync(join(folder, 'edgewg.yaml'), `${site()}${absent}`);
    const { stderr, exit } = await imported(running, '--update');
    assert.equal(stderr, 'updated edgewg.yaml; its plan against this configuration is empty\n');
    assert.equal(exit, 0);
    assert.match(site(), /\n {2}wg7:\n {4}mtu: 1420\n/);
    assert.match(
      site(),
      /\nabsent:\n {2}firewallRules: \{ LAN_IN: \[44\], OTHER: \[33\], "44": \[44\] \}\n {2}natRules: \[10\]\n {2}routes: \{ wg0: \[10\.8\.0\.0\/24\] \}\n/,
    );
  });

  it('does not name lines of a text that it refuses to write as those of the file', async () => {
    const second = `set interfaces wireguard wg0 peer ${key(5)} allowed-ips 10.9.9.9/32\n`;
    await imported(`${router}${second}`, '--router', '198.51.100.2');
    const before = site();
    const moved = `${router.replace('10.9.0.0/24', '10.9.9.9/32')}${second}`;
    const { stderr, exit } = await imported(moved, '--update');
    assert.match(stderr, /^edgewg\.yaml \(edited, not written\):\d+:\d+: 10\.9\.9\.9\/32 stands with /);
    assert.equal(exit, 3);
    assert.equal(site(), before);
  });

  it('says of a folder that is missing that it is the folder', async () => {
    const { stderr, exit } = await imported(router, '--router', '198.51.100.2', '-f', 'sites/home.yaml');
    assert.equal(
      stderr.split('error: ')[1],
      "can't write sites/home.yaml: there is no such folder\n  hint: make it first\n",
    );
    assert.equal(exit, 3);
  });

  it('counts the one command that is left as one', async () => {
    await imported(router, '--router', '198.51.100.2');
    writeFileSync(join(folder, 'edgewg.yaml'), `${site()}manages: { interfaces: [wg0] }\n`);
    const { stderr, exit } = await imported(
      `${router}set interfaces wireguard wg0 ip rip split-horizon disable\n`,
      '--update',
    );
    assert.match(stderr, /its plan is not empty: 1 command; see edgewg plan\n$/);
    assert.equal(exit, 2);
  });
});
