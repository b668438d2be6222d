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
  /** The folder that the program ran in, with the site file `edgewg.yaml`. */
  readonly folder: string;
}

export async function commit(seed: string, site: string): Promise<Committed> {
  const lab = await startLabProcess(['--seed', resolve(seed)]);
  try {
    const folder = mkdtempSync(join(tmpdir(), 'edgewg-packets-'));
    const router = `router:\n  host: 127.0.0.1\n  port: ${lab.port}\n  user: ${lab.user}`;
    writeFileSync(join(folder, 'edgewg.yaml'), site.replace(/^router:\n {2}host:.*\n {2}user:.*$/m, router));
    const env = { EDGEWG_HOST_KEY: lab.hostKey, EDGEWG_PASSWORD: lab.password, HOME: folder };
    const applied = await runCli(['apply', '--yes'], { cwd: folder, env });
    assert.equal(applied.exit, 0, `${applied.stdout}\n${applied.stderr}`);
    const client = await connect(lab, { password: lab.password });
    const shown = await exec(client, '/opt/vyatta/bin/vyatta-op-cmd-wrapper show configuration commands');
    client.end();
    mkdirSync(join(folder, 'config'));
    cpSync(join(lab.root, 'config/auth'), join(folder, 'config/auth'), { recursive: true });
    const keys = [...applied.stdout.matchAll(/^public key of (wg\d+): (\S+)$/gm)];
    const publicKeys = new Map(keys.map(([, name = '', key = '']) => [name, key]));
    return { text: shown.stdout, tree: parseCommands(shown.stdout), root: folder, publicKeys, folder };
  } finally {
    await lab.stop();
  }
}

/** The site file of the blog's network with IPv6 inside the tunnels too, for servers with these public keys. */
export function blogSite(keys: Readonly<Record<'srv4' | 'srv5', string>>): string {
  const blog = readFileSync('fixtures/packets/site.yaml', 'utf8');
  return blog.replaceAll('KEY_OF_SRV4', keys.srv4).replaceAll('KEY_OF_SRV5', keys.srv5);
}
