// A person at the lab router's prompt; the recordings under interactive/ say what is said there.
import assert from 'node:assert/strict';
import type { Client } from 'ssh2';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { connect, exec, login, type Open, open } from '../support/ssh.ts';

/** Types a line and gives what is printed up to the next prompt. */
class Person {
  readonly #open: Open;
  #prompt = /ubnt@ubnt:~\$ /;

  constructor(open: Open) {
    this.#open = open;
  }

  expecting(prompt: RegExp): this {
    this.#prompt = prompt;
    return this;
  }

  prompt(): Promise<string> {
    return this.#open.said(this.#prompt);
  }

  async types(line: string): Promise<string> {
    this.#open.channel.write(`${line}\r`);
    const said = plain(await this.prompt()).replace(/(\[edit[^\]]*\]\n)?\w+@ubnt(:~\$|#|>) $/, '');
    return said.slice(said.indexOf('\n') + 1).replace(/\n$/, '');
  }

  /** Back to op mode. */
  async leaves(): Promise<string> {
    this.#prompt = /ubnt@ubnt:~\$ /;
    return this.types('exit discard');
  }

  /** One key, and waits for a text. */
  async presses(key: string, until: string | RegExp): Promise<string> {
    this.#open.channel.write(key);
    return plain(await this.#open.said(until));
  }
}

/** Without the terminal's own language and the title of its window. */
function plain(text: string): string {
  const escapes = /\u001b\][^\u0007]*\u0007|\u001b\[[0-9;?]*[A-Za-z]|\u001b[=>]|\u0007/g;
  return text.replace(escapes, '').replace(/\r+\n/g, '\n').replace(/\r/g, '');
}

const configuring = /\[edit[^\]]*\]\r*\nubnt@ubnt# /;

describe('a login on the lab router', () => {
  let lab: Lab;
  let client: Client;
  before(async () => {
    lab = await startLab();
    client = await connect(lab, { password: lab.password });
  });
  after(async () => {
    client.end();
    await lab.close();
  });
  const person = async (who = client): Promise<Person> => {
    const one = new Person(await login(who));
    await one.prompt();
    return one;
  };
  const configure = async () => {
    const one = (await person()).expecting(configuring);
    await one.types('configure');
    return one;
  };

  it('is in op mode, with pipes, abbreviations and refusals', async () => {
    const one = await person();
    assert.match(await one.types('show version'), /^Version: +v2\.0\.9/);
    assert.equal(await one.types('show configuration commands | match WAN_LOCAL | count'), '10');
    assert.match(await one.types('sho conf | no-more'), /^firewall \{\n {4}all-ping enable\n/);
    assert.equal(await one.types('foo'), '\n  Invalid command: [foo]\n');
    assert.equal(await one.types('show foo'), '\n  Invalid command: show [foo]\n');
    assert.match(await one.types('stty size'), /^24 200$/);
  });

  it('shows long output in a pager, unless told otherwise', async () => {
    const one = await person();
    one.expecting(/\n:(?:\u001b\[K)?$/);
    await one.types('show configuration commands');
    one.expecting(/ubnt@ubnt:~\$ /);
    await one.presses('q', /ubnt@ubnt:~\$ /);
    await one.types('terminal length 0');
    assert.ok((await one.types('show configuration commands')).split('\n').length > 60);
  });

  it('configures: set, compare, commit, save, exit, each with its words', async () => {
    const one = await configure();
    assert.equal(await one.types('set interfaces ethernet eth1 description first'), '');
    assert.equal(await one.types('compare'), '[edit interfaces ethernet eth1]\n>description first');
    assert.equal(
      await one.types('exit'),
      "Cannot exit: configuration modified.\nUse 'exit discard' to discard the changes and exit.",
    );
    assert.equal(await one.types('exit foo'), 'Invalid argument "foo" for \'exit\'');
    assert.equal(await one.types('quit'), '\n  Invalid command: [quit]\n');
    assert.equal(
      await one.types('save'),
      "Warning: you have uncommitted changes that will not be saved.\n\nSaving configuration to '/config/config.boot'...\nDone",
    );
    assert.equal(await one.types('commit'), '');
    assert.equal(await one.types('commit'), 'No configuration changes to commit');
    assert.equal(
      await one.types('run show configuration commands | match first'),
      'set interfaces ethernet eth1 description first',
    );
    assert.equal(await one.types('discard'), 'No changes have been discarded');
    one.expecting(/ubnt@ubnt:~\$ /);
    assert.equal(await one.types('exit'), 'Warning: configuration changes have not been saved.\nexit');
  });

  it('moves between levels', async () => {
    const one = await configure();
    await one.types('edit interfaces ethernet eth1');
    assert.match(await one.types('show'), /^ address 192\.168\.2\.1\/24\n/);
    assert.equal(await one.types('set description below; show description'), '>description below');
    await one.types('up');
    await one.types('top');
    assert.equal(await one.types('top'), 'Already at the top level');
    assert.equal(await one.types('show interfaces ethernet eth1 description'), '>description below');
    await one.leaves();
  });

  it('takes what is typed in an argument as it is', async () => {
    const one = await configure();
    const path = 'firewall name WAN_IN rule 10 description';
    const stored = async (typed: string) => {
      await one.types(`set ${path} ${typed}`);
      return one.types(`cli-shell-api returnValue ${path}; echo`);
    };
    for (const typed of [
      '$HOME',
      '`id`',
      'wow!!',
      'a;b',
      'a&b',
      'a|b',
      'a>b',
      '{a,b}',
      '*',
      '~x',
      '-x',
      'Zoë☕',
    ])
      assert.equal(await stored(typed), typed);
    assert.equal(await stored('"cost $HOME"'), 'cost $HOME');
    assert.equal(await stored('"back\\\\slash"'), 'back\\slash');
    assert.equal(await stored("'two  words'"), 'two  words');
    assert.match(await one.types(`set ${path} it\\'s`), /^Cannot use the single quote/);
    assert.match(await one.types(`set ${path} #x`), /requires a value/);
    assert.equal(await one.types('echo $((1 + 1)); echo *no* | tr n y'), '2\n*yo*');
    await one.leaves();
  });

  it('asks before commit-confirm and rollback', async () => {
    const one = await configure();
    await one.types('set interfaces ethernet eth1 description asked');
    const asked = await one.presses('commit-confirm 1\r', 'Proceed? [confirm]');
    assert.match(asked, /commit confirm will be automatically reboot in 1 minutes unless confirmed\n/);
    assert.match(await one.presses('n', configuring), /^\s*n+\s*commit-confirm canceled\n/);
    assert.equal(await one.types('compare'), '[edit interfaces ethernet eth1]\n>description asked');
    await one.presses('commit-confirm 60\r', 'Proceed? [confirm]');
    assert.match(await one.presses('\r', configuring), /^\s*\[y\]\s/);
    assert.equal(await one.types('compare'), 'No changes between working and active configurations');
    await one.types('set interfaces ethernet eth1 description again');
    assert.equal(await one.types('commit-confirm 1'), 'Another confirm is pending');
    assert.equal(await one.types('confirm'), '');
    assert.equal(await one.types('confirm'), 'No confirm pending');
    assert.equal(await one.types('rollback 99'), 'Invalid revision [99]');
    await one.presses('rollback 1\r', 'Proceed with reboot? [confirm]');
    assert.match(await one.presses('n', configuring), /^\s*n+\s*Cancelling rollback\n/);
    await one.leaves();
  });

  it('tells other sessions of a commit', async () => {
    const [one, two] = [await configure(), await configure()];
    await one.types('set interfaces ethernet eth1 description notice');
    await one.types('commit');
    const notice = await two.presses('', "issuing 'exit discard'.");
    assert.match(notice, /Active configuration has been changed by user 'ubnt' on 'pts\/\d+'\./);
    await one.leaves();
    await two.leaves();
  });

  it('gives an operator the commands of an operator', async () => {
    const oper = await connect(lab, { username: 'oper', password: lab.password });
    const one = new Person(await login(oper)).expecting(/oper@ubnt> /);
    await one.prompt();
    assert.match(await one.types('show version'), /^Version:/);
    assert.equal(await one.types('show configuration'), 'Must be an admin user to run this command.');
    for (const word of ['configure', 'ls', 'cat'])
      assert.equal(await one.types(word), `\n  Invalid command: [${word}]\n`);
    assert.match(await one.types('show interfaces | match eth1'), /^eth1 /);
    assert.deepEqual(await exec(oper, 'cat /config/config.boot'), {
      stdout: '',
      stderr: 'cat: /config/config.boot: Permission denied\n',
      code: 1,
      signal: undefined,
    });
    oper.end();
  });

  it('lets a script configure by script-template', async () => {
    const script = [
      'source /opt/vyatta/etc/functions/script-template',
      'configure',
      'set interfaces ethernet eth1 description "by $((1+1))"',
      'echo "set rc=$?"',
      'set interfaces ethernet eth9 description x',
      'echo "set rc=$?"',
      'commit',
      'echo "commit rc=$?"',
      'commit',
      'echo "commit rc=$?"',
      'save',
      'exit',
      'echo "after exit rc=$?"',
    ].join('\n');
    for (const command of ['vbash -s', 'sg vyattacfg -c "vbash -s"']) {
      const { stdout, code } = await exec(client, command, script.replace('by ', `by ${command.length} `));
      assert.equal(
        stdout,
        `set rc=0
interface ethernet eth9: does not exist

Value validation failed
Set failed
set rc=1
commit rc=0
No configuration changes to commit
commit rc=1
Saving configuration to '/config/config.boot'...
Done
after exit rc=0
`,
      );
      assert.equal(code, 0);
    }
  });

  it('hangs up a terminal when its client goes, and lets a command without one go on', async () => {
    const other = await connect(lab, { password: lab.password });
    const terminal = await login(other);
    await terminal.said(/\$ /);
    terminal.channel.write("trap 'echo hup >/tmp/hup' HUP; sleep 60 & wait; exit\r");
    await terminal.said(/wait; exit\r+\n/);
    const { channel } = await open(
      other,
      '(echo begun; sleep 0.3; echo on >/tmp/on) 2>&1 | cat; echo more >>/tmp/on',
    );
    await new Promise(resolve => channel.once('data', resolve));
    other.destroy();
    const wait = 'until [ -s /tmp/hup ] && [ -s /tmp/on ]; do sleep 0.05; done; cat /tmp/hup /tmp/on';
    assert.match((await exec(client, wait)).stdout, /^hup\non\n/);
  });
});
