// What the lab leaves of the machine it runs on: everything as it was, and no process.
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLab } from '../../src/lab/lab.ts';
import { canBeNobody, startLabProcess } from '../support/lab-process.ts';
import { connect, exec } from '../support/ssh.ts';
import { newSshKey } from '../support/ssh-key.ts';

/** Every file below a directory and when it was last changed in any way. */
function inventory(directory: string): string[] {
  const lines: string[] = [];
  const visit = (path: string) => {
    const { ctimeMs, ino, mode } = lstatSync(path);
    // where npm writes for other suites
    const isCache = /\/(node_modules|\.npm|\.cache)$/.test(path);
    lines.push(`${path} ${ino} ${mode} ${isCache ? '' : ctimeMs}`);
    if (lstatSync(path).isDirectory() && !isCache) {
      for (const name of list(path)) visit(join(path, name));
    }
  };
  if (existsSync(directory)) visit(directory);
  return lines;
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Process ids whose command line or working directory names the text. */
function processesOf(text: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const { cmdline, cwd } = {
        cmdline: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
        cwd: readlinkSync(`/proc/${pid}/cwd`),
      };
      return `${cmdline} ${cwd}`.includes(text);
    } catch {
      return false;
    }
  });
}

/** What a client may try; each as a user and by sudo. */
const attempts = [
  'for d in /opt /config /etc /root /home /usr /usr/bin /usr/lib /lib /bin /var /tmp /dev /proc/sys/kernel /sys /; do touch $d/escaped; echo x >$d/escaped; done',
  'mount -o remount,rw,bind /usr/lib; mount -o remount,rw /usr/lib; touch /usr/lib/escaped',
  'unshare -Urm sh -c "mount -o remount,rw,bind /usr/lib; mount --bind /tmp /usr/lib; touch /usr/lib/escaped; umount -l /usr/lib; touch /usr/lib/escaped"',
  'unshare -Urmpf sh -c "mount -t proc proc /proc; ls /proc/1/root/; touch /proc/1/root/escaped"',
  'touch /proc/1/root/escaped /proc/1/cwd/escaped',
  'for p in /proc/[0-9]*; do touch $p/root/escaped $p/cwd/escaped; done',
  'mknod /tmp/disk b 8 0; echo 1 >/proc/sysrq-trigger; echo x >/proc/sys/kernel/core_pattern',
  'chroot / touch /escaped; cd /; for i in 1 2 3 4 5 6 7 8 9; do cd ..; done; touch escaped',
  'kill -9 1; kill -STOP 1',
  'ln -sfn /etc /config/auth; ln -sf /etc/passwd /config/config.boot.link; rm -rf /config/archive; ln -s /etc /config/archive',
  'sg vyattacfg -c "W=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper; \\$W begin; \\$W set system host-name escaped; \\$W commit; \\$W save /config/archive/escaped; \\$W save ../../../../etc/escaped; \\$W end"',
  'rm -rf /opt /var /run/lab /home /usr 2>/dev/null',
];

async function misbehave(lab: { host: string; port: number; user: string; password: string }): Promise<void> {
  const client = await connect(lab, { password: lab.password });
  for (const attempt of attempts) {
    await exec(client, `( ${attempt} ) >/dev/null 2>&1`);
    await exec(client, `sudo sh -c '( ${attempt} ) >/dev/null 2>&1'`);
  }
  await exec(client, 'for i in 1 2 3; do setsid sleep 1000 </dev/null >/dev/null 2>&1 & done');
  client.destroy();
}

describe('the machine around the lab', () => {
  const places = ['/opt', '/config', '/etc', homedir(), '/usr/local'];

  for (const asNobody of canBeNobody ? [false, true] : [false]) {
    it(`is as before, whatever a client does${asNobody ? ' (as nobody)' : ''}`, async () => {
      const before = places.map(inventory);
      const around = [readdirSync('/'), readdirSync('/dev'), readdirSync('/usr/lib')];
      const data = await mkdtemp(join(tmpdir(), 'edgewg-outside-'));
      await chmod(data, 0o777);
      const lab = await startLabProcess(['--data', data], asNobody);
      await misbehave(lab);
      // Once more on what it left behind: its links must not lead anybody astray.
      assert.equal(await lab.stop(), 143);
      const again = await startLabProcess(['--data', data], asNobody);
      await misbehave(again);
      assert.equal(await again.stop('SIGINT'), 130);
      assert.deepEqual(processesOf(data), []);
      assert.deepEqual(places.map(inventory), before);
      assert.deepEqual([readdirSync('/'), readdirSync('/dev'), readdirSync('/usr/lib')], around);
      await rm(data, { recursive: true });
    });
  }

  it('has no process left when the lab itself is killed, and the folder still works', async () => {
    const data = await mkdtemp(join(tmpdir(), 'edgewg-killed-'));
    const lab = await startLabProcess(['--data', data]);
    const client = await connect(lab, { password: lab.password });
    client.on('error', () => undefined);
    const W = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
    const steps = [
      'begin',
      'set interfaces ethernet eth1 description kept',
      'commit',
      'save',
      'set system host-name lost',
      'commit',
    ];
    await exec(client, 'sg vyattacfg -c "bash -s"', steps.map(step => `${W} ${step}`).join('\n'));
    await exec(client, 'setsid sleep 1000 </dev/null >/dev/null 2>&1 &');
    assert.equal(await lab.stop('SIGKILL'), 'SIGKILL');
    for (const deadline = Date.now() + 5000; processesOf(data).length > 0 && Date.now() < deadline; )
      await new Promise(resolve => setTimeout(resolve, 20));
    assert.deepEqual(processesOf(data), []);
    const again = await startLabProcess(['--data', data]);
    assert.deepEqual([again.password, again.hostKey], [lab.password, lab.hostKey]);
    const fresh = await connect(again, { password: again.password });
    const { stdout } = await exec(
      fresh,
      'cli-shell-api returnActiveValue interfaces ethernet eth1 description; echo; hostname',
    );
    assert.equal(stdout, 'kept\nubnt\n');
    fresh.end();
    await again.stop();
    await rm(data, { recursive: true });
  });

  it('takes its key, its users and its configuration from files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgewg-options-'));
    const [host, user] = [newSshKey(), newSshKey()];
    const files = {
      host: host.private,
      keys: `# a comment\n${user.public}\n`,
      seed: 'set system host-name snapped\nset system login user ada level admin\n',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const words = ['--host-key', 'host', '--authorized-keys', 'keys', '--seed', 'seed'];
    const options = words.map(word => (word.startsWith('--') ? word : join(folder, word)));
    const lab = await startLabProcess([...options, '--profile', 'recorded', '--latency', '5']);
    assert.equal(lab.hostKey, host.public.split(' ').slice(0, 2).join(' '));
    const client = await connect(lab, { privateKey: user.private });
    assert.equal((await exec(client, 'id -un; hostname')).stdout, 'ada\nsnapped\n');
    client.end();
    await lab.stop();
    await rm(folder, { recursive: true });
  });

  it('has nothing left in the temporary folder', async () => {
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('edgewg-lab-'));
    const lab = await startLab();
    await lab.close();
    assert.deepEqual(
      readdirSync(tmpdir()).filter(name => name.startsWith('edgewg-lab-')),
      before,
    );
  });

  it('refuses a second lab on the same folder and a port that is taken', async () => {
    const data = await mkdtemp(join(tmpdir(), 'edgewg-twice-'));
    const lab = await startLabProcess(['--data', data]);
    await assert.rejects(startLabProcess(['--data', data]), /in use by another lab/);
    await assert.rejects(startLabProcess(['--port', String(lab.port)]), /can't start on port/);
    await lab.stop();
    await rm(data, { recursive: true });
  });
});
