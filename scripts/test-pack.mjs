// What a user gets: a fresh clone packs itself with the commands of the README; the tarball holds what is needed and nothing else, publint has
// no complaint, and installed from nothing but that file into an empty home, without any registry, it is small and runs the whole tutorial.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'edgewg-pack-'));

/** Everything that may be in the tarball. */
const needed = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/(edgewg\.js|package\.json)$/,
  /^dist\/bundle\/[\w-]+\.cjs$/,
  /^dist\/bundle\/LICENSES\.txt$/,
  /^dist\/docs\/[\w-]+\.txt$/,
  /^dist\/edgewg\.1$/,
  /^dist\/src\/help\.txt$/,
  /^dist\/src\/(lab|ci)\/files\//,
  /^dist\/src\/router\/scripts\/[\w-]+\.(sh|awk)$/,
  /^edgewg\.schema\.json$/,
  /^docs\/[\w-]+\.(md|svg)$/,
];
const mostInstalled = 3 * 1024 * 1024;

function run(command, args, options = {}) {
  const ran = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (ran.status !== 0)
    throw new Error(
      `${command} ${args.join(' ')} ended with ${ran.status}\n${ran.stdout ?? ''}${ran.stderr ?? ''}`,
    );
  return ran.stdout ?? '';
}

/** Of all files below a folder, in bytes. */
function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

try {
  const clone = join(scratch, 'clone');
  for (const file of run('git', ['ls-files', '-co', '--exclude-standard', '-z'])
    .split('\0')
    .filter(Boolean)) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
  const unbuilt = spawnSync(process.execPath, [join(clone, 'bin/edgewg.js'), '--version'], {
    encoding: 'utf8',
  });
  if (unbuilt.status !== 1 || !unbuilt.stderr.includes('npm run package'))
    throw new Error(`a clone that isn't built ended with ${unbuilt.status}: ${unbuilt.stderr}`);
  run('npm', ['ci', '--prefer-offline'], { cwd: clone });
  const printed = run('npm', ['run', '-s', 'package', '--', '--json', '--pack-destination', scratch], {
    cwd: clone,
  });
  const [packed] = JSON.parse(printed);
  const strange = packed.files
    .map(({ path }) => path)
    .filter(path => !needed.some(pattern => pattern.test(path)));
  if (strange.length > 0) throw new Error(`not needed in the tarball: ${strange.join(', ')}`);
  console.log(
    `${packed.files.length} files, ${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB unpacked`,
  );
  run('npx', ['publint', '--strict', join(scratch, packed.filename)]);
  const prefix = join(scratch, 'prefix');
  const home = join(scratch, 'home');
  mkdirSync(home);
  run('npm', ['install', '--global', '--offline', '--prefix', prefix, join(scratch, packed.filename)], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
  });
  const installed = sizeOf(join(prefix, 'lib'));
  console.log(`${Math.round(installed / 1024)} KiB installed, all of node_modules`);
  if (installed > mostInstalled) throw new Error(`that is more than ${mostInstalled / 1024} KiB`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const said = run(join(prefix, 'bin/edgewg'), ['--version'], { cwd: scratch }).trim();
  if (said !== version) throw new Error(`installed is ${said}, not ${version}`);
  const page = run(join(prefix, 'bin/edgewg'), ['help', 'safety'], { cwd: scratch });
  if (!page.startsWith('Safety\n======\n')) throw new Error(`edgewg help safety says ${page.slice(0, 80)}`);
  if (!existsSync(join(prefix, 'share/man/man1/edgewg.1')))
    throw new Error('the man page is not where man looks');
  run(process.execPath, ['scripts/test-docs.mjs', '--bin', join(prefix, 'bin'), 'docs/tutorial.md'], {
    stdio: 'inherit',
  });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
