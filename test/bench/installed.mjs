// The package as a user has it: packed, and installed into a folder of its own, which goes with the process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the program is, and what all of node_modules takes on the disk, in bytes of its files. */
export function installPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'edgewg-installed-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const npm = (cwd, ...words) => {
    const { status, stdout, stderr } = spawnSync('npm', words, { cwd, encoding: 'utf8', timeout: 300_000 });
    if (status !== 0) throw new Error(`npm ${words[0]}: ${stderr || 'not done within 300 s'}`);
    return stdout.trim().split('\n').at(-1);
  };
  const tarball = npm(root, 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder);
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  npm(folder, 'install', ...quiet, '--prefix', folder, join(folder, tarball));
  const modules = join(folder, 'node_modules');
  return { bin: join(modules, 'edgewg/bin/edgewg.js'), bytes: sizeOf(modules) };
}

function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return sum;
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}
