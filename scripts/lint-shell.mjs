// shellcheck over what really runs on a router: the scripts as they are shipped, put together, with the variables and functions that a plan
// puts in front; and over .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetKeys } from '../dist/src/router/forget-keys.js';
import { makeKeys } from '../dist/src/router/make-keys.js';
import { readAgainScript, readScript, startScript } from '../dist/src/router/scripts.js';
import { transactionInput } from '../dist/src/router/transaction.js';
import { Secret } from '../dist/src/secret.js';
import { parseCommands } from '../dist/src/vyatta/commands.js';

const since = new Date(0);
const options = { id: 'lint', who: 'lint', since, lockTimeout: 1 };

/** What a function would send as the stdin of its exec. */
async function sent(act) {
  let input;
  const connection = {
    exec(_command, asked) {
      input = asked.input;
      return Promise.reject(new Error('sent'));
    },
  };
  await act(connection).catch(() => undefined);
  return input;
}

function transaction() {
  const wg = ['interfaces', 'wireguard', 'wg4'];
  const address = { op: 'set', path: [...wg, 'address', 'fd00:4::1/64'] };
  const plan = {
    keys: [
      { do: 'generate', tunnel: 'wg4', path: '/config/auth/wg4.key' },
      {
        do: 'move',
        tunnel: 'wg5',
        path: '/config/auth/wg5.key',
        from: ['interfaces', 'wireguard', 'wg5', 'private-key'],
      },
      { do: 'write', tunnel: 'wg6', path: '/config/auth/wg6.key', identity: 'sha256:0123456789abcdef' },
    ],
    commits: [
      { run: [address, { op: 'prune', path: ['protocols'] }], undo: [{ op: 'delete', path: wg }] },
      { run: [address], undo: [{ op: 'delete', path: wg }] },
    ],
    running_digest: '0'.repeat(64),
  };
  const more = {
    nonce: '0'.repeat(32),
    confirmWithin: 1,
    allowDrift: false,
    lastResort: 'none',
    record: '{}',
    seal: '',
    savedDigest: '',
    interrupted: [],
  };
  const secrets = new Map([['/config/auth/wg6.key', new Secret('')]]);
  return transactionInput(plan, parseCommands('set system host-name lint'), { ...options, ...more, secrets });
}

// behind the line for the head, and before the keys, of which there is an empty one
const payload = transaction().split('\n').slice(1).join('\n');
const shipped = {
  'read.sh': readScript(),
  'read-again.sh': readAgainScript(),
  'transaction-head.sh': `${startScript()}\nedgewg_start`,
  'transaction.sh': payload,
  'make-keys.sh': await sent(connection =>
    makeKeys(connection, [{ tunnel: 'wg4' }, { tunnel: 'wg5', path: '/config/auth/wg5.key' }]),
  ),
  'forget-keys.sh': await sent(connection => forgetKeys(connection, ['/config/auth/wg4.key'], options)),
};

const folder = mkdtempSync(join(tmpdir(), 'edgewg-lint-'));
try {
  const files = Object.entries(shipped).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  // SC2012: names of ours have no strange letters; SC2015: `a && b || c` is meant so; SC2016: a program of awk; SC2119, SC2120: called in another file; SC2034, SC2317, SC2329: what only a part of what is shipped uses; SC2086: numbers need no quotes
  const words = [
    '--shell=bash',
    '--format=gcc',
    '--exclude=SC2012,SC2015,SC2016,SC2119,SC2120,SC2034,SC2086,SC2317,SC2329',
    '.ci/run',
    'src/ci/files/ci.sh',
    ...files,
  ];
  const { status, stdout, stderr, error } = spawnSync('shellcheck', words, { encoding: 'utf8' });
  process.stdout.write(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  process.stdout.write(`${files.length + 2} scripts checked\n`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
