import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { helpText } from '../../src/cli/parse.ts';
import { commands } from '../../src/commands/table.ts';
import { bin, root, runCli } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';

const packageJson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

describe('the command line', () => {
  it('answers --version', async () => {
    assert.deepEqual(await runCli(['--version']), {
      stdout: `${packageJson.version}\n`,
      stderr: '',
      exit: 0,
      signal: null,
    });
  });

  it('prints the text for --help that yargs would', async () => {
    const expected = await helpText();
    for (const args of [['--help'], ['-h'], []])
      assert.deepEqual(await runCli(args), { stdout: expected, stderr: '', exit: 0, signal: null });
    for (const name of Object.keys(commands))
      assert.match(expected, new RegExp(`^ {2}edgewg ${name}\\b`, 'm'));
  });

  for (const name of Object.keys(commands))
    it(`knows ${name} --help`, async () => {
      const help = await runHere([name, '--help']);
      assert.match(help.stdout, new RegExp(`^edgewg ${name}\\b`));
      assert.equal(help.exit, 0);
    });

  it('takes help NAME for NAME --help', async () => {
    assert.deepEqual(await runCli(['help', 'show']), await runHere(['show', '--help']));
  });

  const refused: [string, string[], RegExp, Record<string, string>?][] = [
    ['a command that is not there', ['shwo', 'x'], /did you mean show\?/],
    ['an unknown option', ['explain', '--codes'], /unknown option: --codes/],
    [
      'a mistyped option',
      ['plan', '--runing', 'x'],
      /unknown option: --runing\n {2}hint: did you mean --running\?/,
    ],
    ['one argument too many', ['explain', 'EW001', 'EW002'], /unexpected argument: EW002/],
    ['a missing argument', ['show'], /an argument is missing: edgewg show <plan>/],
    [
      'a value that a positional has not',
      ['completion', 'tcsh'],
      /no such value: "tcsh", where there are "bash"/,
    ],
    ['a missing value of a short option', ['plan', '-f'], /a value is missing after -f/],
    [
      'a site file without its option',
      ['graph', 'plan.json', 'x.yaml'],
      /unexpected argument: x\.yaml\n {2}hint: .*-f/,
    ],
    ['a mistyped code', ['explain', 'ew30'], /did you mean EW030\?/],
    ['a missing value', ['show', 'x', '--format'], /a value is missing after --format/],
    ['a value that is not there', ['show', 'x', '--format', 'xml'], /--format "xml", where there are "text"/],
    ['an option given twice', ['show', 'x', '--format', 'json', '--format', 'text'], /more than once/],
    ['no command', ['-q'], /which command\?/],
    [
      'a variable that is no truth value',
      ['explain'],
      /EDGEWG_QUIET is neither true nor false/,
      { EDGEWG_QUIET: 'maybe' },
    ],
    ['a variable with a bad value', ['show', 'x'], /--format "xml"/, { EDGEWG_FORMAT: 'xml' }],
    ['a port that is none', ['lab', '--port', '99999999'], /--port takes a port from 0 to 65535/],
    [
      'a folder that is none',
      ['lab', '--data', 'package.json'],
      /package\.json can't be a folder of the lab/,
    ],
    ['a seed that is none', ['lab', '--seed', 'dist/edgewg.1'], /the seed is no configuration/],
    ['a delay that is none', ['lab', '--latency', 'long'], /--latency takes milliseconds/],
    ['no seconds', ['apply', '--confirm-within', '0'], /seconds from 1, not 0/],
    ['no number of routers', ['plan', '--jobs', 'x', 'a.yaml', 'b.yaml'], /from 1 to 99, not x/],
    [
      'options that contradict each other',
      ['show', 'x', '--format', 'json', '--inverse'],
      /--inverse has no place/,
    ],
  ];
  for (const [what, args, message, env] of refused)
    it(`refuses ${what} with exit 3 and a way out`, async () => {
      const { stdout, stderr, exit } = await runHere(args, { env: env ?? {} });
      assert.equal(stdout, '');
      assert.match(stderr, /^error: .+\n {2}hint: .+\n$/s);
      assert.match(stderr, message);
      assert.equal(exit, 3);
    });

  it('takes options from the environment, and the command line over it', async () => {
    const { stderr } = await runHere(['show', 'nope'], { env: { EDGEWG_VERBOSE: '1', EDGEWG_FORMAT: '' } });
    assert.match(stderr, /can't read nope: there is no such file/);
  });

  it('prints a completion script, and completions', async () => {
    assert.match((await runHere(['completion'])).stdout, /^# bash completion for edgewg/);
    const { stdout } = await runCli(['--complete', 'bash', 'edgewg', 'ex']);
    assert.ok(stdout.split('\n').includes('explain'));
  });

  it('shows colours where they are asked for, and none with --no-color', async () => {
    const env = { NO_COLOR: '', FORCE_COLOR: '1' };
    assert.match((await runCli(['explain', 'EW001'], { env })).stdout, /\u001b\[1m/);
    assert.doesNotMatch((await runHere(['explain', 'EW001', '--no-color'], { env })).stdout, /\u001b/);
  });

  it('does not mind a reader that goes away', async () => {
    const child = spawn(process.execPath, [bin, 'explain'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    const exit = await new Promise(resolve => child.on('close', resolve));
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' });
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    it(`ends with ${code} on ${signal}`, async () => {
      const child = spawn(process.execPath, [bin, '-v', 'show', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', chunk => {
        stderr += chunk;
      });
      child.stdin.on('error', () => {});
      // more than a pipe holds: when it is written, the program is up and reads
      await new Promise(resolve => child.stdin.write(' '.repeat(1 << 20), resolve));
      child.kill(signal);
      const exit = await new Promise(resolve => child.on('close', resolve));
      assert.equal(exit, code);
      assert.match(stderr, new RegExp(`^error: interrupted by ${signal}\n`));
    });
});
