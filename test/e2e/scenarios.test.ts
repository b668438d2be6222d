// What a tunnel drags along, with the real program over SSH: every scenario that is undone (fixtures/scenarios/*/without.yaml) is applied to
// a lab router of its own, planned again, imported, removed, and planned again.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type LabProcess, startLabProcess } from '../support/lab-process.ts';
import { type Ran, root, runCli } from '../support/run-cli.ts';

const scenarios = new URL('fixtures/scenarios/', root);
const undone = readdirSync(scenarios).filter(name => existsSync(new URL(`${name}/without.yaml`, scenarios)));

type Said = Record<string, Record<string, Record<string, unknown>> | undefined>;

/** Of a site file what belongs to its tunnels. Groups: an import also takes those of the router that nobody else names. */
function belongingsOf(text: string, groupsOf: string): unknown {
  const { tunnels = {}, groups = {}, nat, dns } = parse(text) as Said;
  const own = Object.entries(tunnels).map(([name, { clients, zone, ospf }]) => [name, clients, zone, ospf]);
  const wanted = Object.keys((parse(groupsOf) as Said)['groups'] ?? {});
  return { own, groups: wanted.map(name => [name, groups[name]]), nat, dns };
}

/** What the file alone has names for: they are in no configuration that it has left. */
function namesOf(text: string, seed: string): string[] {
  const { tunnels = {}, groups = {}, nat = {} } = parse(text) as Said;
  const rules = Object.keys(nat).map(number => `rule ${number} {`);
  return [...Object.keys(tunnels), ...Object.keys(groups), ...rules].filter(
    name => !seed.includes(` ${name}`),
  );
}

for (const name of undone)
  describe(`on a router: ${name.replaceAll('-', ' ')}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-clients-'));
    const scenario = new URL(`${name}/`, scenarios);
    let lab: LabProcess;
    const edgewg = async (exit: number, ...args: string[]): Promise<Ran> => {
      const env = { HOME: folder, EDGEWG_PASSWORD: lab.password, EDGEWG_HOST_KEY: lab.hostKey };
      const ran = await runCli(args, { cwd: folder, env });
      assert.equal(ran.exit, exit, `${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
      return ran;
    };
    const isEmpty = async (file: string): Promise<void> => {
      const { stdout } = await edgewg(0, 'plan', '-f', file, '--detailed-exitcode');
      assert.match(stdout, /nothing to do/);
    };
    const saved = (): string => readFileSync(join(lab.root, 'config/config.boot'), 'utf8');
    const read = (file: string): string => readFileSync(new URL(file, scenario), 'utf8');
    /** The tunnels that stay without the rest are no trace. */
    const traces = (): string[] => {
      const stay = namesOf(read('without.yaml'), '');
      const own = namesOf(read('site.yaml'), read('running.commands')).filter(one => !stay.includes(one));
      if (!/clients:/.test(read('site.yaml'))) return own;
      // beside a ruleset of somebody else the file needs none of its own
      const ruleset = read('running.commands').includes('set firewall modify ') ? [] : ['EDGEWG-eth'];
      return [...own, 'WireGuard wg1', 'table 50', ...ruleset];
    };

    before(async () => {
      lab = await startLabProcess(['--seed', fileURLToPath(new URL('running.commands', scenario))]);
      const { host, port, user } = lab;
      for (const file of ['site.yaml', 'without.yaml'])
        writeFileSync(
          join(folder, file),
          readFileSync(new URL(file, scenario), 'utf8').replace(
            'router: { host: 192.0.2.1 }',
            `router: { host: ${host}, port: ${port}, user: ${user} }`,
          ),
        );
    });
    after(async () => {
      await lab?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is applied, saved, and has nothing left to do', async () => {
      // a seed of commands doesn't have the defaults that the router prints: they are no drift of somebody's
      const drift = ['--allow', 'drift'];
      await edgewg(2, 'plan', '-f', 'site.yaml', '--detailed-exitcode', ...drift);
      await edgewg(0, 'apply', '-f', 'site.yaml', '--yes', ...drift);
      await isEmpty('site.yaml');
      for (const trace of traces()) assert.ok(saved().includes(trace), `${trace} is not saved`);
    });

    it('is what import says', async () => {
      await edgewg(
        0,
        'import',
        '--router',
        `${lab.user}@${lab.host}:${lab.port}`,
        '-f',
        'imported.yaml',
        '--manages',
      );
      const [imported, said] = ['imported.yaml', 'site.yaml'].map(file =>
        belongingsOf(readFileSync(join(folder, file), 'utf8'), read('site.yaml')),
      );
      assert.deepEqual(imported, said);
      await isEmpty('imported.yaml');
    });

    it('is removed without a trace, and has nothing left to do', async () => {
      await edgewg(0, 'apply', '-f', 'without.yaml', '--yes');
      await isEmpty('without.yaml');
      for (const trace of traces()) assert.ok(!saved().includes(trace), `${trace} is there still`);
    });
  });
