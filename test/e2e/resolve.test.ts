// An endpoint whose name the router looks up again: the task and its script, from the first apply to the last, over SSH against the lab.
// Only there: its files are looked at from outside.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { key } from '../support/builders.ts';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { type Ran, runCli } from '../support/run-cli.ts';
import { connect, exec } from '../support/ssh.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgewg-resolve-'));
let lab: LabProcess;

const edgewg = async (exit: number, ...args: string[]): Promise<Ran> => {
  const env = { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey };
  const ran = await runCli(args, { cwd: folder, env });
  assert.equal(ran.exit, exit, `${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
  return ran;
};

function say(endpoint: string, resolve: string | undefined): void {
  const lines = [
    'version: 1',
    `router: { host: ${lab.host}, port: ${lab.port}, user: ${lab.user} }`,
    'manages: { interfaces: [wg4] }',
    'tunnels:',
    '  wg4:',
    '    address: [10.9.0.1/24]',
    '    unfiltered: a test',
    '    peers:',
    `      srv: { publicKey: ${key(1)}, endpoint: "${endpoint}", allowedIPs: [10.9.0.2/32] }`,
    '    routes: { 10.9.0.2/32: "" }',
    '',
  ];
  const text = lines.join('\n').replace('allowedIPs', `${resolve ? `resolve: ${resolve}, ` : ''}allowedIPs`);
  writeFileSync(join(folder, 'edgewg.yaml'), text.replace('10.9.0.2/32: ""', '10.9.0.2/32: {}'));
}

const scripts = (): string => join(lab.root, 'config/scripts');
const helpers = (): string[] => readdirSync(scripts()).filter(name => name.startsWith('edgewg-'));
const aside = (): string[] => {
  const kept = join(lab.root, 'config/user-data/edgewg/helpers');
  return existsSync(kept) ? readdirSync(kept) : [];
};

async function onRouter(command: string): Promise<string> {
  const client = await connect(lab, { password: lab.password });
  const ran = await exec(client, command);
  client.end();
  return ran.stdout;
}

before(async () => {
  lab = await startLabProcess([]);
});
after(async () => {
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a plan says once the router is up again: the name alone holds its boot for more than a minute. */
async function untilUp(): Promise<string> {
  const env = { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey };
  for (let tries = 0; ; tries++) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    const ran = await runCli(['plan'], { cwd: folder, env });
    if (ran.exit !== 4 || tries > 150) return ran.stdout;
  }
}

describe('an endpoint whose name the router looks up again', () => {
  let [first, second]: (string | undefined)[] = [];

  it('has a task and a script, which can be run, and the second plan is empty', async () => {
    say('srv.example.net:51820', '5m');
    const { stdout } = await edgewg(0, 'apply', '--yes');
    [first] = helpers();
    assert.match(first ?? '', /^edgewg-resolve-wg4-[0-9a-f]{16}$/);
    assert.ok(stdout.includes(`${first}: is put there, to look up srv.example.net:51820 for wg4`));
    const shown = await onRouter('cli-shell-api showConfig --show-active-only --show-commands');
    const task = 'set system task-scheduler task edgewg-resolve-wg4';
    assert.ok(shown.includes(`${task} executable path /config/scripts/${first}\n${task} interval 5m\n`));
    await edgewg(0, 'plan', '--detailed-exitcode');
    const doctor = await edgewg(0, 'doctor');
    assert.match(doctor.stdout, /no endpoint is a name that nothing looks up again/);
    assert.match(
      await onRouter(`bash -n /config/scripts/${first} && test -x /config/scripts/${first} && echo well`),
      /well/,
    );
  });

  it('is left as it was when the commit fails: the new script is gone', async () => {
    await onRouter('edgewg-lab fault commit=fail');
    say('other.example.net:51820', '5m');
    await edgewg(5, 'apply', '--yes');
    assert.deepEqual(helpers(), [first]);
  });

  it('has another script for another name; a rollback brings back the one from before', async () => {
    await edgewg(0, 'apply', '--yes');
    [second] = helpers();
    assert.notEqual(second, first);
    assert.deepEqual([helpers(), aside()], [[second], [first]]);
    await edgewg(0, 'plan', '--detailed-exitcode');
    await edgewg(0, 'rollback', '--yes');
    assert.deepEqual(helpers(), [first]);
    say('srv.example.net:51820', '5m');
    await edgewg(0, 'plan', '--detailed-exitcode');
  });

  it('is refused while the script was changed, and has it again when that is gone', async () => {
    const path = `/config/scripts/${first}`;
    await onRouter(`echo true >>${path}`);
    const { stdout } = await edgewg(3, 'apply', '--yes');
    assert.match(stdout, /EW308/);
    const doctor = await edgewg(2, 'doctor');
    assert.match(doctor.stdout, /what should look it up again isn't there/);
    await onRouter(`rm ${path}`);
    const plan = await edgewg(2, 'plan', '--detailed-exitcode');
    assert.match(plan.stdout, /0 to create, 0 to change, 0 to delete; 0 commands in 0 commits/);
    await edgewg(0, 'apply', '--yes');
    assert.deepEqual(helpers(), [first]);
    await edgewg(0, 'plan', '--detailed-exitcode');
  });

  it('comes back by an import', async () => {
    const { stdout } = await edgewg(
      0,
      'import',
      '--router',
      `${lab.user}@${lab.host}:${lab.port}`,
      '-f',
      '-',
    );
    assert.match(stdout, /resolve: 5m/);
  });

  it('leaves nothing with the last peer that asks for it', async () => {
    say('srv.example.net:51820', undefined);
    const { stdout } = await edgewg(0, 'apply', '--yes');
    assert.match(stdout, /goes after the save: nothing runs it any more/);
    assert.deepEqual(helpers(), []);
    const shown = await onRouter('cli-shell-api showConfig --show-active-only --show-commands');
    assert.doesNotMatch(shown, /task-scheduler/);
    await edgewg(0, 'plan', '--detailed-exitcode');
  });

  it('is told of when the name was lost at boot', async () => {
    await onRouter('edgewg-lab fault now=unresolved');
    await onRouter('edgewg-lab fault now=reboot').catch(() => '');
    const stdout = await untilUp();
    assert.match(stdout, /EW306: wg4: srv has no endpoint on the router, and config.boot has one/);
  }).timeout(600_000);
});
