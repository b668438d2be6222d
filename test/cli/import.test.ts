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
