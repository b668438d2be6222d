// The jobs that `edgewg init --ci` writes, for every forge, run step by step as a runner would: every `run` line as it stands in the file,
// against a repository, a router and a lab router that are made here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ciKinds } from '../../src/ci/ci-files.ts';
import { fixture, project } from '../support/fixtures.ts';
import { oneOf } from '../support/one-of.ts';
import { type Forge, startForge } from './forge.ts';
import { jobsOf, type RunJobs, token } from './jobs.ts';
import { makeNetwork, type Network } from './network.ts';
import { type Job, runWorkflow } from './workflow.ts';

/** A tunnel to a server that is known by a name. */
const wg6 = `  wg6:
    description: srv6
    address: [192.168.5.16/32]
    listenPort: 51826
    openPort: { rule: 26 }
    unfiltered: a lab
    peers:
      srv6:
        publicKey: n7ECjJZNQ6MaP+GFsgts8PWH65djP3Lx6S4UcShk4kE=
        endpoint: srv6.example.net:51820
        allowedIPs: [192.168.5.6/32, 10.42.6.0/24]
    routes:
      192.168.5.6/32: srv6
      10.42.6.0/24: { description: pods of srv6, guard: true }
`;
const uplink = 'uplink: { rulesets: { ipv4: WAN_LOCAL, ipv6: WANv6_LOCAL } }\n';
const addWg6 = (text: string): string =>
  text.replace(/^tunnels:\n/m, `${/^uplink:/m.test(text) ? '' : uplink}tunnels:\n${wg6}`);
/** Managed, so that what the file doesn't name is deleted. */
const manageWg6 = (text: string): string =>
  text.replace(/^tunnels:\n/m, 'manages: { interfaces: [wg6] }\ntunnels:\n');

/** What the jobs of a test said, for the one that fails. */
let said: string[] = [];
beforeEach(() => {
  said = [];
});
afterEach(function () {
  if (this.currentTest?.state === 'failed') process.stderr.write(said.join('\n'));
});

const resultsOf = (jobs: Record<string, Job>): Record<string, string> => {
  said.push(...Object.values(jobs).flatMap(({ steps, output }) => [...steps, output]));
  const ran = Object.entries(jobs).filter(([, { result }]) => result !== 'skipped');
  return Object.fromEntries(ran.map(([name, { result }]) => [name, result]));
};

/** A sample is of the forge that the commit says, so that each has its turn. */
const forges =
  oneOf === 1
    ? ciKinds
    : ciKinds.filter((_, i) => i === Number.parseInt(commit().slice(0, 6), 16) % ciKinds.length);

for (const kind of forges)
  describe(`the jobs for ${kind}`, function () {
    this.timeout(600_000);
    let network: Network;
    let forge: Forge;
    let run: RunJobs;
    before(async () => {
      [network, forge] = await Promise.all([makeNetwork(), startForge(token)]);
      run = jobsOf(kind, network, forge);
    });
    after(async () => {
      await network?.remove();
      await forge?.close();
    });

    const reviewed = { plan: 'success', rehearse: 'success', 'lab-router': 'success' };
    const onLab = /the lab router is as the snapshot\n.*the second plan is empty\n.*the rollback is exact/s;

    const ownExample =
      "review the project's own example: plan, comment, rehearse, and try it on the lab router";
    // the jobs themselves are run for every forge below
    if (kind === 'github')
      it(ownExample, async () => {
        const { host, port, user } = network.router;
        network.branch('blog', () =>
          readFileSync(fixture('blog/site.yaml'), 'utf8').replace(
            /^router:\n {2}host:.*\n {2}user:.*$/m,
            `router: { host: ${host}, port: ${port}, user: ${user} }`,
          ),
        );
        const jobs = await run({ what: 'pull request', at: 'origin/blog', hasLabRouter: true });
        assert.deepEqual(resultsOf(jobs), reviewed);
        assert.match(jobs['plan']?.output ?? '', /the plan can be applied/);
        assert.match(jobs['rehearse']?.output ?? '', /the second plan is empty\n.*the rollback is exact/s);
        assert.match(jobs['lab-router']?.output ?? '', onLab);
        assert.equal(forge.comments.length, 1);
        assert.match(forge.comments[0]?.body ?? '', /set interfaces wireguard wg5/);
      });

    it('review a tunnel to a name, in the same comment, and reset the lab router first', async () => {
      network.branch('wg6', text => manageWg6(addWg6(text)));
      network.leaveOnLabRouter('wg6');
      const jobs = await run({ what: 'pull request', at: 'origin/wg6', hasLabRouter: true });
      assert.deepEqual(resultsOf(jobs), reviewed);
      assert.match(jobs['rehearse']?.output ?? '', /the rollback is exact/);
      assert.match(jobs['lab-router']?.output ?? '', /undoing what was applied to it last/);
      assert.match(jobs['lab-router']?.output ?? '', onLab);
      assert.equal(forge.comments.length, 1);
      assert.match(forge.comments[0]?.body ?? '', /srv6\.example\.net/);
    });

    it('give a stranger a plan, and neither a comment nor the lab router', async () => {
      const before = forge.changes.length;
      const jobs = await run({
        ...{ what: 'pull request', at: 'origin/wg6', isFork: true, hasLabRouter: true },
        jobs: ['plan', 'lab-router'],
      });
      assert.deepEqual(resultsOf(jobs), { plan: 'success' });
      assert.equal(forge.changes.length, before);
    });

    it('fail at the line of a mistake, and try nothing', async () => {
      network.branch('mistake', text =>
        text.replace(/^tunnels:\n/m, 'tunnels:\n  wg9: { listenPort: 99999 }\n'),
      );
      const jobs = await run({ what: 'pull request', at: 'origin/mistake' });
      assert.deepEqual(resultsOf(jobs), { plan: 'failure' });
      assert.match(
        jobs['plan']?.output ?? '',
        kind === 'gitlab' ? /edgewg.yaml:\d+:\d+.*99999/s : /^::error file=edgewg.yaml,line=\d+,.*99999/m,
      );
    });

    it('apply what was merged, once it was compared', async () => {
      network.merge('wg6');
      const jobs = await run({ what: 'merge', at: 'main' });
      const { live, ...others } = resultsOf(jobs);
      assert.equal(live, 'success');
      assert.match(jobs['live']?.output ?? '', /same.*to apply: edgewg\.yaml/s);
      if (kind === 'forgejo') {
        assert.deepEqual(others, {});
        const byHand = await run({ what: 'by hand', at: 'main' });
        assert.deepEqual(resultsOf(byHand), { production: 'success' });
      } else
        assert.deepEqual(
          others,
          kind === 'github' ? { production: 'success', snapshot: 'success' } : { production: 'success' },
        );
      assert.match(network.edgewg('plan', '--detailed-exitcode'), /nothing to do/);
    });

    it('ask nobody about a plan with nothing to do: a snapshot alone', async () => {
      network.edgewg('snapshot', '--out', 'router.snapshot');
      network.git('commit', '-q', '-a', '-m', 'Take a snapshot of the router');
      network.git('push', '-q');
      const jobs = await run({ what: 'merge', at: 'main', jobs: ['live', 'production'] });
      assert.deepEqual(resultsOf(jobs), { live: 'success' });
      assert.match(jobs['live']?.output ?? '', /nothing to apply/);
    });

    it('lift a refusal for the one pull request that has the label', async () => {
      network.branch('without', text => text.replace(wg6, ''));
      const asked = { what: 'pull request', at: 'origin/without', jobs: ['plan'] } as const;
      const allowed = ['other', 'edgewg-allow:delete=1'];
      assert.deepEqual(resultsOf(await run(asked)), { plan: 'failure' });
      assert.deepEqual(resultsOf(await run({ ...asked, labels: ['edgewg-allow:delete; id'] })), {
        plan: 'failure',
      });
      assert.deepEqual(resultsOf(await run({ ...asked, labels: allowed })), { plan: 'success' });
      network.merge('without');
      const [what, jobs] =
        kind === 'forgejo'
          ? (['by hand', ['production']] as const)
          : (['merge', ['live', 'production']] as const);
      const refused = await run({ what, at: 'main', jobs });
      assert.deepEqual(Object.values(resultsOf(refused)), ['failure']);
      forge.labels = allowed;
      const lifted = resultsOf(await run({ what, at: 'main', jobs }));
      assert.deepEqual(lifted, Object.fromEntries(jobs.map(name => [name, 'success'])));
      assert.doesNotMatch(network.edgewg('snapshot'), /wireguard wg6/);
    });

    it('see at night what somebody has changed on the router', async () => {
      const night = { what: 'night', at: 'main', jobs: ['drift'] } as const;
      assert.deepEqual(resultsOf(await run(night)), { drift: 'success' });
      network.byHand('set interfaces wireguard wg0 listen-port 51999');
      const jobs = await run(night);
      assert.deepEqual(resultsOf(jobs), { drift: 'failure' });
      assert.match(jobs['drift']?.output ?? '', /51999/);
    });

    it('stop a merge when the router has moved since it was reviewed, as it has now', async () => {
      network.branch('again', addWg6);
      network.merge('again');
      const jobs = await run({ what: 'merge', at: 'main', jobs: ['live', 'production'] });
      assert.deepEqual(resultsOf(jobs), { live: 'failure' });
    });

    if (kind === 'github')
      it('propose the nightly snapshot, and plan that by itself', async () => {
        const jobs = await run({ what: 'night', at: 'main', jobs: ['snapshot'] });
        assert.deepEqual(resultsOf(jobs), { snapshot: 'success' });
        assert.deepEqual(
          forge.pulls.map(({ head }) => head),
          ['edgewg/snapshot'],
        );
        assert.ok(forge.changes.some(change => change.endsWith('/dispatches')));
        network.git('fetch', '-q');
        assert.match(network.git('diff', 'main', 'origin/edgewg/snapshot'), /^\+set .* 51999$/m);
        const planned = await run({ what: 'by hand', at: 'origin/edgewg/snapshot' });
        assert.deepEqual(resultsOf(planned), { plan: 'success', rehearse: 'success' });
        assert.match(forge.comments.at(-1)?.body ?? '', /51999/);
      });
  });

describe("this project's own job", function () {
  this.timeout(600_000);

  it('plans and rehearses the example by action.yml, as a user of the action would', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-action-'));
    const forge = await startForge(token);
    try {
      const file = parse(readFileSync(project('.github/workflows/ci.yml'), 'utf8'));
      const pull = { number: 7, head: { repo: { full_name: 'owner/network' } }, labels: [] };
      const { plan } = await runWorkflow(JSON.stringify({ ...file, jobs: { plan: file.jobs.plan } }), {
        contexts: {
          github: {
            ...{ event_name: 'pull_request', event: { pull_request: pull } },
            ...{ repository: 'owner/network', token },
          },
        },
        env: {
          ...{ GITHUB_API_URL: forge.url, GITHUB_REPOSITORY: 'owner/network' },
          PATH: `${npmInPlace(folder)}:${process.env['PATH']}`,
        },
        folder,
        uses: ({ workspace }) => copyProject(workspace),
      });
      assert.deepEqual(resultsOf({ plan: plan as Job }), { plan: 'success' });
      assert.equal(plan?.steps.length, 5);
      assert.match(plan?.output ?? '', /the rollback is exact/);
      assert.match(forge.comments[0]?.body ?? '', /set interfaces wireguard wg5/);
    } finally {
      await forge.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function commit(): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: fileURLToPath(project('')), encoding: 'utf8' });
}

/** What git would give, with what isn't committed yet. */
function copyProject(workspace: string): void {
  const top = fileURLToPath(project(''));
  cpSync(top, workspace, {
    recursive: true,
    filter: path => !/^(node_modules|dist|coverage|\.git)(\/|$)/.test(path.slice(top.length)),
  });
}

/** A folder with an `npm` that takes this project's libraries and build, where the action would install and build for half a minute. */
function npmInPlace(folder: string): string {
  const top = fileURLToPath(project(''));
  const script = `#!/bin/bash
case "$*" in
  "ci --silent --prefix "*) ln -s '${top}node_modules' "$4/node_modules" ;;
  "run -s build --prefix "*) ln -s '${top}dist' "$5/dist" ;;
  *) exit 1 ;;
esac
`;
  mkdirSync(join(folder, 'tools'));
  writeFileSync(join(folder, 'tools/npm'), script, { mode: 0o755 });
  return join(folder, 'tools');
}

describe('the jobs for several routers', function () {
  this.timeout(600_000);
  let network: Network;
  let forge: Forge;
  before(async () => {
    [network, forge] = await Promise.all([makeNetwork('sites/*.yaml'), startForge(token)]);
  });
  after(async () => {
    await network?.remove();
    await forge?.close();
  });

  it('plan and rehearse each, comment on each, apply one after the other, and take a snapshot of each', async () => {
    const run = jobsOf('github', network, forge);
    network.branch('wg6', addWg6);
    const review = await run({ what: 'pull request', at: 'origin/wg6' });
    assert.deepEqual(resultsOf(review), { plan: 'success', rehearse: 'success' });
    assert.match(review['rehearse']?.output ?? '', /== sites\/home.yaml.*exact.*== sites\/office.yaml/s);
    assert.match(forge.comments[0]?.body ?? '', /srv6/);
    network.merge('wg6');
    const jobs = await run({ what: 'merge', at: 'main' });
    assert.deepEqual(resultsOf(jobs), { live: 'success', production: 'success', snapshot: 'success' });
    assert.match(jobs['live']?.output ?? '', /to apply: sites\/home.yaml/);
    network.git('fetch', '-q');
    const changed = network.git('diff', '--name-only', 'main', 'origin/edgewg/snapshot').trim();
    assert.equal(changed, 'sites/home.snapshot');
    const night = await run({ what: 'night', at: 'main', jobs: ['drift'] });
    assert.deepEqual(resultsOf(night), { drift: 'success' });
  });

  it('hold npm to the digest of the program that wrote them', async () => {
    const lock = join(network.work, '.edgewg/package-lock.json');
    const text = readFileSync(lock, 'utf8');
    const { integrity } = parse(text).packages['node_modules/edgewg'];
    writeFileSync(lock, text.replace(integrity, `sha512-${Buffer.alloc(64).toString('base64')}`));
    network.git('commit', '-q', '-a', '-m', 'Another program');
    network.git('push', '-q');
    const jobs = await jobsOf('github', network, forge)({ what: 'night', at: 'main', jobs: ['drift'] });
    assert.deepEqual(resultsOf(jobs), { drift: 'failure' });
    assert.match(jobs['drift']?.output ?? '', /EINTEGRITY/);
    assert.deepEqual(jobs['drift']?.steps.at(-1)?.split(':')[0], 'skipped');
  });
});
