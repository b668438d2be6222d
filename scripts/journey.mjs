// The first hour and the first pipeline, as somebody who has nothing but the package: `npm run journey`. Packs this clone, installs the
// tarball into an empty home without a registry, and then types what README, tutorial and docs/ci.md say: the tutorial, a first site file,
// configurations of others, a tunnel and a peer more and less, and the jobs. Prints each command with its exit code; the last line sums up.
// What the workflow files around the jobs say is run step by step by `npm run test:review`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'edgewg-journey-'));
const [prefix, home, work] = ['prefix', 'home', 'work'].map(name => join(scratch, name));
for (const folder of [home, work]) mkdirSync(folder);

const env = {
  ...{ PATH: `${prefix}/bin:${process.env.PATH}`, HOME: home, NO_COLOR: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap(who => [
      [`GIT_${who}_NAME`, 'someone'],
      [`GIT_${who}_EMAIL`, 'someone@example.net'],
    ]),
  ),
};
const counts = { right: 0, wrong: 0 };

/** Runs a line of shell. Goes on where it ends otherwise than expected: one wrong step hides no other. */
function type(line, expected = 0, cwd = work) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 400_000,
  });
  const isRight = status === expected;
  counts[isRight ? 'right' : 'wrong']++;
  console.log(`${isRight ? 'ok   ' : 'WRONG'} ${status} ${line.replaceAll(scratch, '').slice(0, 150)}`);
  if (!isRight) console.log(`expected ${expected}\n${stdout.slice(-1500)}${stderr.slice(-1500)}`);
  return stdout;
}

/** A lab router of the installed program's; edgewg finds the way by the environment from then on. */
async function startLab(...words) {
  const file = join(scratch, 'lab.env');
  rmSync(file, { force: true });
  const lab = spawn('edgewg', ['lab', '--variables', file, ...words], { cwd: scratch, env, stdio: 'ignore' });
  for (let tries = 0; !existsSync(file) && lab.exitCode === null && tries < 600; tries++)
    await new Promise(resolve => setTimeout(resolve, 200));
  for (const [, name, value] of readFileSync(file, 'utf8').matchAll(/^export (\w+)='?([^'\n]*)'?$/gm))
    env[name] = value;
  return async () => {
    const gone = new Promise(resolve => lab.on('exit', resolve));
    lab.kill('SIGTERM');
    await gone;
  };
}

function install() {
  type(`npm run -s package -- --silent --pack-destination ${scratch}`, 0, root);
  type(`npm install --global --offline --silent --prefix ${prefix} ${scratch}/edgewg-*.tgz`, 0, home);
  type('edgewg --version && edgewg --help && edgewg help');
  type(`node ${root}/scripts/test-docs.mjs --bin ${prefix}/bin docs/tutorial.md`);
}

/** Two real configurations that have tunnels, and one that has none; skipped where they are not beside the project. */
function takeOver() {
  const corpus = join(root, '../shared/corpus');
  if (!existsSync(corpus)) return console.log('SKIPPED: no configurations of others beside the project');
  for (const [i, name] of [
    'WireGuard__wireguard-vyatta-ubnt__readme-2017.boot',
    'unknown__index-29395999718__er12-rise-wg0.boot',
    'unknown__index-42389532824__android-phones-wg0.commands',
  ].entries()) {
    type(`edgewg import --running ${corpus}/${name} -f other${i}.yaml`);
    type(`edgewg validate -f other${i}.yaml`);
    type(`edgewg plan -f other${i}.yaml --running ${corpus}/${name} --detailed-exitcode`);
  }
}

const server = '--public-key GIPWDet2eswjz1JphYFb51sh6I+CwvzOoVyD7z7kZVc=';

async function firstHour() {
  const stop = await startLab();
  type(`edgewg init --router $EDGEWG_ROUTER --address 10.9.0.1/32 ${server} --allowed-ips 10.9.0.2/32`);
  type('edgewg validate && edgewg doctor --help > /dev/null');
  type('edgewg plan --detailed-exitcode', 2);
  type('edgewg apply --yes');
  type('edgewg plan --detailed-exitcode');
  type(
    `edgewg tunnel add wg9 --address 10.8.0.1/24 --public-key n7ECjJZNQ6MaP+GFsgts8PWH65djP3Lx6S4UcShk4kE= --peer srv5 --endpoint srv5.example.net:51820 --allowed-ips 10.8.0.2/32`,
  );
  type('edgewg tunnel list');
  type('edgewg apply --yes');
  type('edgewg peer add phone --tunnel wg9 --endpoint home.example.net --out phone.conf');
  type('edgewg peer list');
  type('edgewg apply --yes');
  type('edgewg plan --detailed-exitcode');
  type('edgewg peer remove phone');
  type('edgewg apply --yes --allow delete=1');
  type('edgewg tunnel remove wg9');
  type('edgewg plan', 3);
  type('edgewg apply --yes --allow delete=1');
  type('edgewg plan --detailed-exitcode');
  type('edgewg rollback --list');
  await stop();
}

/** Of a router with the blog's configuration: its own site file, and one whose endpoint is a name. */
async function jobs() {
  const blog = join(root, 'fixtures/blog');
  const stop = await startLab('--seed', join(blog, 'router.boot'));
  const [, user, host, port] = /^(.*)@(.*):(\d+)$/.exec(env.EDGEWG_ROUTER);
  const repository = join(scratch, 'repository');
  const on = (line, expected) => type(line, expected, repository);
  type(`git init -q -b main ${repository}`);
  on(`edgewg import --router ${env.EDGEWG_ROUTER}`);
  on('edgewg snapshot --out router.snapshot');
  for (const kind of ['github', 'gitlab', 'forgejo']) on(`edgewg init --ci ${kind}`);
  on('git add . && git commit -q -m "The router as it is"');
  on('bash .edgewg/ci.sh install');
  env.SNAPSHOT = 'router.snapshot';
  env.SITES = 'edgewg.yaml';
  // a job has its key from a secret, and ssh-agent holds it; this one opens nothing, and the lab's password does
  type('ssh-keygen -q -t ed25519 -N "" -f key', 0, scratch);
  env.ROUTER_KEY = join(scratch, 'key');
  const own = readFileSync(join(blog, 'site.yaml'), 'utf8').replace(
    /^router:\n {2}host:.*\n {2}user:.*$/m,
    `router: { host: ${host}, port: ${port}, user: ${user} }`,
  );
  const named = own.replace(/^( *endpoint: ).*$/m, '$1srv4.example.net:51820');
  if (named === own) throw new Error('the example has no endpoint to name');
  for (const [name, text] of Object.entries({ named, own })) {
    on(`git switch -q -C ${name} main`);
    writeFileSync(join(repository, 'edgewg.yaml'), text);
    on(`git commit -q -a -m "As in ${name}"`);
    const way = { ...env };
    for (const key of ['EDGEWG_ROUTER', 'EDGEWG_PASSWORD', 'EDGEWG_HOST_KEY']) delete env[key];
    on('bash .edgewg/ci.sh plan');
    on('bash .edgewg/ci.sh rehearse');
    Object.assign(env, way);
  }
  for (const job of ['live', 'production', 'drift', 'snapshot']) on(`bash .edgewg/ci.sh ${job}`);
  // the keys that this router made are none that the example's nodes know
  on('edgewg plan --detailed-exitcode --allow router-key');
  await stop();
}

try {
  install();
  takeOver();
  await firstHour();
  await jobs();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${counts.right} commands ended as they should, ${counts.wrong} didn't`);
process.exitCode = counts.wrong === 0 ? 0 : 1;
