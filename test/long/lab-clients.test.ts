// Clients that never heard of edgewg, unchanged, from the system's packages (test/clients). Where one isn't installed its
// test is skipped, with a word; in CI all must run.
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec } from '../support/ssh.ts';

const clients = 'test/clients';
/** Debian's own, which has its own packages; a version manager's python has not. */
const python = '/usr/bin/python3';

function works(command: string, ...words: string[]): boolean {
  const { status }: SpawnSyncReturns<Buffer> = spawnSync(command, words, { stdio: 'ignore' });
  return status === 0;
}

describe("strangers' clients", () => {
  let lab: Lab;
  let home: string;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'edgewg-clients-'));
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'key')]);
    const key = await readFile(join(home, 'key.pub'), 'utf8');
    lab = await startLab({ authorizedKeys: [key] });
    await writeFile(join(home, 'known_hosts'), `${lab.hostKeyLine}\n`);
  });
  after(async () => {
    await lab.close();
    await rm(home, { recursive: true });
  });

  /** Runs a client with a home of its own and gives what it printed; rejects when it fails. */
  async function run(command: string, words: readonly string[], stdin = '', env = {}): Promise<string> {
    const child = spawn(command, words, {
      env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm', LAB_PASSWORD: lab.password, ...env },
    });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    // one that ends early doesn't read it
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    const code = await new Promise<number | null>(resolve => child.once('close', resolve));
    assert.equal(code, 0, said);
    return said;
  }

  const ssh = () => {
    const options = [
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${join(home, 'known_hosts')}`,
    ];
    const words = options.flatMap(option => ['-o', option]);
    return [
      '-F',
      'none',
      '-i',
      join(home, 'key'),
      ...words,
      '-p',
      String(lab.port),
      `${lab.user}@${lab.host}`,
    ];
  };

  /** Skips the test where the client isn't there; fails it in CI. */
  function needs(test: Mocha.Context, what: string, isThere: boolean): void {
    if (isThere) return;
    assert.ok(!process.env['CI'], `${what} is not installed`);
    process.stdout.write(`SKIPPED: ${what} is not installed\n`);
    test.skip();
  }

  it('ssh: by hand on a terminal', async function () {
    needs(this, 'openssh-client', works('ssh', '-V'));
    await run(python, [join(clients, 'openssh_by_hand.py'), 'ssh', '-t', ...ssh()]);
  });

  it('ssh: a script for vbash with script-template', async function () {
    needs(this, 'openssh-client', works('ssh', '-V'));
    const script = await readFile(join(clients, 'script_template.sh'), 'utf8');
    for (const command of ['vbash -s', "sg vyattacfg -c 'vbash -s'"]) {
      const said = await run('ssh', [...ssh(), command], script);
      assert.match(said, /Done\nset interfaces ethernet eth1 description 'by script-template'\n$/);
    }
  });

  it("ansible: edgeos_config changes what isn't there, and the second time nothing", async function () {
    const ansible = '/usr/bin/ansible-playbook';
    needs(this, 'ansible', works(ansible, '--version'));
    const inventory = {
      ansible_host: lab.host,
      ansible_port: lab.port,
      ansible_user: lab.user,
      ansible_password: lab.password,
      ansible_connection: 'ansible.netcommon.network_cli',
      ansible_network_os: 'community.network.edgeos',
    };
    const words = Object.entries(inventory).map(([name, value]) => `${name}=${value}`);
    await writeFile(join(home, 'inventory'), `edgerouter ${words.join(' ')}\n`);
    const env = {
      ANSIBLE_HOST_KEY_CHECKING: 'false',
      ANSIBLE_NETWORK_CLI_SSH_TYPE: 'paramiko',
      ANSIBLE_NOCOLOR: '1',
    };
    const play = () => run(ansible, ['-i', join(home, 'inventory'), join(clients, 'ansible.yml')], '', env);
    assert.match(await play(), /changed=1 .*failed=0/);
    assert.match(await play(), /ok=1 +changed=0 .*failed=0/);
    const client = await connect(lab, { password: lab.password });
    const { stdout } = await exec(client, 'cat /config/config.boot');
    client.end();
    assert.match(stdout, /rule 77 \{\n +action accept\n +description "by Ansible"/);
    assert.match(stdout, /interface-route 10\.42\.9\.0\/24 \{/);
  });

  it('netmiko: the vyos driver sends 30 lines and commits', async function () {
    needs(this, 'python3-netmiko', works(python, '-c', 'import netmiko'));
    await run(python, [join(clients, 'netmiko_lines.py'), String(lab.port), lab.user]);
  });
});
