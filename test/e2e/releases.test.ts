// One suite on every release that the lab can be: the real program over SSH, from a stock configuration to a tunnel and back.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releases } from '../../src/lab/engine/release.ts';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { type Ran, runCli } from '../support/run-cli.ts';

const site = (lab: LabProcess, algorithms: string, mssClamp: string): string => `version: 1
router: { host: ${lab.host}, port: ${lab.port}, user: ${lab.user}${algorithms} }
uplink: { mtu: 1500, rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }
manages: { interfaces: [wg4] }
${mssClamp}tunnels:
  wg4:
    address: [192.168.5.14/32]
    listenPort: 51824
    openPort: { rule: 24 }
    unfiltered: a test
    peers:
      srv4:
        publicKey: GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=
        endpoint: "[2607:5300:60:5fac::abcd]:51820"
        allowedIPs: [192.168.5.4/32]
        persistentKeepalive: 25
    routes: { 192.168.5.4/32: srv4 }
`;

for (const [name, release] of Object.entries(releases))
  describe(`EdgeOS ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-release-'));
    let lab: LabProcess;
    const edgewg = async (exit: number, ...args: string[]): Promise<Ran> => {
      const env = { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey };
      const ran = await runCli([...args, '-f', 'site.yaml'], { cwd: folder, env });
      assert.equal(ran.exit, exit, `${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
      return ran;
    };
    const saved = (): string => readFileSync(join(lab.root, 'config/config.boot'), 'utf8');

    before(async () => {
      lab = await startLabProcess(['--release', name]);
      const algorithms = release.hostKey === 'ssh-rsa' ? ', legacyAlgorithms: [ssh-rsa]' : '';
      const clamp = release.wireguard === 'native' ? 'mssClamp: { ipv4: off, ipv6: off }\n' : '';
      writeFileSync(join(folder, 'site.yaml'), site(lab, algorithms, clamp));
    });
    after(async () => {
      await lab?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('shows its host key and says what it is', async () => {
      assert.ok(lab.hostKey.startsWith(release.hostKey), lab.hostKey);
      const { stdout } = await edgewg(0, 'doctor');
      assert.match(stdout, new RegExp(`v${name.replaceAll('.', '\\.')}\\..*kernel ${release.kernel}`));
      assert.match(stdout, release.wireguard === 'native' ? /built in/ : /wireguard 1\.0\./);
    });

    it('takes a tunnel, keeps it, and has nothing left to do', async () => {
      await edgewg(0, 'apply', '--yes');
      const { stdout } = await edgewg(0, 'plan');
      assert.match(stdout, /nothing to do|Plan: 0 to create, 0 to change, 0 to delete|up to date/i);
      assert.match(saved(), /wireguard wg4 \{/);
      assert.ok(saved().includes(`Release version: v${name}.`), 'the last line names the release');
      await edgewg(0, 'doctor');
    });

    it('gives it back by a rollback', async () => {
      await edgewg(0, 'rollback', '--yes');
      assert.ok(!saved().includes('wireguard wg4'));
    });
  });
