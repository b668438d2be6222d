// The part of `init` that writes the files of a CI system, and beside them the program that its jobs run: nobody has to trust what a registry
// has by this name.

import type { CiFile, CiProgram } from '../ci/ci-files.ts';
import { Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import type { Io } from './io.ts';

/** Beside the options of `init`. */
export const ciOptions = {
  ci: {
    choices: ['github', 'gitlab', 'forgejo'],
    describe: 'write the jobs that review and apply the site file there, with this program for them to run',
    requiresArg: true,
  },
  snapshot: {
    type: 'string',
    default: 'router.snapshot',
    describe: 'with --ci: the snapshot that pull requests are planned against',
    requiresArg: true,
  },
  branch: {
    type: 'string',
    default: 'main',
    describe: 'with --ci: the branch whose state is applied',
    requiresArg: true,
  },
} as const;

interface CiArgs {
  readonly file: string;
  readonly snapshot: string;
  readonly branch: string;
  readonly force?: boolean | undefined;
}

/** Keeps what somebody has changed, unless --force is said; nothing is written when there is such a file. */
export async function writeCi(kind: 'github' | 'gitlab' | 'forgejo', args: CiArgs, io: Io): Promise<void> {
  const { readFileSync } = await import('node:fs');
  const { shippedFile } = await import('../shipped.ts');
  const { ciFiles, ciFolder } = await import('../ci/ci-files.ts');
  checkNames(args);
  const templates = (name: string): string => readFileSync(shippedFile(`dist/src/ci/files/${name}`), 'utf8');
  const { tarball, ...program } = await packOwn(io);
  const files = ciFiles(kind, { ...args, program }, templates);
  if (args.force !== true) await refuseChanged(files, io);
  const place = `${ciFolder}/${program.file}`;
  for (const { path, text } of [...files, { path: place, text: tarball }]) {
    await makeFolderOf(path, io);
    await io.writeFile(path, text, 0o644);
  }
  if (io.isQuiet) return;
  io.stderr.write(`wrote ${files[0]?.path}; its first lines say what it needs\n`);
  io.stderr.write(`wrote ${ciFolder}: the scripts of the jobs, and the program that they run, this one:\n`);
  io.stderr.write(`    ${program.file} ${program.integrity}\n`);
  const others = await otherTarballs(ciFolder, program.file, io);
  if (others.length > 0) io.stderr.write(`note: nothing uses ${others.join(', ')} any more\n`);
}

function checkNames({ file, snapshot, branch }: CiArgs): void {
  for (const [name, value] of Object.entries({ file, snapshot, branch })) {
    const isPlain = /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(name === 'file' ? value.replace('*', 'x') : value);
    if (!isPlain || value.includes('..'))
      throw new Refused(
        'usage',
        `--${name} ${visible(value)} is no plain name`,
        `name it from the top of the repository${name === 'file' ? ', with one * for several: sites/*.yaml' : ''}`,
      );
  }
}

/** What is the program's own to write isn't looked at: npm's two files name the tarball and its digest. */
async function refuseChanged(files: readonly CiFile[], io: Io): Promise<void> {
  for (const { path, text } of files) {
    if (/\/package(-lock)?\.json$/.test(path)) continue;
    const there = await io.readFile(path, 1 << 20).catch(() => undefined);
    if (there !== undefined && there.toString('utf8') !== text)
      throw new Refused('file-there', `${path} is there and is another one`, 'say --force to write it anew');
  }
}

async function makeFolderOf(path: string, io: Io): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  const { dirname, resolve } = await import('node:path');
  await mkdir(dirname(resolve(io.cwd, path)), { recursive: true });
}

/** What npm needs to run; whatever else stands in the environment, such as keys that a site file refers to, is none of its business. */
const neededByNpm =
  /^(?:PATH|PATHEXT|HOME|USERPROFILE|APPDATA|TMPDIR|TEMP|TMP|LANG|LC_\w+|SystemRoot|ComSpec)$/i;

/** This program as npm packs it, from where it is installed, or from a clone. Rejects with {@link Refused} where there is no npm. */
async function packOwn(io: Io): Promise<CiProgram & { readonly tarball: Buffer }> {
  const { mkdtemp, readdir, readFile, rm } = await import('node:fs/promises');
  const { createHash } = await import('node:crypto');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const { shippedFile } = await import('../shipped.ts');
  const { name, version } = JSON.parse(await readFile(shippedFile('package.json'), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'edgewg-pack-'));
  try {
    const words = ['npm', 'pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', folder];
    const withheld = Object.keys(io.env).filter(name => !neededByNpm.test(name));
    const ran = await io.run([...words, fileURLToPath(shippedFile(''))], { cwd: folder, withheld });
    const [file] = await readdir(folder);
    if (ran.kind !== 'ended' || ran.exit !== 0 || file === undefined)
      throw new Refused(
        'no-npm',
        'the program for the jobs could not be packed: npm pack did not work',
        'install npm beside Node.js, and see what `npm pack` says in the folder of edgewg',
      );
    const tarball = await readFile(join(folder, file));
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    return { name, version, file, integrity, tarball };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of other versions, from an earlier time. */
async function otherTarballs(folder: string, own: string, io: Io): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  const { resolve } = await import('node:path');
  const names = await readdir(resolve(io.cwd, folder));
  return names
    .filter(name => name.endsWith('.tgz') && name !== own)
    .map(name => `${folder}/${visible(name)}`);
}
