// Every example of every `--help`, as a shell runs it: in a folder with the files that it names, against a lab router with the blog's network.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupsOf } from '../../src/cli/manual.ts';
import { fixture } from '../support/fixtures.ts';
import { bin } from '../support/run-cli.ts';
import { newSshKey } from '../support/ssh-key.ts';
import { type LabUnderTest, labUnderTest } from '../support/under-test.ts';

interface Case {
  /** What must be there or done before, as a shell line. */
  readonly first?: string;
  /** A command on the router before. */
  readonly onRouter?: string;
  /** Default: 0. */
  readonly exit?: number;
  /** Runs until Ctrl-C, which it gets when it has printed this. */
  readonly until?: RegExp;
  /** Why it can't run here. */
  readonly skip?: string;
}

/** Whatever an example before it has made of it. */
const describeOther = (text: string): string =>
  `sed -i '0,/^    description: [a-z0-9]*$/s//    description: ${text}/' edgewg.yaml`;
const stops = { until: /EDGEWG_HOST_KEY/, exit: 130 };

/** What is special about an example; all others need nothing and exit with 0. */
const cases: Readonly<Record<string, Case>> = {
  'edgewg init': { skip: 'asks at a terminal' },
  'edgewg tunnel add': { skip: 'asks at a terminal' },
  'edgewg init --router ubnt@192.168.2.1 --address 10.9.0.1/32 --public-key KEY --allowed-ips 10.9.0.2/32': {
    first: 'rm edgewg.yaml',
  },
  'edgewg import --router ubnt@192.168.2.1': { first: 'rm edgewg.yaml' },
  'edgewg apply': { first: describeOther('one') },
  'edgewg apply plan.json --yes': { first: `${describeOther('two')}; edgewg plan --out plan.json` },
  // both files name the one router that is here: it is as they want it
  'edgewg apply sites/*.yaml --yes --canary home': { first: 'edgewg apply -f sites/home.yaml' },
  'edgewg apply --canary wg4 --bake 10m': { skip: 'it takes ten minutes' },
  'edgewg apply --hold 30m': { first: describeOther('held') },
  'edgewg confirm': { exit: 3 },
  'edgewg confirm 20': { first: `${describeOther('four')}; edgewg apply --hold 5m` },
  'edgewg confirm 20 --router ubnt@192.168.2.1': {
    first: `${describeOther('five')}; edgewg apply --hold 5m`,
  },
  'edgewg extend 20': { first: `${describeOther('six')}; edgewg apply --hold 5m` },
  'edgewg undo': { exit: 3 },
  'edgewg undo 20': { first: `${describeOther('seven')}; edgewg apply --hold 5m` },
  'edgewg rollback': { first: `${describeOther('three')}; edgewg apply` },
  // a session is made anew every two minutes
  'edgewg keys rotate wg4 --finish': { onRouter: 'edgewg-lab fault now=clock:150' },
  'edgewg peer add phone --endpoint home.example.net': { first: "sed -i 's/ phone:/ tablet:/' edgewg.yaml" },
  'edgewg status --watch 5': { until: /wg4 /, exit: 130 },
  'edgewg lab --seed router.snapshot': stops,
  'edgewg lab --seed router.snapshot --data lab': stops,
  'edgewg lab --latency 80 --fault set:12=drop': stops,
};

/** Programs of others that stand behind a pipe or before it: they take what is given, or give what a cluster would. */
const programs = {
  dot: 'grep -q "^digraph"',
  kubectl: 'case $1 in get) cat nodes.json;; *) grep -q "^kind: DaemonSet";; esac',
};
const nodes = {
  kind: 'List',
  items: [
    {
      kind: 'Node',
      metadata: { name: 'srv4' },
      spec: { podCIDR: '10.42.4.0/24', podCIDRs: ['10.42.4.0/24'] },
      status: { addresses: [{ type: 'ExternalIP', address: '192.99.38.172' }] },
    },
  ],
};
const blog = (name: string): string => readFileSync(fixture(`blog/${name}`), 'utf8');
const peerOf = (tunnel: string): string =>
  new RegExp(`^  ${tunnel}:.*?publicKey: (\\S+)`, 'ms').exec(blog('site.yaml'))?.[1] ?? assert.fail();
/** `wg show all dump` of srv4, as it is rendered; only the end of a key pair that is nobody's. */
const routerKey = /routerPublicKey: (\S+)/.exec(blog('site.yaml'))?.[1] ?? assert.fail();
const dump = [
  ['wg0', Buffer.alloc(32, 5).toString('base64'), peerOf('wg4'), '51820', '0x51'],
  ['wg0', routerKey, '(none)', '(none)', '192.168.5.14/32,192.168.2.0/24', '0', '0', '0', 'off'],
]
  .map(words => `${words.join('\t')}\n`)
  .join('');
const groups = await groupsOf();

describe('the examples of --help', () => {
  let router: LabUnderTest;
  let folder = '';
  let env: Record<string, string | undefined> = {};

  /** Resolves to the exit code and all that was printed. */
  async function run(line: string, until?: RegExp): Promise<{ exit: number | null; said: string }> {
    const shell = spawn('bash', ['-c', `set -eo pipefail; ${line}`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (!shell.killed && until?.test(said)) shell.kill('SIGINT');
      });
    const exit = await new Promise<number | null>(resolve => shell.on('close', resolve));
    return { exit, said };
  }

  const done = async (line: string): Promise<void> => {
    const { exit, said } = await run(line);
    assert.equal(exit, 0, `${line}\n${said}`);
  };

  function writeFiles(hasCluster: boolean): void {
    mkdirSync(join(folder, 'sites'), { recursive: true });
    const whole = blog('site.yaml');
    // the lab router makes keys of its own, and `cluster` says which the other end has
    const site = (hasCluster ? whole : whole.replace(/^cluster:.*\n(?:[ #].*\n|\n)*/m, '')).replace(
      /^router:\n {2}host:.*\n {2}user:.*$/m,
      `router: ${router.site}`,
    );
    const files = {
      'edgewg.yaml': site,
      'sites/home.yaml': site,
      'sites/office.yaml': site,
      'router.commands': blog('router.commands'),
      'nodes.json': JSON.stringify(nodes),
      'srv4.dump': dump,
      'ci.pub': newSshKey().public,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }

  /** A router of its own, so that no command finds what another did. */
  async function start(): Promise<void> {
    router = await labUnderTest(blog('router.boot'), {
      peersUp: ['wg4', 'wg5'].map(link => ({ link, publicKey: peerOf(link) })),
    });
    const { folder: scratch, lab } = router;
    const own = { ...programs, edgewg: `exec '${process.execPath}' '${bin}' "$@"` };
    for (const [name, text] of Object.entries(own)) {
      writeFileSync(join(scratch, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(scratch, name), 0o755);
    }
    env = {
      PATH: `${scratch}:${process.env['PATH']}`,
      HOME: scratch,
      TMPDIR: process.env['TMPDIR'],
      SHELL: '/bin/bash',
      NO_COLOR: '1',
      EDGEWG_YES: '1',
      EDGEWG_HOST_KEY: lab.hostKeyLine.split(' ').slice(1).join(' '),
      EDGEWG_PASSWORD: lab.password,
    };
  }

  it('have no special case that is none', () => {
    const all = groups.flatMap(({ examples }) => examples.map(([line]) => line));
    assert.deepEqual(
      Object.keys(cases).filter(line => !all.includes(line)),
      [],
    );
  });

  for (const { usage, options, examples } of groups) {
    const name = usage.split(' ')[0] ?? '';
    describe(`of ${name}`, () => {
      before(async () => {
        await start();
        folder = join(router.folder, name);
        writeFiles(false);
        if (examples.some(([line]) => /plan\.json|snapshot/.test(line)) || 'router' in options)
          await done(
            'edgewg apply; edgewg plan --out plan.json; cp plan.json reviewed.json; edgewg snapshot --out router.snapshot',
          );
        if (name === 'cluster' || name === 'peer') writeFiles(true);
      });

      after(() => router?.close());

      for (const [line] of examples)
        it(line, async function () {
          const { first, onRouter, exit = 0, until, skip } = cases[line] ?? {};
          if (skip !== undefined) this.skip();
          if (first !== undefined) await done(first);
          if (onRouter !== undefined) await router.exec(onRouter);
          const words = line
            .replace('ubnt@192.168.2.1', `${router.lab.user}@${router.lab.host}:${router.lab.port}`)
            .replace(' KEY ', ` ${peerOf('wg4')} `);
          const ran = await run(until === undefined ? words : `exec ${words}`, until);
          assert.equal(ran.exit, exit, ran.said);
        });
    });
  }
});
