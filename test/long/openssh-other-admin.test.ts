// A word on an apply from another admin of the router than the one who applied: by a real sshd, with users, groups and a sudo of its own.
// Whose script is run, as whom, and whose never.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askSwitch } from '../../src/router/switch.ts';
import { type Connection, connect } from '../../src/ssh/connection.ts';
import { type TestAccess, testAccess } from '../support/access.ts';
import { at } from '../support/come-in.ts';
import { haveOpenSsh, isRoot, Keys, makeUser, publicKey, type Sshd, startSshd } from '../support/openssh.ts';

const id = '20260101-000000-aaaa';
const folder = `/tmp/edgewg/${id}`;

/** Stands where the switch's script does: says as whom it runs, and what it was told. */
const script = `tell() { printf 'undone\\n%s' "$*" | base64 -w0; }
echo "$4 result 0 $(tell "as $(id -un): $1 $2 by $5")"
echo "$4 end 0 -"
`;

describe("another admin's word on an apply", function () {
  if (!haveOpenSsh()) return;
  this.timeout(600_000);
  const [owner, admin, guest] = ['ewowner', 'ewadmin', 'ewguest'] as const;
  const keys = new Keys();
  const host = keys.make('host', 'ed25519');
  const login = keys.make('id', 'ed25519');
  const users: ReturnType<typeof makeUser>[] = [];
  const sudoers = join(keys.folder, 'sudoers');
  let sshd: Sshd;
  let access: TestAccess;
  let hadGroup = true;

  before(async function () {
    if (!isRoot) {
      process.stderr.write('\n!!! SKIPPED: needs root, for it makes users\n\n');
      this.skip();
    }
    try {
      execFileSync('sudo', ['-V'], { stdio: 'ignore' });
    } catch {
      if (process.env['CI']) throw new Error('sudo is missing: apt-get install sudo');
      process.stderr.write('\n!!! SKIPPED: no sudo here; apt-get install sudo\n\n');
      this.skip();
    }
    hadGroup = /^vyattacfg:/m.test(readFileSync('/etc/group', 'utf8'));
    execFileSync('groupadd', ['-f', 'vyattacfg']);
    for (const name of [owner, admin, guest]) users.push(makeUser(name, 'x'));
    for (const name of [owner, admin]) execFileSync('usermod', ['-aG', 'vyattacfg', name]);
    // as EdgeOS has it: admins may be anybody, without a password
    writeFileSync(sudoers, 'root ALL=(ALL) ALL\n%vyattacfg ALL=(ALL) NOPASSWD: ALL\n', { mode: 0o440 });
    const own = 'mkdir -p /tmp/edgewg && mount -t tmpfs none /tmp/edgewg && mount --bind "$1" /etc/sudoers';
    sshd = await startSshd({
      hostKeys: [host],
      authorized: [publicKey(login)],
      by: ['unshare', '-m', 'sh', '-c', `${own} && shift && exec "$@"`, 'sh', sudoers],
    });
    access = testAccess({ env: { EDGEWG_HOST_KEY: publicKey(host) } });
    access.write('.ssh/id_ed25519', readFileSync(login));
  });
  after(async () => {
    await sshd?.stop();
    access?.remove();
    for (const user of users) user.remove();
    if (!hadGroup) execFileSync('groupdel', ['vyattacfg']);
    keys.remove();
  });

  /** As root, where the router's /tmp/edgewg is. */
  const onRouter = (text: string): void =>
    void execFileSync('nsenter', ['-t', String(sshd.process.pid), '-m', 'sh', '-ec', text], {
      input: script,
    });
  /** What an apply of theirs leaves there while it waits. */
  const applied = (user: string): void =>
    onRouter(`chown ${user}:vyattacfg /tmp/edgewg; chmod 2770 /tmp/edgewg; rm -rf ${folder}
mkdir -m 0700 ${folder}; cat >${folder}/run; chown -R ${user}: ${folder}`);

  const say = async (user: string, by: string) => {
    const connection: Connection = await connect(at(sshd.port, { user }), access);
    try {
      return await askSwitch(connection, id, { verb: 'undo', by });
    } finally {
      await connection.close();
    }
  };

  it('runs the script as its owner, whom nobody asks for a password', async () => {
    applied(owner);
    const by = `o'brien@"desk" $(id) \\ *`;
    assert.deepEqual(await say(admin, by), {
      result: 'undone',
      reason: `as ${owner}: answer undo by ${by}`,
    });
    assert.equal((await say(owner, 'me')).reason, `as ${owner}: answer undo by me`);
  });

  const gone = { result: 'gone', reason: '' };

  it('runs none of somebody who is no admin', async () => {
    applied(guest);
    assert.deepEqual(await say(admin, 'me'), gone);
    applied(owner);
    onRouter(`chown ${guest} ${folder}`);
    assert.deepEqual(await say(admin, 'me'), gone);
    applied(owner);
    onRouter(`chown ${guest} /tmp/edgewg`);
    assert.deepEqual(await say(admin, 'me'), gone);
  });

  it('runs none behind a link', async () => {
    applied(owner);
    onRouter(`mv ${folder} /tmp/edgewg/real; ln -s real ${folder}; chown -h ${owner} ${folder}`);
    assert.deepEqual(await say(admin, 'me'), gone);
    onRouter(`rm -r ${folder} /tmp/edgewg/real`);
  });

  it('is told that there is no such apply where there is none', async () => {
    applied(owner);
    onRouter(`rm -r ${folder}`);
    assert.deepEqual(await say(admin, 'me'), gone);
  });
});
