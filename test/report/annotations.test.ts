// Findings at their lines: SARIF against its own schema, GitHub's commands against what its runner takes apart; and the plan
// against the schema that is published.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import ajvDraft4 from 'ajv-draft-04';
import fc from 'fast-check';
import { command as plan } from '../../src/commands/plan.ts';
import { command as schema } from '../../src/commands/schema.ts';
import { command as validate } from '../../src/commands/validate.ts';
import type { Finding } from '../../src/plan/types/plan.ts';
import { ofFindings } from '../../src/report/annotations/annotation.ts';
import { renderGithub } from '../../src/report/annotations/github.ts';
import { renderSarif } from '../../src/report/annotations/sarif.ts';
import { SiteProblems } from '../../src/site/problem.ts';
import { fakeIo } from '../support/fake-io.ts';
import { fixture, project } from '../support/fixtures.ts';
import { assertGolden } from '../support/golden.ts';
import { runCli } from '../support/run-cli.ts';

// its types and Node disagree on what the default export of a CommonJS module is
const Draft4 = ajvDraft4 as unknown as typeof ajvDraft4.default;
const options = { strict: false, validateFormats: false, allErrors: true, unicodeRegExp: false };
const ajv = new Ajv(options);
const json = (url: URL | string): object => JSON.parse(readFileSync(url, 'utf8'));
const sarifSchema = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);
const sarifMistakes = mistakesIn(new Draft4(options).compile(json(sarifSchema)));
const planMistakes = mistakesIn(ajv.compile(json(project('edgewg-plan.schema.json'))));

/** Empty for what the schema takes. */
function mistakesIn(validator: ValidateFunction): (data: unknown) => string {
  return data => (validator(data) ? '' : ajv.errorsText(validator.errors));
}

const scenarios = readdirSync(fixture('scenarios/'));

async function planned(name: string, format: string): Promise<string> {
  const io = fakeIo(fixture(`scenarios/${name}/`));
  await plan.run({ file: 'site.yaml', running: 'running.commands', format, allow: [] } as never, io);
  return io.written.stdout;
}

/** What GitHub's runner reads out of a line. */
function command(line: string): { properties: Record<string, string>; message: string } {
  const [, name, list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? assert.fail(line);
  assert.ok(name && ['error', 'warning', 'notice'].includes(name));
  const plain = (text: string): string =>
    text
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const pairs = list.split(',').map(pair => pair.split('='));
  return {
    properties: Object.fromEntries(pairs.map(([key, value = '']) => [key, plain(value)])),
    message: plain(message),
  };
}

describe('findings for programs', () => {
  for (const name of scenarios)
    it(`are valid SARIF: ${name}`, async () => {
      const log = JSON.parse(await planned(name, 'sarif'));
      assert.equal(sarifMistakes(log), '');
    });

  it('are told as SARIF and to GitHub', async () => {
    assertGolden(
      await planned('foreign-rule-refused', 'sarif'),
      fixture('scenarios/foreign-rule-refused/plan.sarif'),
    );
    assertGolden(
      await planned('foreign-rule-refused', 'github'),
      fixture('scenarios/foreign-rule-refused/github.txt'),
    );
  });

  it('tell GitHub of an error that the site file ignores, and of no warning that it does', () => {
    const told = (severity: 'error' | 'warning'): string =>
      renderGithub(
        ofFindings([{ code: 'EW211', severity, message: 'm', silenced: 'because' }]),
        file => file,
      );
    assert.equal(told('error'), '::warning title=EW211::the site file ignores this error: because%0Am\n');
    assert.equal(told('warning'), '');
  });

  it('carry the reason of a silence, and the same fingerprint on another line', () => {
    const finding: Finding = {
      code: 'EW100',
      severity: 'error',
      message: 'm',
      source: { file: 'a b.yaml', line: 1, column: 2 },
    };
    const moved = { ...finding, source: { file: 'a b.yaml', line: 9, column: 2 }, silenced: 'why' };
    const log = JSON.parse(renderSarif(ofFindings([finding, moved]), '1.2.3', file => file));
    assert.equal(sarifMistakes(log), '');
    const [a, b] = log.runs[0].results;
    assert.deepEqual(a.partialFingerprints, b.partialFingerprints);
    assert.equal(b.suppressions[0].justification, 'why');
    assert.equal(a.locations[0].physicalLocation.artifactLocation.uri, 'a%20b.yaml');
  });

  it('say of a broken site file what is wrong at which line, and fail all the same', async () => {
    for (const [format, holds] of [
      ['github', /^::error file=long-line\.yaml,line=3,col=\d+,endColumn=\d+,title=/],
      ['sarif', /"ruleId"/],
    ] as const) {
      const io = fakeIo(fixture('specs/invalid/'));
      await assert.rejects(validate.run({ file: 'long-line.yaml', format } as never, io), SiteProblems);
      assert.match(io.written.stdout, holds);
      if (format === 'sarif') assert.equal(sarifMistakes(JSON.parse(io.written.stdout)), '');
    }
  });

  it('name files as the repository does, wherever the job works', async () => {
    const folder = fixture('scenarios/foreign-rule-refused/');
    const io = { ...fakeIo(folder), env: { GITHUB_WORKSPACE: fixture('').pathname } };
    await plan.run(
      { file: 'site.yaml', running: 'running.commands', format: 'github', allow: [] } as never,
      io,
    );
    assert.match(io.written.stdout, /file=scenarios\/foreign-rule-refused\/site\.yaml,/);
  });

  it('reach the runner of GitHub Actions as commands, with nothing of them taken away', async () => {
    const file = fileURLToPath(fixture('specs/invalid/leaf-address.yaml'));
    const ran = await runCli(['validate', '--format', 'github', '-f', file], {
      env: { GITHUB_ACTIONS: 'true' },
    });
    assert.equal(ran.exit, 3, ran.stderr);
    assert.match(ran.stdout, /^::error file=[^,]*leaf-address\.yaml,line=\d+,col=\d+/);
  });

  it('never become another command of the runner', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('x\n::set-env name=A::b', 'a%0A::error::b', 'a:b,c=d', '\r::stop-commands::x'),
    );
    fc.assert(
      fc.property(text, hostile => {
        const finding: Finding = {
          code: hostile,
          severity: 'warning',
          message: hostile,
          hint: hostile,
          source: { file: hostile, line: 3, column: 4 },
        };
        const written = renderGithub(ofFindings([finding]), file => file);
        const lines = written.split(/[\n\r\u2028\u2029]/);
        assert.equal(lines.length, 2);
        const { properties, message } = command(lines[0] ?? '');
        assert.equal(properties['line'], '3');
        assert.equal(properties['title'], properties['file']);
        assert.ok(message.startsWith(properties['title'] ?? 'x'));
        assert.equal(sarifMistakes(JSON.parse(renderSarif(ofFindings([finding]), '0', file => file))), '');
      }),
    );
  });
});

describe('the published schema of a plan', () => {
  it('is what edgewg schema --plan prints', async () => {
    const io = fakeIo(project(''));
    await schema.run({ plan: true } as never, io);
    assertGolden(io.written.stdout, project('edgewg-plan.schema.json'));
  });

  it('holds for every plan, and not for other things', async () => {
    for (const name of scenarios) assert.equal(planMistakes(JSON.parse(await planned(name, 'json'))), '');
    for (const other of [{}, { format_version: '1.0' }, [], 'plan']) assert.notEqual(planMistakes(other), '');
  });

  it('holds for the file of a plan', async () => {
    let written = '';
    const io = {
      ...fakeIo(fixture('scenarios/first-tunnel/')),
      writeFile: async (_path: string, text: string) => {
        written = text;
      },
    };
    const args = {
      file: 'site.yaml',
      running: 'running.commands',
      format: 'text',
      allow: [],
      out: 'plan.json',
    };
    await plan.run(args as never, io);
    const file = JSON.parse(written);
    assert.equal(planMistakes(file), '');
    assert.deepEqual(file.origin, { kind: 'file' });
    assert.ok(file.running.length > 10);
  });
});
