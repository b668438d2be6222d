// Known secrets in every place where a WireGuard key can be, commands that succeed and that fail, and a search for them in all that
// is left behind or seen on the way: output, files of edgewg here and on the router, arguments and environments of all processes.
import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, generatePresharedKey } from '../../src/wireguard/key.ts';
import type { Ran } from '../support/run-cli.ts';
import { type RouterUnderTest, routerUnderTest } from '../support/under-test.ts';

const [inFile, inCommand, literal, psk, other] = [1, 2, 3, 4, 5].map(n =>
  (n === 4 ? generatePresharedKey() : generateKeyPair().privateKey).reveal(),
) as [string, string, string, string, string];
const canaries = [inFile, inCommand, literal, psk, other];

let router: RouterUnderTest;
let runs = 0;
const hits: string[] = [];

function search(where: string, text: string): void {
  for (const [i, canary] of canaries.entries())
    if (text.includes(canary)) hits.push(`secret ${i} in ${where}`);
}

/** Arguments and environment of every process that is there at this moment. */
function searchProcesses(): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    for (const part of ['cmdline', 'environ'])
      try {
        search(`/proc/PID/${part}`, readFileSync(`/proc/${pid}/${part}`, 'latin1'));
      } catch {
        // it has ended
      }
}

async function run(...args: string[]): Promise<Ran> {
  const watch = setInterval(searchProcesses, 40);
  try {
    const ran = await router.edgewg(...args);
    runs++;
    search(`the output of ${args.join(' ')}`, ran.stdout + ran.stderr);
    return ran;
  } finally {
    clearInterval(watch);
  }
}

const site = (privateKey: string, presharedKey: string, more = ''): string => `version: 1
router: ${router.site}
manages: { interfaces: [wg906-wg907] }
mssClamp: { ipv4: off, ipv6: off }
limits: { deleteInterfaces: 2, deletePeers: 9 }
tunnels:
  wg906:
    listenPort: 59906
    ${more}
    privateKey: "${privateKey}"
    unfiltered: a test
    peers:
      far: { publicKey: ${Buffer.alloc(32, 6).toString('base64')}, presharedKey: "${presharedKey}", allowedIPs: [198.18.6.0/24] }
`;

describe('secrets', function () {
  this.timeout(600_000);
  before(async () => {
    router = await routerUnderTest();
    writeFileSync(join(router.folder, 'key'), `${inFile}\n`);
    for (const [name, text] of [
      ['show', `echo ${inCommand}`],
      ['show-psk', `echo ${psk}`],
      ['fail', `echo "can't decrypt ${other}" >&2; exit 1`],
      ['two', `echo ${inFile}; echo ${other}`],
    ] as const) {
      writeFileSync(join(router.folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(router.folder, name), 0o755);
    }
    const set = ['private-key', `peer ${Buffer.alloc(32, 7).toString('base64')} preshared-key`]
      .map((leaf, i) => `$W set interfaces wireguard wg907 ${leaf} ${i === 0 ? literal : psk} </dev/null`)
      .join('\n');
    const said = await router.exec(
      `sg vyattacfg -c 'bash -s' <<'END'\nW=/opt/vyatta/sbin/vyatta-cfg-cmd-wrapper\n$W begin </dev/null\n${set}\n$W commit </dev/null\n$W save </dev/null\n$W end </dev/null\nEND`,
    );
    assert.doesNotMatch(said, /failed/i);
    router.write('file.yaml', site('file:key', 'command:./show-psk'));
    router.write('command.yaml', site('command:./show', 'command:./show-psk'));
    router.write('fail.yaml', site('command:./fail', 'command:./two'));
    router.write('refused.yaml', site('command:./show', 'file:key', 'mtu: 8024'));
  });
  after(async () => {
    await router?.exec('rm -f /config/auth/edgewg-wg90*');
    await router?.close();
  });

  it('are seen nowhere, whatever is run and however it ends', async () => {
    const exits: (number | null)[] = [];
    for (const file of ['file', 'command', 'fail', 'refused'])
      for (const args of [
        ['validate'],
        ['plan', '-v', '--diff'],
        ['plan', '--run-commands', '--format', 'json', '--out', `${file}.json`],
        ['apply', '--yes', '-v'],
        ['keys', '--format', 'json'],
        ['keys', '-v'],
      ])
        exits.push((await run(...args, '-f', `${file}.yaml`)).exit);
    for (const args of [
      ['rollback', '--list'],
      ['rollback', '--yes', '-v', '--allow', 'conflict'],
    ])
      exits.push((await run(...args, '-f', 'file.yaml')).exit);
    assert.ok(exits.includes(0) && exits.includes(3), `the exits were ${exits}`);
    const own = new Set(['key', 'show', 'show-psk', 'fail', 'two']);
    for (const entry of readdirSync(router.folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !own.has(entry.name))
        search(entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    search(
      'records and log on the router',
      await router.exec('cat /config/user-data/edgewg/log /config/user-data/edgewg/applies/* 2>/dev/null'),
    );
    search(
      'what is left in /tmp on the router',
      await router.exec('cat /tmp/edgewg*/*/* /tmp/edgewg*/* 2>/dev/null'),
    );
    process.stderr.write(`canary: ${runs} runs, ${hits.length} hits\n`);
    assert.deepEqual([...new Set(hits)], []);
  });
});
