// Adds to package-lock.json the optional packages of other platforms that `npm install` left out (npm/cli#4828), so that
// `npm ci` accepts the lock file everywhere. Run it after every change of the dependencies: `npm run lock`.
import { readFileSync, writeFileSync } from 'node:fs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const words = name.split(/[/-]/);
    const os = systems.filter(s => words.includes(s));
    const cpu = processors.filter(p => words.includes(p));
    if (lock.packages[key] !== undefined || os.length !== 1 || cpu.length !== 1) continue;
    const musl = words.includes('musl') ? { libc: ['musl'] } : {};
    lock.packages[key] = { version, cpu, ...(owner.dev ? { dev: true } : {}), ...musl, optional: true, os };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
