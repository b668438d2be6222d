// Runs what README.md and docs/ tell people to run: every fenced `sh` block, line by line, in a scratch folder and against a lab router
// with the blog's network. A line may say `# exits with N`; every other must exit with 0. A `text` block right after one shows lines
// that it must have printed, in their order; `...` stands for any. A block that can't run says why in its fence, `sh skip: REASON`,
// and is counted. `--bin FOLDER` takes `edgewg` from there; otherwise it is the built program. Arguments are the files; default: all.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({ options: { bin: { type: 'string' } }, allowPositionals: true });
const scratch = mkdtempSync(join(tmpdir(), 'edgewg-docs-'));
const bin = values.bin ?? ownBin();
const files =
  positionals.length > 0
    ? positionals
    : [
        'README.md',
        ...readdirSync(join(root, 'docs'))
          .filter(name => name.endsWith('.md'))
          .map(name => `docs/${name}`),
      ];

function ownBin() {
  const folder = join(scratch, 'bin');
  mkdirSync(folder);
  const program = join(root, 'bin/edgewg.js');
  writeFileSync(join(folder, 'edgewg'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  });
  return folder;
}

/** Fenced blocks of a file: `{ line, kind, skip, lines }`. */
function blocksOf(text) {
  const blocks = [];
  let open;
  for (const [i, line] of text.split('\n').entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open !== undefined) open = void blocks.push({ ...open, end: i + 1 });
    else {
      const [kind, ...rest] = fence[2].trim().split(' ');
      open = { line: i + 1, kind, skip: /^skip: (.+)/.exec(rest.join(' '))?.[1], lines: [] };
    }
  }
  return blocks;
}

/** One script for all blocks of a file: what one exports, the next one has. Ends with 0, or tells where it stopped. */
function scriptOf(blocks) {
  const out = ['set +e'];
  for (const block of blocks) {
    out.push(`echo '@@block ${block.line}'`);
    const lines = block.lines
      .join('\n')
      .replaceAll(/\\\n\s*/g, '')
      .split('\n');
    for (const line of lines.filter(text => text.trim() !== '' && !text.trim().startsWith('#'))) {
      const expected = /# exits with (\d+)/.exec(line)?.[1] ?? '0';
      out.push(
        line,
        `code=$?; [ $code = ${expected} ] || { printf '@! %s: exit %s, not %s: %s\\n' ${block.line} $code ${expected} ${quote(line)}; exit 1; }`,
      );
    }
  }
  return out.join('\n');
}

const quote = text => `'${text.replaceAll("'", "'\\''")}'`;

/** Lines of the text that the output lacks, in order; an empty list when it shows all of them. */
function missing(expected, output) {
  const printed = output.split('\n').map(line => line.trimEnd());
  let from = 0;
  return expected.filter(line => {
    const wanted = line.trimEnd();
    if (wanted === '' || wanted.trim() === '...') return false;
    const parts = wanted.split('...').map(part => part.trim());
    const at = printed.findIndex((text, i) => i >= from && parts.every(part => text.includes(part)));
    if (at === -1) return true;
    from = at + 1;
    return false;
  });
}

async function startLab() {
  const lab = spawn(join(bin, 'edgewg'), ['lab', '--seed', join(root, 'fixtures/blog/router.boot')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of lab.stdout) {
    said += chunk;
    if (said.includes('EDGEWG_HOST_KEY')) break;
  }
  lab.stdout.resume();
  const word = pattern => pattern.exec(said)?.[1] ?? '';
  return {
    lab,
    port: word(/ssh -p (\d+)/),
    user: word(/ (\w+)@127/),
    env: { EDGEWG_HOST_KEY: word(/KEY='(.*)'/), EDGEWG_PASSWORD: word(/password +(\S+)/) },
  };
}

/** What the documents suppose to be there: a site file for the lab, and saved configurations. */
function prepare(folder, { port, user }) {
  mkdirSync(folder, { recursive: true });
  // the lab router makes keys of its own, and `cluster` says which the other end has
  const site = readFileSync(join(root, 'fixtures/blog/site.yaml'), 'utf8').replace(
    /^cluster:.*\n(?:[ #].*\n|\n)*/m,
    '',
  );
  writeFileSync(
    join(folder, 'edgewg.yaml'),
    site.replace(
      /^router:\n {2}host:.*\n {2}user:.*$/m,
      `router:\n  host: 127.0.0.1\n  port: ${port}\n  user: ${user}`,
    ),
  );
  writeFileSync(join(folder, 'router.commands'), readFileSync(join(root, 'fixtures/blog/router.commands')));
}

const counts = { run: 0, commands: 0, skipped: 0, failed: 0 };
const router = await startLab();
try {
  for (const file of files) runFile(file);
} finally {
  router.lab.kill('SIGTERM');
  await new Promise(resolve => (router.lab.exitCode === null ? router.lab.on('exit', resolve) : resolve()));
  rmSync(scratch, { recursive: true, force: true });
}
console.log(
  `${counts.run} blocks with ${counts.commands} commands run, ${counts.skipped} skipped, ${counts.failed} files failed`,
);
process.exitCode = counts.failed === 0 ? 0 : 1;

function runFile(file) {
  const blocks = blocksOf(readFileSync(join(root, file), 'utf8'));
  const shell = blocks.filter(({ kind }) => kind === 'sh');
  for (const { line, skip } of shell.filter(block => block.skip !== undefined)) {
    counts.skipped++;
    console.log(`SKIPPED ${file}:${line}: ${skip}`);
  }
  const wanted = shell.filter(({ skip }) => skip === undefined);
  if (wanted.length === 0) return;
  const folder = join(scratch, basename(file, '.md'));
  prepare(folder, router);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    NO_COLOR: '1',
    EDGEWG_YES: '1',
    ...router.env,
  };
  const script = `trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n${scriptOf(wanted)}\n`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 400_000,
  });
  const parts = new Map(
    stdout
      .split(/^@@block /m)
      .slice(1)
      .map(part => [Number.parseInt(part, 10), part]),
  );
  const complaints = [...stdout.matchAll(/^@! (.*)$/gm)].map(found => found[1]);
  for (const block of wanted) {
    const next = blocks[blocks.indexOf(block) + 1];
    if (next?.kind !== 'text' || next.line - block.end > 2) continue;
    for (const line of missing(next.lines, parts.get(block.line) ?? ''))
      complaints.push(`${next.line}: never printed: ${line}`);
  }
  if (status !== 0 && complaints.length === 0) complaints.push(`ended with ${status}: ${stderr}`);
  counts.run += wanted.length;
  counts.commands += wanted.flatMap(({ lines }) =>
    lines.filter(text => text.trim() !== '' && !text.trim().startsWith('#')),
  ).length;
  if (complaints.length === 0) return;
  counts.failed++;
  console.log(`FAILED ${file}\n${complaints.map(text => `  ${text}`).join('\n')}\n${stdout.slice(-4000)}`);
}
