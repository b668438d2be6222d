// Plays a pull request from start to end, with the program as people and jobs run it, on a git repository that it makes and a lab router
// that it starts: `npm run play:review`. Prints the transcript; with --plain without what differs from run to run (times, ports, keys).
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = new URL('..', import.meta.url);
const bin = fileURLToPath(new URL('bin/edgewg.js', project));
const isPlain = process.argv.includes('--plain');
const folder = mkdtempSync(join(tmpdir(), 'edgewg-review-'));
const path = name => join(folder, name);

/** In place of what nobody can foresee. */
const patterns = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, 'TIME'],
  [/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, 'APPLY-ID'],
  [/^ *\d+\.\d s {2}/gm, '  0.0 s  '],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/SHA256:[0-9A-Za-z+/]{43}/g, 'SHA256:HOST-KEY'],
  [/public key of (\w+): [0-9A-Za-z+/]{43}=/g, 'public key of $1: KEY'],
  [/"?\b[0-9a-f]{64}\b"?/g, 'DIGEST'],
  [/about \d+ (?:s|min)/g, 'about TIME'],
  [/port: \d{5}/g, 'port: PORT'],
];

function print(text) {
  const whole = text.replaceAll(folder, 'REPOSITORY');
  process.stdout.write(
    isPlain ? patterns.reduce((all, [pattern, word]) => all.replace(pattern, word), whole) : whole,
  );
}

const say = text => print(`\n== ${text}\n`);

/** Both outputs in their order; `keep` takes the lines that are shown. Throws where the exit code isn't the expected one. */
function run(words, { exit = 0, env = {}, shown = words.join(' '), keep = text => text } = {}) {
  const out = openSync(path('.output'), 'w+');
  const [program, ...rest] = words;
  const command = program === 'edgewg' ? [process.execPath, bin, ...rest] : words;
  const ran = spawnSync(command[0], command.slice(1), {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', ...git, ...env },
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  const text = readFileSync(path('.output'), 'utf8');
  print(`\n$ ${shown}\n${keep(text)}${ran.status === 0 ? '' : `(exit code ${ran.status})\n`}`);
  if (ran.status !== exit) throw new Error(`expected exit code ${exit} of ${shown}:\n${text}`);
  return text;
}

/** Nobody's own settings. */
const git = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap(who => [
    [`GIT_${who}_NAME`, 'someone'],
    [`GIT_${who}_EMAIL`, 'someone@example.net'],
  ]),
);

const quiet = { keep: () => '' };
const lastLines = count => ({ keep: text => `${text.trimEnd().split('\n').slice(-count).join('\n')}\n` });
const firstLines = count => ({ keep: text => `${text.split('\n').slice(0, count).join('\n')}\n[...]\n` });

/** The lab in a process of its own; it says how to get in by a file of variables. */
async function startLab() {
  const seed = fileURLToPath(new URL('fixtures/blog/router.boot', project));
  const child = spawn(process.execPath, [bin, 'lab', '--seed', seed, '--variables', path('.lab.env')], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 600; tries++) {
    await new Promise(resolve => setTimeout(resolve, 200));
    const text = readVariables();
    if (text !== '') {
      const value = name => /^'?(.*?)'?$/.exec(new RegExp(`EDGEWG_${name}=(.*)`).exec(text)[1])[1];
      return {
        child,
        env: { EDGEWG_HOST_KEY: value('HOST_KEY'), EDGEWG_PASSWORD: value('PASSWORD') },
        at: value('ROUTER'),
      };
    }
    if (child.exitCode !== null) break;
  }
  throw new Error('the lab did not start');
}

function readVariables() {
  try {
    return readFileSync(path('.lab.env'), 'utf8');
  } catch {
    return '';
  }
}

/** What somebody types on the router, outside of edgewg. */
function byHand({ at, env }, ...commands) {
  const script = ['configure', ...commands, 'commit', 'save', 'exit'].join('\n');
  const [, user, port] = /^(\w+)@.*:(\d+)$/.exec(at);
  print(`\n$ ssh router   # by hand\n${commands.map(line => `ubnt@router# ${line}\n`).join('')}`);
  const client = new URL('../dist/test/support/by-hand.js', import.meta.url);
  const ran = spawnSync(process.execPath, [fileURLToPath(client), port, user, env.EDGEWG_PASSWORD], {
    input: script,
    encoding: 'utf8',
  });
  if (ran.status !== 0) throw new Error(`by hand: ${ran.stdout}${ran.stderr}`);
}

const wg5 = `  wg5:
    description: srv5
    address: [192.168.5.15/32]
    listenPort: 51825
    openPort: { rule: 25 }
    unfiltered: a lab
    peers:
      srv5:
        publicKey: n7ECjJZNQ6MaP+GFsgts8PWH65djP3Lx6S4UcShk4kE=
        endpoint: "[2001:db8:60:5fad::abcd]:51820"
        allowedIPs: [192.168.5.5/32, 10.42.5.0/24]
    routes:
      192.168.5.5/32: srv5
      10.42.5.0/24: { description: pods of srv5, guard: true }
`;

/** Below tunnels, and the rulesets in which its port is opened. */
function addWg5() {
  const text = readFileSync(path('edgewg.yaml'), 'utf8');
  const withRulesets = /^uplink:/m.test(text)
    ? text
    : text.replace(/^tunnels:/m, 'uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }\ntunnels:');
  writeFileSync(path('edgewg.yaml'), withRulesets.replace(/^tunnels:\n/m, `tunnels:\n${wg5}`));
}

const lab = await startLab();
const live = { env: lab.env };
try {
  writeFileSync(path('.gitignore'), '.*\n!.gitignore\n*.json\n*.md\n*.sarif\n');
  say('A repository for a router that is there already: its site file and its snapshot');
  run(['git', 'init', '-q', '-b', 'main', '.']);
  run(['edgewg', 'import', '--router', lab.at], { ...live, ...lastLines(3) });
  run(['edgewg', 'snapshot', '--out', 'router.snapshot'], live);
  run(['head', '-n', '8', 'router.snapshot']);
  run(['git', 'add', '.']);
  run(['git', 'commit', '-q', '-m', 'The router as it is']);

  say(
    'A branch adds a tunnel. The job of the pull request has no access to the router: it plans against the snapshot',
  );
  run(['git', 'switch', '-q', '-c', 'wg5']);
  addWg5();
  run(['git', 'diff', '--stat']);
  run(['git', 'commit', '-q', '-a', '-m', 'Add wg5 to srv5']);
  run(['edgewg', 'validate']);
  run(['edgewg', 'plan', '--running', 'router.snapshot', '--out', 'reviewed.json', '--detailed-exitcode'], {
    exit: 2,
    ...lastLines(12),
  });
  run(['edgewg', 'show', 'reviewed.json', '--format', 'markdown']);
  run(['edgewg', 'show', 'reviewed.json', '--format', 'github']);
  run(['edgewg', 'show', 'reviewed.json', '--format', 'sarif'], firstLines(12));

  say('It is reviewed and merged. The job that may read the router asks: is it still what was reviewed?');
  run(['git', 'switch', '-q', 'main']);
  run(['git', 'merge', '-q', '--ff-only', 'wg5']);
  run(['edgewg', 'plan', '--compare', 'reviewed.json', '--out', 'plan.json'], { ...live, ...lastLines(2) });

  say(
    'Meanwhile somebody changes the router by hand: the approved plan is stale, and refused with the lines that moved',
  );
  byHand(
    lab,
    'set firewall name WAN_LOCAL rule 40 action drop',
    "set firewall name WAN_LOCAL rule 40 description 'by hand'",
  );
  run(['edgewg', 'apply', 'plan.json', '--yes'], { ...live, exit: 3 });
  run(['edgewg', 'plan', '--compare', 'reviewed.json', '--out', 'plan.json'], { ...live, ...lastLines(7) });

  say(
    'The commands are the same as reviewed, and that rule is meant to be there: the new plan is applied, and a second one is empty',
  );
  run(['edgewg', 'apply', 'plan.json', '--yes'], { ...live, ...lastLines(12) });
  run(['edgewg', 'plan', '--detailed-exitcode'], { ...live, ...lastLines(1) });

  say('The snapshot is taken anew, so that the next pull request starts from what runs');
  run(['edgewg', 'snapshot', '--out', 'router.snapshot'], live);
  run(['git', 'diff', '--stat']);
  run(['git', 'commit', '-q', '-a', '-m', 'Take a snapshot of the router']);

  say('At night: somebody has changed a tunnel by hand');
  byHand(lab, 'set interfaces wireguard wg5 listen-port 51999');
  run(['edgewg', 'plan', '--detailed-exitcode'], { ...live, exit: 2, ...lastLines(6) });
  byHand(lab, 'set interfaces wireguard wg5 listen-port 51825');
  run(['edgewg', 'plan', '--detailed-exitcode'], { ...live, ...lastLines(1) });

  say('The tunnel was a mistake: it is rolled back, and the rule made by hand stays');
  run(['edgewg', 'rollback', '--yes'], { ...live, ...lastLines(2) });
  run(['edgewg', 'snapshot', '--out', 'router.snapshot'], live);
  run(['git', 'diff', '--stat', 'HEAD~2', '--', 'router.snapshot'], quiet);
  run(['git', 'diff', '-U0', 'HEAD~2', '--', 'router.snapshot'], {
    keep: text =>
      text
        .split('\n')
        .filter(line => /^[-+](set|# digest)/.test(line))
        .map(line => `${line}\n`)
        .join(''),
  });
} finally {
  const gone = new Promise(resolve => lab.child.on('exit', resolve));
  lab.child.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
}
