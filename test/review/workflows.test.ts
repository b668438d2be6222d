// The jobs that `edgewg init --ci` writes, and this project's own, run step by step as a runner would: every `run` line as it stands in the
// file, against a repository, a router and a lab router that are made here.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { project } from '../support/fixtures.ts';
import { type Forge, startForge } from './forge.ts';
import { makeNetwork, type Network, run } from './network.ts';
import { type PipelineJob, runPipeline } from './pipeline.ts';
import { type Event, type Job, type Runner, runWorkflow, type UsesStep } from './workflow.ts';

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

const pullRequest = (from: string): Event => ({
  name: 'pull_request',
  payload: { pull_request: { number: 7, head: { repo: { full_name: from } } } },
});
const token = 'token-of-the-job';

/** What the jobs of a test said, for the one that fails. */
let said: string[] = [];
beforeEach(() => {
  said = [];
});
afterEach(function () {
  if (this.currentTest?.state === 'failed') process.stderr.write(said.join('\n'));
});

describe('the jobs for GitHub', function () {
  this.timeout(600_000);
  let network: Network;
  let forge: Forge;
  const workflow = (): string => readFileSync(join(network.work, '.github/workflows/edgewg.yml'), 'utf8');
  const runner = (event: Event, at: string, vars: Record<string, string> = {}): Runner => ({
    event,
    vars: { EDGEWG_HOST_KEY: network.router.hostKey, ...vars },
    secrets: {
      EDGEWG_PLAN_KEY: readFileSync(network.planKey, 'utf8'),
      EDGEWG_APPLY_KEY: readFileSync(network.applyKey, 'utf8'),
      EDGEWG_LAB_KEY: readFileSync(network.applyKey, 'utf8'),
    },
    env: { GITHUB_API_URL: forge.url, GIT_CONFIG_GLOBAL: '/dev/null' },
    folder: network.folder,
    tools: network.tools,
    uses: network.uses(at),
  });

  before(async () => {
    [network, forge] = await Promise.all([makeNetwork(), startForge(token)]);
    addWg5(network);
  });
  after(async () => {
    await network?.remove();
    await forge?.close();
  });

  it('plan a pull request, comment on it, and rehearse it on a lab router', async () => {
    const jobs = await runWorkflow(workflow(), runner(pullRequest('owner/network'), 'origin/wg5'));
    const { plan, rehearse } = of(jobs);
    assert.deepEqual(told(plan), [
      'success',
      'played: actions/checkout',
      'not run, for Node.js is here: actions/setup-node',
      'ran: Install edgewg',
      'ran: Check the site file',
      'ran: Plan against the snapshot',
      'played: actions/upload-artifact',
      'ran: Comment on the pull request',
      'ran: Refuse what the plan refuses',
    ]);
    assert.equal(plan?.outputs['plan.code'], '2');
    assert.match(plan?.summary ?? '', /wg5/);
    assert.equal(forge.comments.length, 1);
    assert.match(forge.comments[0]?.body ?? '', /set interfaces wireguard wg5/);
    assert.deepEqual(told(rehearse), [
      'success',
      'played: actions/checkout',
      'not run, for Node.js is here: actions/setup-node',
      'ran: Install edgewg',
      'ran: Let the lab have namespaces',
      "ran: Apply to a lab router with the snapshot's configuration, and take it back",
    ]);
    assert.match(rehearse?.output ?? '', /the second plan is empty\n.*the rollback is exact/s);
    for (const name of ['lab-router', 'live', 'production', 'snapshot', 'drift'])
      assert.equal(jobs.get(name)?.result, 'skipped', name);
  });

  it('replace the comment when the pull request changes', async () => {
    edit(network, text => text.replace('51825', '51835'));
    push(network, 'wg5', 'Take another port');
    const jobs = await runWorkflow(
      only(workflow(), 'plan'),
      runner(pullRequest('owner/network'), 'origin/wg5'),
    );
    assert.equal(jobs.get('plan')?.result, 'success');
    assert.equal(forge.comments.length, 1);
    assert.match(forge.comments[0]?.body ?? '', /listen-port 51835/);
  });

  it('write no comment for a fork', async () => {
    const calls = forge.calls.length;
    const jobs = await runWorkflow(
      only(workflow(), 'plan'),
      runner(pullRequest('stranger/network'), 'origin/wg5'),
    );
    assert.equal(jobs.get('plan')?.result, 'success');
    assert.ok(jobs.get('plan')?.steps.includes('skipped: Comment on the pull request'));
    assert.match(jobs.get('plan')?.summary ?? '', /wg5/);
    assert.equal(forge.calls.length, calls);
  });

  it('fail at the line of a mistake', async () => {
    network.git('switch', '-q', '-c', 'mistake', 'main');
    edit(network, text => text.replace(/^tunnels:\n/m, 'tunnels:\n  wg9: { listenPort: 99999 }\n'));
    push(network, 'mistake', 'A port that is none');
    const jobs = await runWorkflow(workflow(), runner(pullRequest('owner/network'), 'origin/mistake'));
    const { plan, rehearse } = of(jobs);
    assert.deepEqual(told(plan), [
      'failure',
      'played: actions/checkout',
      'not run, for Node.js is here: actions/setup-node',
      'ran: Install edgewg',
      'failed with 3: Check the site file',
      'skipped: Plan against the snapshot',
      'skipped: actions/upload-artifact',
      'skipped: Comment on the pull request',
      'failed with 1: Refuse what the plan refuses',
    ]);
    const line = readFileSync(join(network.work, 'edgewg.yaml'), 'utf8')
      .split('\n')
      .findIndex(text => text.includes('wg9'));
    assert.match(plan?.output ?? '', new RegExp(`^::error file=edgewg.yaml,line=${line + 1},.*99999`, 'm'));
    assert.equal(rehearse?.result, 'skipped');
  });

  it('apply what was merged: the lab router, then production from the plan that was approved', async () => {
    merge(network);
    const { labRouter } = network;
    const jobs = await runWorkflow(
      workflow(),
      runner({ name: 'push', payload: {} }, 'main', {
        EDGEWG_LAB_ROUTER: `${labRouter.user}@${labRouter.host}:${labRouter.port}`,
        EDGEWG_LAB_HOST_KEY: labRouter.hostKey,
      }),
    );
    const { 'lab-router': lab, live, production, snapshot } = of(jobs);
    assert.deepEqual(told(lab), [
      'success',
      'played: actions/checkout',
      'ran: Install edgewg',
      'ran: Apply to the lab router, and see that nothing is left to do',
    ]);
    assert.deepEqual(told(live), [
      'success',
      'played: actions/checkout',
      'ran: Install edgewg',
      'ran: Plan on the router, and compare it with what was reviewed',
      'played: actions/upload-artifact',
    ]);
    assert.match(live?.summary ?? '', /same/);
    assert.deepEqual(told(production), [
      'success',
      'played: actions/checkout',
      'played: actions/download-artifact',
      'ran: Install edgewg',
      'ran: Apply the plan that was approved, or nothing',
    ]);
    assert.deepEqual(told(snapshot), [
      'success',
      'played: actions/checkout',
      'ran: Install edgewg',
      'ran: Take a snapshot',
      'ran: Propose it',
    ]);
    assert.match(network.edgewg('plan', '--detailed-exitcode'), /nothing to (do|change)|up to date/i);
    assert.deepEqual(
      forge.pulls.map(({ head }) => head),
      ['edgewg/snapshot'],
    );
    network.git('fetch', '-q');
    assert.match(network.git('diff', 'main', 'origin/edgewg/snapshot'), /^\+set interfaces wireguard wg5/m);
  });

  it('see at night that all is as it should be', async () => {
    const jobs = await runWorkflow(
      only(workflow(), 'drift'),
      runner({ name: 'schedule', payload: {} }, 'main'),
    );
    assert.deepEqual(told(jobs.get('drift')), [
      'success',
      'played: actions/checkout',
      'ran: Install edgewg',
      "ran: Say what differs from the site file, or isn't saved",
    ]);
  });

  it('fail at night when somebody changed the router, and name what', async () => {
    network.byHand('set interfaces wireguard wg5 listen-port 51999');
    const jobs = await runWorkflow(
      only(workflow(), 'drift'),
      runner({ name: 'schedule', payload: {} }, 'main'),
    );
    assert.equal(
      told(jobs.get('drift')).at(-1),
      "failed with 2: Say what differs from the site file, or isn't saved",
    );
    assert.match(jobs.get('drift')?.output ?? '', /51999/);
  });

  it('stop a merge when the router has moved since it was reviewed', async () => {
    network.byHand('delete firewall name WAN_LOCAL rule 40', 'set interfaces wireguard wg5 mtu 1400');
    const jobs = await runWorkflow(
      only(workflow(), 'live', 'production'),
      runner({ name: 'push', payload: {} }, 'main'),
    );
    assert.equal(jobs.get('live')?.result, 'failure');
    assert.equal(jobs.get('production')?.result, 'skipped');
  });
});

describe("this project's own jobs", function () {
  this.timeout(600_000);
  let network: Network;
  let forge: Forge;
  before(async () => {
    [network, forge] = await Promise.all([makeNetwork(), startForge(token)]);
  });
  after(async () => {
    await network?.remove();
    await forge?.close();
  });
  const text = readFileSync(project('.github/workflows/ci.yml'), 'utf8');

  it('plan the example by action.yml, as a user of the action would', async () => {
    const jobs = await runWorkflow(only(text, 'plan'), {
      event: pullRequest('owner/network'),
      vars: {},
      secrets: {},
      env: { GITHUB_API_URL: forge.url },
      folder: network.folder,
      tools: network.tools,
      uses: copyOfProject,
    });
    assert.deepEqual(told(jobs.get('plan')), [
      'success',
      'played: actions/checkout',
      'ran: Build edgewg as it is at this commit',
      'ran: Check the site file',
      'ran: Plan against the snapshot',
      'ran: Comment on the pull request',
      'ran: Refuse what the plan refuses',
      "ran: Apply to a lab router with the snapshot's configuration, and take it back",
    ]);
    assert.equal(forge.comments.length, 1);
  });

  it('name commands that are there; they are the whole CI, and not run within it', () => {
    const scripts = JSON.parse(readFileSync(project('package.json'), 'utf8')).scripts;
    const { check, demo } = parse(text).jobs;
    const lines = [...check.steps, ...demo.steps].flatMap(({ run: script = '' }) => script.split('\n'));
    for (const line of lines) {
      const [, name] = /\bnpm run (?:-s )?([\w:]+)/.exec(line) ?? [];
      if (name !== undefined) assert.ok(name in scripts, name);
      const [, file] = /\bbash (\S+)/.exec(line) ?? [];
      if (file !== undefined) run('bash', ['-n', file], fileURLToPath(project('')));
    }
    assert.ok(lines.some(line => line.includes('.ci/run')));
  });
});

describe('the jobs for Forgejo', function () {
  this.timeout(600_000);
  let network: Network;
  let forge: Forge;
  before(async () => {
    [network, forge] = await Promise.all([makeNetwork(), startForge(token)]);
    addWg5(network);
  });
  after(async () => {
    await network?.remove();
    await forge?.close();
  });
  const file = (): string => readFileSync(join(network.work, '.forgejo/workflows/edgewg.yml'), 'utf8');
  const run = (event: Event, at: string, text = file()): Promise<ReadonlyMap<string, Job>> =>
    runWorkflow(text, {
      event,
      vars: { EDGEWG_HOST_KEY: network.router.hostKey },
      secrets: {
        EDGEWG_PLAN_KEY: readFileSync(network.planKey, 'utf8'),
        EDGEWG_APPLY_KEY: readFileSync(network.applyKey, 'utf8'),
      },
      env: { GITHUB_SERVER_URL: forge.url },
      folder: network.folder,
      tools: network.tools,
      uses: network.uses(at),
    });

  it('plan a pull request, comment on it once, and rehearse it', async () => {
    const jobs = await run(pullRequest('owner/network'), 'origin/wg5');
    assert.deepEqual(told(jobs.get('plan')), [
      'success',
      'played: actions/checkout',
      'ran: Install edgewg',
      'ran: Check the site file',
      'ran: Plan against the snapshot',
      'ran: Comment on the pull request',
      'ran: Refuse what the plan refuses',
    ]);
    assert.equal(told(jobs.get('rehearse'))[0], 'success');
    await run(pullRequest('owner/network'), 'origin/wg5', only(file(), 'plan'));
    assert.equal(forge.comments.length, 1);
    assert.match(forge.comments[0]?.body ?? '', /set interfaces wireguard wg5/);
    assert.ok(forge.calls.some(call => call.startsWith('PATCH ')));
  });

  it('compare what was merged, apply it by hand, and see no drift', async () => {
    merge(network);
    const live = await run({ name: 'push', payload: {} }, 'main');
    assert.equal(told(live.get('live'))[0], 'success');
    assert.match(live.get('live')?.output ?? '', /same/);
    const applied = await run({ name: 'workflow_dispatch', payload: {} }, 'main');
    assert.equal(told(applied.get('production'))[0], 'success');
    const night = await run({ name: 'schedule', payload: {} }, 'main');
    assert.equal(told(night.get('drift'))[0], 'success');
    network.byHand('set interfaces wireguard wg5 listen-port 51999');
    const after = await run({ name: 'schedule', payload: {} }, 'main');
    assert.equal(after.get('drift')?.result, 'failure');
    assert.match(after.get('drift')?.output ?? '', /51999/);
  });
});

describe('the jobs for GitLab', function () {
  this.timeout(600_000);
  let network: Network;
  let forge: Forge;
  before(async () => {
    [network, forge] = await Promise.all([makeNetwork(), startForge(token)]);
    addWg5(network);
  });
  after(async () => {
    await network?.remove();
    await forge?.close();
  });
  const file = (): string => readFileSync(join(network.work, 'ci/edgewg.gitlab-ci.yml'), 'utf8');
  const pipeline = (
    variables: Record<string, string>,
    at: string,
    text = file(),
  ): ReturnType<typeof runPipeline> =>
    runPipeline(text, {
      variables: {
        EDGEWG_HOST_KEY: network.router.hostKey,
        // file variables hold paths, and GitLab's form takes the last line end away
        EDGEWG_PLAN_KEY: withoutLineEnd(network, network.planKey),
        EDGEWG_APPLY_KEY: withoutLineEnd(network, network.applyKey),
        EDGEWG_COMMENT_TOKEN: token,
        CI_API_V4_URL: `${forge.url}/api/v4`,
        CI_PROJECT_ID: '3',
        CI_DEFAULT_BRANCH: 'main',
        CI_JOB_ID: '11',
        ...variables,
      },
      folder: network.folder,
      tools: network.tools,
      checkout(workspace) {
        run('git', ['clone', '-q', network.origin, workspace], network.folder);
        run('git', ['checkout', '-q', at], workspace);
      },
    });
  const mergeRequest = { CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_IID: '7' };

  it('plan a merge request, comment on it once, and rehearse it', async () => {
    const jobs = await pipeline(mergeRequest, 'origin/wg5');
    assert.deepEqual(results(jobs), { 'edgewg:plan': 'success', 'edgewg:rehearse': 'success' });
    assert.match(jobs.get('edgewg:rehearse')?.output ?? '', /the rollback is exact/);
    const { 'edgewg:rehearse': _, ...plan } = parse(file());
    await pipeline(mergeRequest, 'origin/wg5', JSON.stringify(plan));
    assert.equal(forge.comments.length, 1);
    assert.match(forge.comments[0]?.body ?? '', /set interfaces wireguard wg5/);
    assert.ok(forge.calls.some(call => call.startsWith('PUT ')));
  });

  it('compare what was merged, apply that plan, and see no drift', async () => {
    merge(network);
    const jobs = await pipeline({ CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main' }, 'main');
    assert.deepEqual(results(jobs), { 'edgewg:live': 'success', 'edgewg:production': 'success' });
    assert.equal(jobs.get('edgewg:production')?.isManual, true);
    assert.equal(jobs.get('edgewg:live')?.isManual, false);
    const night = { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_BRANCH: 'main' };
    assert.deepEqual(results(await pipeline(night, 'main')), { 'edgewg:drift': 'success' });
    network.byHand('set interfaces wireguard wg5 listen-port 51999');
    const after = await pipeline(night, 'main');
    assert.deepEqual(results(after), { 'edgewg:drift': 'failure' });
    assert.match(after.get('edgewg:drift')?.output ?? '', /51999/);
  });
});

function withoutLineEnd(network: Network, key: string): string {
  const file = join(network.folder, `${key.split('/').at(-1)}.variable`);
  writeFileSync(file, readFileSync(key, 'utf8').trimEnd(), { mode: 0o666 });
  return file;
}

function results(jobs: ReadonlyMap<string, PipelineJob>): Record<string, string> {
  said.push(...[...jobs.values()].map(({ output }) => output));
  return Object.fromEntries([...jobs].map(([name, { result }]) => [name, result]));
}

/** A branch with a new tunnel, and the rulesets in which its port is opened. */
function addWg5(network: Network): void {
  network.git('switch', '-q', '-c', 'wg5');
  edit(network, text =>
    (/^uplink:/m.test(text)
      ? text
      : text.replace(/^tunnels:/m, 'uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }\ntunnels:')
    ).replace(/^tunnels:\n/m, `tunnels:\n${wg5}`),
  );
  push(network, 'wg5', 'Add wg5');
}

function merge(network: Network): void {
  network.git('switch', '-q', 'main');
  network.git('merge', '-q', '--ff-only', 'wg5');
  network.git('push', '-q');
}

/** What git would give, with what isn't committed yet. */
function copyOfProject({ action, workspace }: UsesStep): string {
  if (action !== 'actions/checkout') throw new Error(`${action} isn't known here`);
  const top = fileURLToPath(project(''));
  cpSync(top, workspace, {
    recursive: true,
    filter: path => !/^(node_modules|dist|coverage|\.git)(\/|$)/.test(path.slice(top.length)),
  });
  return 'played';
}

/** The file with these jobs alone. */
function only(text: string, ...names: string[]): string {
  const workflow = parse(text);
  const jobs = Object.fromEntries(
    names.map(name => {
      const { needs, ...rest } = workflow.jobs[name];
      const kept = [needs ?? []].flat().filter((other: string) => names.includes(other));
      return [name, { ...rest, needs: kept }];
    }),
  );
  return JSON.stringify({ ...workflow, jobs });
}

function edit(network: Network, change: (text: string) => string): void {
  const file = join(network.work, 'edgewg.yaml');
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  assert.notEqual(changed, text);
  writeFileSync(file, changed);
}

function push(network: Network, branch: string, subject: string): void {
  network.git('commit', '-q', '-a', '-m', subject);
  network.git('push', '-q', 'origin', branch);
}

const of = (jobs: ReadonlyMap<string, Job>): Readonly<Record<string, Job | undefined>> =>
  Object.fromEntries(jobs);

/** How a job ended and what its steps did. */
function told(job: Job | undefined): string[] {
  if (job === undefined) return [];
  said.push(job.output);
  return [job.result, ...job.steps];
}
