// What a user gets from npm: the tarball holds what is needed and nothing else, publint has no complaint, and installed globally into an
// empty prefix it runs the whole tutorial.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'edgewg-pack-'));

/** Everything that may be in the tarball. */
const needed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/(edgewg\.js|package\.json)$/,
  /^dist\/bundle\/(main|program)\.cjs$/,
  /^dist\/bundle\/LICENSES\.txt$/,
  /^dist\/edgewg\.1$/,
  /^dist\/src\/help\.txt$/,
  /^dist\/src\/(lab|ci)\/files\//,
  /^dist\/src\/router\/scripts\/[\w-]+\.(sh|awk)$/,
  /^edgewg\.schema\.json$/,
];

function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (ran.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} ended with ${ran.status}\n${ran.stdout ?? ''}${ran.stderr ?? ''}`,
    );
  return ran.stdout ?? '';
}

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', scratch]));
  const strange = packed.files
    .map(({ path }) => path)
    .filter(path => !needed.some(pattern => pattern.test(path)));
  if (strange.length > 0) throw new Error(`not needed in the tarball: ${strange.join(', ')}`);
  console.log(
    `${packed.files.length} files, ${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB unpacked`,
  );
  run('npx', ['publint', '--strict', join(scratch, packed.filename)]);
  const prefix = join(scratch, 'prefix');
  run('npm', ['install', '--global', '--prefix', prefix, join(scratch, packed.filename)], { cwd: scratch });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const said = run(join(prefix, 'bin/edgewg'), ['--version'], { cwd: scratch }).trim();
  if (said !== version) throw new Error(`installed is ${said}, not ${version}`);
  if (!existsSync(join(prefix, 'share/man/man1/edgewg.1')))
    throw new Error('the man page is not where man looks');
  run(process.execPath, ['scripts/test-docs.mjs', '--bin', join(prefix, 'bin'), 'docs/tutorial.md'], {
    stdio: 'inherit',
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
