// Completion as a person at a prompt has it: the real bash, zsh and fish on a terminal, with the scripts where a user would put them. edgewg
// there is the real one for the questions of the scripts, and otherwise says what it was called with.
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin } from '../support/run-cli.ts';

interface Shell {
  readonly name: 'bash' | 'zsh' | 'fish';
  readonly start: string;
  /** Below the home folder. */
  readonly script: string;
  readonly setup: string;
}

const shells: readonly Shell[] = [
  {
    name: 'bash',
    start: 'bash --norc --noprofile -i',
    script: 'edgewg.bash',
    setup: '. /usr/share/bash-completion/bash_completion; . ~/edgewg.bash',
  },
  {
    name: 'zsh',
    start: 'zsh -f -i',
    script: 'functions/_edgewg',
    setup: 'fpath=(~/functions $fpath); autoload -U compinit; compinit -u -D',
  },
  { name: 'fish', start: 'fish -i', script: '.config/fish/completions/edgewg.fish', setup: 'true' },
];

/** What is typed, with the tab where it is pressed, and the words that edgewg is then called with. */
const typed: readonly [string, string][] = [
  ['snap\t', 'snapshot'],
  ['keys rot\twg4\t', 'keys rotate wg4'],
  ['bypass wg5\t', 'bypass wg5'],
  ['bypass -f other.yaml wg\t', 'bypass -f other.yaml wg77'],
  ['plan --detail\t', 'plan --detailed-exitcode'],
  ['plan --format mark\t', 'plan --format markdown'],
  ['plan --format=mark\t', 'plan --format=markdown'],
  ['explain EW50\t', 'explain EW500'],
  ['cluster ren\t--variant netw\t', 'cluster render --variant networkd'],
  ['show saved\t', 'show saved-plan.json'],
  ['plan --running rout\t', 'plan --running router.snapshot'],
];

/** A shell on a terminal of its own, by util-linux's script. */
class Prompt {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = '';

  constructor({ start }: Shell, home: string) {
    const env = { HOME: home, PATH: `${home}/bin:${process.env['PATH']}`, TERM: 'xterm', LANG: 'C.UTF-8' };
    this.#child = spawn('script', ['-qfec', start, '/dev/null'], { cwd: join(home, 'work'), env });
    this.#child.stdout.on('data', (data: Buffer) => {
      this.#said += data.toString().replace(/\u001b(\[[0-9;?]*[A-Za-z]|\([A-Z])/g, '');
    });
  }

  /** Types, and waits until all of these were said since. */
  async type(text: string, ...until: RegExp[]): Promise<void> {
    this.#said = '';
    this.#child.stdin.write(text);
    const begun = Date.now();
    while (!until.every(pattern => pattern.test(this.#said))) {
      assert.ok(Date.now() - begun < 30_000, `never said ${until}: ${JSON.stringify(this.#said)}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  async leave(): Promise<void> {
    const gone = new Promise(resolve => this.#child.on('close', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }
}

function isThere(program: string): boolean {
  if (spawnSync(program, ['--version']).error === undefined) return true;
  if (process.env['CI']) throw new Error(`${program} is missing: apt-get install ${program}`);
  process.stderr.write(`\n!!! SKIPPED: no ${program} here; apt-get install ${program}\n\n`);
  return false;
}

for (const shell of shells)
  describe(`completion in ${shell.name}`, function () {
    this.timeout(180_000);
    if (!isThere(shell.name)) return;
    const home = mkdtempSync(join(tmpdir(), 'edgewg-shell-'));
    let prompt: Prompt;
    before(async () => {
      const write = (path: string, text: string): string => {
        mkdirSync(join(home, path, '..'), { recursive: true });
        writeFileSync(join(home, path), text);
        return join(home, path);
      };
      const edgewg = `#!/bin/sh\n[ "$1" = --complete ] && exec '${process.execPath}' '${bin}' "$@"\necho "CALLED[$*]"\n`;
      chmodSync(write('bin/edgewg', edgewg), 0o755);
      write('work/edgewg.yaml', 'version: 1\ntunnels: { wg4: {}, wg5: {} }\n');
      write('work/other.yaml', 'version: 1\ntunnels: { wg77: {} }\n');
      write('work/saved-plan.json', '{}');
      write('work/router.snapshot', '');
      const ran = spawnSync(process.execPath, [bin, 'completion', shell.name], { encoding: 'utf8' });
      write(shell.script, ran.stdout);
      prompt = new Prompt(shell, home);
      await prompt.type(`${shell.setup}\recho R''EADY\r`, /READY/);
    });
    after(async () => {
      await prompt?.leave();
      // a shell that hangs up may still write its history
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    });

    for (const [keys, called] of typed)
      it(`makes of ${keys.replaceAll('\t', '<TAB>')} ${called}`, () =>
        prompt.type(`edgewg ${keys}\r`, new RegExp(`CALLED\\[${called} ?\\]`)));

    it('lists what there is to choose from', async () => {
      await prompt.type('edgewg keys rotate \t\t\t', /wg4/, /wg5/);
      await prompt.type('\x15edgewg plan --format \t\t\t', /markdown/, /sarif/);
      await prompt.type("\x15echo R''EADY\r", /READY/);
    });
  });
