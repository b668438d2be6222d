import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import type { Answer, Call, Router, Surroundings } from '../../src/lab/call.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec, open } from '../support/ssh.ts';
import { newSshKey } from '../support/ssh-key.ts';

/** Says how it was called; as configuration it has two users. */
const echo: Router = {
  async call(call: Call): Promise<Answer> {
    const [question, ...path] = call.args;
    if (question === 'listActiveNodes')
      return { stdout: path.length === 3 ? "'oper' 'ubnt'" : '', stderr: '', exit: 0 };
    if (question === 'returnActiveValue')
      return { stdout: path.includes('oper') ? 'operator' : '', stderr: '', exit: 0 };
    return {
      stdout: `${JSON.stringify({ ...call, stdin: call.stdin?.toString() })}\n`,
      stderr: call.args.includes('loud') ? 'loud\n' : '',
      exit: call.args.includes('fail') ? 7 : 0,
    };
  },
  boot: async () => undefined,
  halt: () => undefined,
};
const wrapper = '/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper';
const userKey = newSshKey();
const forcedKey = newSshKey();

describe('the box of the lab', () => {
  let lab: Lab;
  let client: Client;
  let around: Surroundings | undefined;
  before(async () => {
    const makeRouter = (surroundings: Surroundings) => {
      around = surroundings;
      return echo;
    };
    const forced = `restrict,command="echo \\"forced\\" for $SSH_ORIGINAL_COMMAND" ${forcedKey.public}`;
    lab = await startLab({ makeRouter, authorizedKeys: [userKey.public, forced] });
    client = await connect(lab, { password: lab.password });
  });
  after(async () => {
    client.end();
    await lab.close();
  });
  const run = (command: string, stdin?: string) => exec(client, command, stdin);
  const calls = async (command: string, stdin?: string): Promise<Call[]> =>
    (await run(command, stdin)).stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));

  it('lets in who has the password or a key, and nobody else', async () => {
    (await connect(lab, { privateKey: userKey.private })).end();
    await assert.rejects(connect(lab, { password: 'ubnt' }), /authentication/i);
    await assert.rejects(connect(lab, { privateKey: newSshKey().private }), /authentication/i);
    await assert.rejects(connect(lab, { username: 'root', password: lab.password }), /authentication/i);
  });

  it('runs the command of a key in place of any other', async () => {
    const bound = await connect(lab, { privateKey: forcedKey.private });
    try {
      assert.equal((await exec(bound, 'echo mine')).stdout, 'forced for echo mine\n');
    } finally {
      bound.end();
    }
  });

  it('runs commands in a real shell and passes on both outputs, the exit code and the signal', async () => {
    assert.deepEqual(await run('echo out; echo err >&2; exit 3'), {
      stdout: 'out\n',
      stderr: 'err\n',
      code: 3,
      signal: undefined,
    });
    assert.equal((await run('kill -9 $$')).signal, 'SIGKILL');
    assert.equal(
      (await run("cat | tr a-z A-Z | xargs -n1 env X=1 sh -c 'echo $0'", 'a b\n')).stdout,
      'A\nB\n',
    );
    assert.equal(
      (await run('echo $((1+1)) | awk \'{print $1}\'; python3 -c "print(1)"; perl -e "print 2"')).stdout,
      '2\n1\n2',
    );
    const big = 'x'.repeat(3_000_000);
    assert.equal((await run('cat', big)).stdout, big);
  });

  it('shows the users and groups of the router', async () => {
    assert.equal(
      (await run('id; id -gn; id -un; sg vyattacfg -c "id -gn; sg users -c \'id -gn\'"; sudo id -u')).stdout,
      'uid=1000(ubnt) gid=100(users) groups=100(users),4(adm),6(disk),27(sudo),30(dip),997(quaggavty),999(vyattacfg)\nusers\nubnt\nvyattacfg\nusers\n0\n',
    );
    const made = await run(
      'sg vyattacfg -c \'umask 027; echo k >/config/auth/k; stat -c "%A %U %G" /config/auth/k\'',
    );
    assert.equal(made.stdout, '-rw-r----- ubnt vyattacfg\n');
    const oper = await connect(lab, { username: 'oper', password: lab.password });
    assert.deepEqual(await exec(oper, 'sudo -n id'), {
      stdout: '',
      stderr: 'sudo: a password is required\n',
      code: 1,
      signal: undefined,
    });
    assert.equal((await exec(oper, 'sg vyattacfg -c id')).stderr, 'Password: Invalid password.\n');
    oper.end();
  });

  it('tells the engine who calls with which words', async () => {
    const [call] = await calls(
      `cd /tmp; COMMIT_VIA=x OTHER=y ${wrapper} set 'a  b' '' '*' $'\\ttab\\n' 'é'; :`,
    );
    assert.deepEqual(call?.args, ['set', 'a  b', '', '*', '\ttab\n', 'é']);
    assert.equal(call?.program, 'vyatta-cfg-cmd-wrapper');
    assert.deepEqual(
      [call?.user, call?.group, call?.cwd, call?.isTerminal],
      ['ubnt', 'users', '/tmp', false],
    );
    assert.deepEqual(call?.env, { COMMIT_VIA: 'x' });
    const answer = await run(`${wrapper} loud fail`);
    assert.deepEqual([answer.stderr, answer.code], ['loud\n', 7]);
    assert.equal((await calls('echo abc | wg pubkey'))[0]?.stdin, 'abc\n');
    assert.equal((await calls(`sudo ${wrapper} x`))[0]?.user, 'root');
  });

  it('makes the calling shell the session, as on the router', async () => {
    const script = `echo $$; ${wrapper} 1; ( ${wrapper} 2; : ); bash -c '${wrapper} 3; :'; ${wrapper} 4`;
    for (const command of ['bash -s', 'sg vyattacfg -c "bash -s"']) {
      const [pid = '', ...lines] = (await run(command, script)).stdout.trimEnd().split('\n');
      const [one, two, three, four] = lines.map(line => JSON.parse(line));
      assert.deepEqual([one.ppid, four.ppid], [Number(pid), Number(pid)], command);
      assert.ok(two.ppid !== one.ppid && three.ppid !== one.ppid);
    }
    // The parent of a single command is the connection's sshd; several have a shell of their own, to the last.
    const [first, second] = [...(await calls(wrapper)), ...(await calls(wrapper))];
    assert.equal(first?.ppid, second?.ppid);
    const [one, two] = await calls(`${wrapper} 1; ${wrapper} 2`);
    assert.ok(one?.ppid === two?.ppid && one?.ppid !== first?.ppid);
  });

  it('has one commit lock with the programs inside', async () => {
    const hold =
      'import fcntl,sys; f=open("/opt/vyatta/config/.lock","r+"); fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB); print("held",flush=True); sys.stdin.read()';
    const holder = await open(client, `python3 -c '${hold}'`);
    await holder.said('held\n');
    assert.equal(await around?.tryLock(), undefined);
    await holder.end();
    const release = await around?.tryLock();
    assert.equal(await around?.tryLock(), undefined);
    assert.match((await run(`python3 -c '${hold}'`)).stderr, /BlockingIOError/);
    await release?.();
    assert.equal((await run(`python3 -c '${hold}'`)).stdout, 'held\n');
  });

  it('reads and writes files as a path means inside, so that no link leads out', async () => {
    await run(
      'ln -sf /etc/hostname /config/link; ln -sfn / /config/up; mkdir -p /config/d; printf "\\000\\377" >/config/bytes',
    );
    const files = around?.files;
    assert.equal((await files?.read('/config/link'))?.toString(), 'ubnt\n');
    assert.deepEqual(await files?.read('/config/bytes'), Buffer.from([0, 255]));
    await files?.write('/config/up/config/d/../new', 'text', 0o640);
    assert.equal((await run('stat -c %a /config/new; cat /config/new')).stdout, '640\ntext');
    await files?.rename('/config/new', '/config/newer');
    assert.ok((await files?.list('/config'))?.includes('newer'));
    await files?.remove('/config/newer');
    assert.equal(await files?.read('/config/newer'), undefined);
    await assert.rejects(async () => files?.write('/nosuch/file', ''), { code: 'ENOENT' });
  });

  it('keeps everything of its own inside', async () => {
    const outside = readdirSync('/');
    await run(
      'touch /x /usr/bin/x /etc/x /opt/x; rm -rf /home/* /var/* 2>/dev/null; echo inside >/etc/passwd.new',
    );
    assert.deepEqual(readdirSync('/'), outside);
    assert.equal(readFileSync(join(lab.root, 'etc/passwd.new'), 'utf8'), 'inside\n');
    const { stdout } = await run('ls /; cat /proc/net/dev | grep -c :; ls /proc | grep -c "^[0-9]"');
    assert.ok(!stdout.includes('work'));
  });
});
