// A site file applied to a lab router by the real program over SSH, and what the router has committed then.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseCommands } from '../../src/vyatta/commands.ts';
import type { Tree } from '../../src/vyatta/tree.ts';
import { startLabProcess } from '../support/lab-process.ts';
import { runCli } from '../support/run-cli.ts';
import { connect, exec } from '../support/ssh.ts';

export interface Committed {
  /** `show configuration commands`. */
  readonly text: string;
  readonly tree: Tree;
  /** A folder with the router's /config/auth in it. */
  readonly root: string;
  /** Public keys by interface. */
  readonly publicKeys: ReadonlyMap<string, string>;
  /** A folder with a root for each server, as `edgewg cluster render` wrote it from the same site file. */
  readonly nodes: string;
  /** The same for another variant, perhaps of a site file that says something else of the cluster. Gives the folder. */
  render(name: string, variant: string, change?: Change): Promise<string>;
  /** What `edgewg cluster check --live` says of such a file, by the site file that was rendered under that name; empty where nothing differs. */
  check(name: string, live: string): Promise<string>;
}

export interface Change {
  readonly site: (text: string) => string;
  /** With this environment the secrets are found, too, and written below `secrets` in the folder. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** `site`: with KEY_OF_WG4 and KEY_OF_WG5 where the router's public keys belong, which are made by the apply. */
export async function commit(seed: string, site: string): Promise<Committed> {
  const lab = await startLabProcess(['--seed', resolve(seed)]);
  try {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-packets-'));
    const router = `router:\n  host: 127.0.0.1\n  port: ${lab.port}\n  user: ${lab.user}`;
    const forLab = site.replace(/^router:\n {2}host:.*\n {2}user:.*$/m, router);
    writeFileSync(join(folder, 'edgewg.yaml'), forLab.replace(/^.*KEY_OF_WG.*\n/gm, ''));
    const env = { EDGEWG_HOST_KEY: lab.hostKey, EDGEWG_PASSWORD: lab.password, HOME: folder };
    const edgewg = async (...words: string[]): Promise<string> => {
      const ran = await runCli(words, { cwd: folder, env });
      assert.equal(ran.exit, 0, `${words.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
      return ran.stdout;
    };
    const made = [...(await edgewg('apply', '--yes')).matchAll(/^public key of (wg\d+): (\S+)$/gm)];
    const publicKeys = new Map(made.map(([, name = '', key = '']) => [name, key]));
    const client = await connect(lab, { password: lab.password });
    const shown = await exec(client, '/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands');
    client.end();
    mkdirSync(join(folder, 'config'));
    cpSync(join(lab.root, 'config/auth'), join(folder, 'config/auth'), { recursive: true });
    const whole = [...publicKeys].reduce(
      (text, [name, key]) => text.replace(`KEY_OF_${name.toUpperCase()}`, key),
      forLab,
    );
    writeFileSync(join(folder, 'edgewg.yaml'), whole);
    // with both ends in the file there is nothing left to do, and no finding that they disagree
    const findings = await edgewg('plan', '--detailed-exitcode');
    assert.doesNotMatch(findings, /^(error|warning) EW4/m);
    const render = async (name: string, variant: string, change?: Change): Promise<string> => {
      const [file, out] = [`${name}.yaml`, join(folder, name)];
      writeFileSync(join(folder, file), change?.site(whole) ?? whole);
      const secrets = change?.secrets && ['--with-secrets', join(out, 'secrets')];
      const words = ['cluster', 'render', '-f', file, '--variant', variant, '--out', out, ...(secrets ?? [])];
      const ran = await runCli(words, { cwd: folder, env: { HOME: folder, ...change?.secrets } });
      assert.equal(ran.exit, 0, ran.stderr);
      return out;
    };
    const check = async (name: string, live: string): Promise<string> => {
      const words = ['cluster', 'check', '-f', `${name}.yaml`, '--live', '-'];
      const ran = await runCli(words, { cwd: folder, env: { HOME: folder }, input: live });
      assert.equal(ran.exit, ran.stdout === '' ? 0 : 2, ran.stderr);
      return ran.stdout;
    };
    return {
      text: shown.stdout,
      tree: parseCommands(shown.stdout),
      root: folder,
      publicKeys,
      nodes: await render('nodes', 'wg-quick'),
      render,
      check,
    };
  } finally {
    await lab.stop();
  }
}

export interface Applied extends Pick<Committed, 'text' | 'tree' | 'publicKeys'> {
  /** A folder with the router's /config/auth and /config/scripts in it, as they were then. */
  readonly root: string;
}

/** Site files without a cluster, applied one after the other to one router; ROUTER stands where their router belongs. Each second plan is empty. */
export async function applyAll(seed: string, sites: readonly string[]): Promise<Applied[]> {
  const lab = await startLabProcess(['--seed', seed]);
  try {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-packets-'));
    const env = { EDGEWG_HOST_KEY: lab.hostKey, EDGEWG_PASSWORD: lab.password, HOME: folder };
    const edgewg = async (...words: string[]): Promise<string> => {
      const ran = await runCli(words, { cwd: folder, env });
      assert.equal(ran.exit, 0, `${words.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
      return ran.stdout;
    };
    const publicKeys = new Map<string, string>();
    const made: Applied[] = [];
    const client = await connect(lab, { password: lab.password });
    for (const [i, site] of sites.entries()) {
      const router = `{ host: 127.0.0.1, port: ${lab.port}, user: ${lab.user} }`;
      writeFileSync(join(folder, 'edgewg.yaml'), site.replace('ROUTER', router));
      for (const [, name = '', key = ''] of (await edgewg('apply', '--yes')).matchAll(
        /^public key of (wg\d+): (\S+)$/gm,
      ))
        publicKeys.set(name, key);
      await edgewg('plan', '--detailed-exitcode');
      const shown = await exec(client, '/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands');
      const root = join(folder, String(i));
      for (const kept of ['config/auth', 'config/scripts'])
        cpSync(join(lab.root, kept), join(root, kept), { recursive: true });
      made.push({ text: shown.stdout, tree: parseCommands(shown.stdout), root, publicKeys });
    }
    client.end();
    return made;
  } finally {
    await lab.stop();
  }
}

/** The site file of the blog's network with IPv6 inside the tunnels too, for servers with these public keys. */
export function blogSite(keys: Readonly<Record<'srv4' | 'srv5', string>>): string {
  const blog = readFileSync('fixtures/packets/site.yaml', 'utf8');
  return blog.replaceAll('KEY_OF_SRV4', keys.srv4).replaceAll('KEY_OF_SRV5', keys.srv5);
}
