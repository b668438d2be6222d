// The part of `init` that writes the files of a CI system.
import { Refused } from '../errors.ts';
import { visible } from '../report/visible.ts';
import type { Io } from './io.ts';

/** Beside the options of `init`. */
export const ciOptions = {
  ci: {
    choices: ['github', 'gitlab', 'forgejo'],
    describe: 'write the jobs that review and apply the site file there, and nothing else',
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

/** Keeps what somebody has changed, unless --force is said. */
export async function writeCi(kind: 'github' | 'gitlab' | 'forgejo', args: CiArgs, io: Io): Promise<void> {
  const { readFileSync } = await import('node:fs');
  const { mkdir } = await import('node:fs/promises');
  const { dirname, resolve } = await import('node:path');
  const { shippedFile } = await import('../shipped.ts');
  const { ciFiles } = await import('../ci/ci-files.ts');
  const { ownVersion } = await import('./version.ts');
  const { file, snapshot, branch } = args;
  for (const [name, value] of Object.entries({ file, snapshot, branch }))
    if (!/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(value) || value.includes('..'))
      throw new Refused(
        'usage',
        `--${name} ${visible(value)} is no plain name`,
        'name it from the top of the repository',
      );
  const templates = (name: string): string => readFileSync(shippedFile(`dist/src/ci/files/${name}`), 'utf8');
  const options = { file, snapshot, branch, package: `edgewg@${ownVersion()}` };
  for (const { path, text } of ciFiles(kind, options, templates)) {
    const there = await io.readFile(path, 1 << 20).catch(() => undefined);
    if (there !== undefined && there.toString('utf8') !== text && args.force !== true)
      throw new Refused('file-there', `${path} is there and is another one`, 'say --force to write it anew');
    await mkdir(dirname(resolve(io.cwd, path)), { recursive: true });
    await io.writeFile(path, text, 0o644);
    if (!io.isQuiet) io.stderr.write(`wrote ${path}; its first lines say what it needs\n`);
  }
}
