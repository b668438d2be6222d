// What a person or a machine may put in edgewg's way: the end of the input at a question, pipes and devices for files, links.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nodeIo, outputs } from '../../src/cli/node-io.ts';

const program = fileURLToPath(new URL('../../../bin/edgewg.js', import.meta.url));
const running = 'set interfaces ethernet eth0 address 192.168.2.1/24\n';
const site = (privateKey: string): string =>
  `version: 1\nrouter: { host: 192.168.2.1 }\ntunnels:\n  wg4: { address: [10.9.0.1/32], listenPort: 51824, privateKey: "${privateKey}", unfiltered: a test }\n`;

/** Runs edgewg at a terminal of its own, closes that while it waits for a pipe, and tells its exit code; less than 0 for a signal. */
const closing = `
import os, pty, sys, time
def reader():
    # nobody can open a pipe to write before somebody reads
    while True:
        try: return os.open('pipe', os.O_WRONLY | os.O_NONBLOCK)
        except OSError: time.sleep(0.05)
node, program, stderr = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    if stderr: os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT, 0o600), 2)
    os.execv(node, [node, program, 'validate', '-f', 'pipe'])
writer = reader()
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** Waits until somebody reads from a pipe: nobody can open it to write before. */
async function writerOf(path: string): Promise<number> {
  for (;;)
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      await sleep(50);
    }
}

describe('input that is none', function () {
  this.timeout(60_000);
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const edgewg = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 30_000,
      env: { PATH: process.env['PATH'], HOME: folder },
    });
    return { status, text: stdout + stderr };
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'edgewg-input-'));
    write('running', running);
    spawnSync('mkfifo', [join(folder, 'pipe')]);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is told as the end of the input, at a question', () => {
    const words = `${process.execPath} ${program} init --running running --router ubnt@192.168.2.1`;
    const { status, stdout } = spawnSync('script', ['-qec', words, '/dev/null'], {
      cwd: folder,
      encoding: 'utf8',
      input: '\u0004',
      timeout: 30_000,
    });
    assert.equal(status, 3, stdout);
    assert.match(stdout, /no answer: the input was closed/);
  });

  it('is refused for a key when it is a pipe or a device', async () => {
    const { signal } = new AbortController();
    const streams = outputs(process, false);
    const io = nodeIo(process, streams, { isVerbose: false, isQuiet: true, signal, leave: signal });
    for (const path of [join(folder, 'pipe'), '/dev/zero', folder])
      await assert.rejects(io.readFile(path, 100, 'files'), /no regular file/);
  });

  it('ends with a signal while it waits for a pipe', async () => {
    const child = spawn(process.execPath, [program, 'validate', '-f', 'pipe'], { cwd: folder });
    const writer = await writerOf(join(folder, 'pipe'));
    child.kill('SIGINT');
    const [exit] = await once(child, 'exit');
    closeSync(writer);
    assert.equal(exit, 130);
  });

  for (const [what, stderr] of [
    ['', ''],
    [', its stderr in a file', 'err'],
  ])
    it(`ends with 129 when its terminal is closed${what}`, () => {
      const words = ['-c', closing, process.execPath, program, stderr ?? ''];
      const { stdout } = spawnSync('python3', words, { cwd: folder, encoding: 'utf8', timeout: 30_000 });
      assert.equal(stdout, '129\n');
    });

  it('is read from a pipe that somebody writes into', () => {
    write('site', site('/config/auth/wg4.key'));
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `"$0" "$1" validate -f <(sleep 0.3; cat site)`, process.execPath, program],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    assert.equal(status, 0, stdout + stderr);
  });

  it('is quoted by no error when the site file is a link to it', () => {
    write('secret', 'hunter22 hunter22: [\n- hunter22\n');
    symlinkSync('secret', join(folder, 'link.yaml'));
    const { status, text } = edgewg('validate', '-f', 'link.yaml');
    assert.equal(status, 3, text);
    assert.match(text, /link\.yaml is a link to secret/);
    assert.doesNotMatch(text, /hunter22/);
    symlinkSync('site', join(folder, 'good.yaml'));
    assert.equal(edgewg('validate', '-f', 'good.yaml').status, 0);
  });

  it('is refused as a seed of a lab, and as a configuration, by its line', () => {
    write('open', "set interfaces wireguard wg0 description 'the kids\nset system host-name r\n");
    write('wide', `set system host-name ${'a '.repeat(200_000)}\n`);
    for (const name of ['open', 'wide']) {
      const { status, text } = edgewg('lab', '--seed', name);
      assert.equal(status, 3, text);
      assert.match(text, /the seed is no configuration/);
    }
    write('edgewg.yaml', site('/config/auth/wg4.key'));
    const { status, text } = edgewg('plan', '--running', 'wide');
    assert.equal(status, 3);
    assert.match(text, /wide:1:5: a path of 200002 words/);
  });
});
